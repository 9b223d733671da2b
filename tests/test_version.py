"""The version that the footer shows and each board keeps."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from arena.version import version_of

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Code of the release 0.2.0, not in git."""
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-29\n\n## 0.1.0 - 2026-11-23\n"
    )
    return tmp_path


def _git(folder: Path, *command: str) -> str:
    """Return what git prints, whoever runs it and however their git is set up."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    whole = ["git", "-C", str(folder), *who, *command]
    return subprocess.run(whole, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(folder: Path) -> Path:
    _git(folder, "init", "--quiet")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message=The release")
    return folder


@pytest.fixture
def released(repository: Path) -> Path:
    _git(repository, "tag", "--annotate", "v0.2.0", "--message=0.2.0")
    return repository


def _commit(repository: Path) -> str:
    _git(repository, "commit", "--quiet", "--allow-empty", "--message=One thing more")
    return _git(repository, "rev-parse", "--short=12", "HEAD")


def test_without_git_it_is_the_newest_release_of_the_changelog(folder: Path):
    assert version_of(folder) == "0.2.0"


def test_before_the_first_release_it_says_so(folder: Path):
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n")
    assert version_of(folder) == "unreleased"


def test_the_tagged_commit_is_the_release(released: Path):
    assert version_of(released) == "0.2.0"


def test_a_commit_after_the_release_is_named(released: Path):
    commit = _commit(released)
    assert version_of(released) == f"0.2.0+{commit}"


def test_a_commit_without_a_tag_is_named(repository: Path):
    commit = _commit(repository)
    assert version_of(repository) == f"0.2.0+{commit}"


def test_edits_are_not_passed_off_as_the_release(released: Path):
    commit = _git(released, "rev-parse", "--short=12", "HEAD")
    (released / "CHANGELOG.md").write_text("## 0.2.0 - 2026-11-29\n")
    assert version_of(released) == f"0.2.0+{commit}.dirty"


def test_a_new_file_that_git_does_not_know_is_no_edit(released: Path):
    (released / "arena.sqlite3").touch()
    assert version_of(released) == "0.2.0"


def test_a_repository_around_the_arena_is_not_its_own(released: Path):
    inner = released / "arena"
    inner.mkdir()
    (inner / "CHANGELOG.md").write_text("## 0.3.0 - 2026-12-01\n")
    assert version_of(inner) == "0.3.0"


def test_a_hook_of_another_repository_does_not_mislead_it(released: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIT_DIR", str(CHANGELOG.parent / ".git"))
    assert version_of(released) == "0.2.0"


def test_a_checkout_on_a_machine_without_git_is_the_release(released: Path, monkeypatch: pytest.MonkeyPatch):
    _commit(released)
    monkeypatch.setenv("PATH", str(released))
    assert version_of(released) == "0.2.0"


@pytest.mark.parametrize("tagged", [True, False])
def test_an_archive_names_its_commit_without_git(
    tagged: bool, repository: Path, tmp_path_factory: pytest.TempPathFactory
):
    for name in (".gitattributes", ".git_archival.txt"):
        (repository / name).write_bytes((CHANGELOG.parent / name).read_bytes())
    _git(repository, "add", ".")
    commit = _commit(repository)
    if tagged:
        _git(repository, "tag", "v0.2.0")
    archive = tmp_path_factory.mktemp("archive") / "arena.zip"
    _git(repository, "archive", f"--output={archive}", "HEAD")
    unpacked = archive.parent / "unpacked"
    shutil.unpack_archive(archive, unpacked)
    assert version_of(unpacked) == ("0.2.0" if tagged else f"0.2.0+{commit}")


def test_the_changelog_has_headings_that_the_version_is_read_from():
    headings = re.findall(r"^## (.*)", CHANGELOG.read_text(encoding="utf-8"), flags=re.MULTILINE)
    releases = [
        re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - \d{4}-\d\d-\d\d", heading)
        for heading in headings[headings[0] == "Unreleased" :]
    ]
    numbers = [tuple(map(int, release.groups())) if release else None for release in releases]
    assert None not in numbers
    assert numbers == sorted(numbers, reverse=True)


def test_the_changelog_has_one_line_an_entry_below_a_kind_of_change():
    lines = [line for line in CHANGELOG.read_text(encoding="utf-8").splitlines()[1:] if line]
    kinds = ("## ", "### Added", "### Changed", "### Fixed", "### Removed", "- ")
    assert [line for line in lines if not line.startswith(kinds)] == []
    assert [line for line in lines if len(line) > 120] == []
