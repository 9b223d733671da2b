"""The version of the arena: the newest release of CHANGELOG.md, and the commit where the code is not that release."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import HttpRequest

ROOT = Path(__file__).resolve().parent.parent
#: As many digits of a commit as nobody makes twice, in a field of 40 characters.
_DIGITS = 12
_ARCHIVED = re.compile(rf"commit: ([0-9a-f]{{{_DIGITS}}})[0-9a-f]*\nrefs: (.*)")
_DESCRIBED = re.compile(r"(?:v[\d.]+-(\d+)-g)?([0-9a-f]{7,40})(-dirty)?")


@dataclass(frozen=True)
class Commit:
    """Which commit the code is of. is_release: it is the one that the release is tagged on; is_changed: with edits."""

    name: str
    is_release: bool
    is_changed: bool = False


@cache
def version() -> str:
    """Return the version of this code, as it was when the process first asked."""
    return version_of(ROOT)


def version_of(folder: Path) -> str:
    """Return "0.2.0" for a release and where no commit is known, "0.2.0+3f9c2b7a1d04" for another commit.

    ".dirty" at the end: tracked files differ from that commit. "unreleased" stands where there is no release yet.
    """
    release = _newest_release(folder)
    commit = _archived(folder, release) or _checked_out(folder, release)
    if commit is None or (commit.is_release and not commit.is_changed):
        return release
    return f"{release}+{commit.name}{'.dirty' if commit.is_changed else ''}"


def version_context(request: HttpRequest) -> dict[str, str]:
    """Return what every template may show of the version."""
    return {"arena_version": version()}


def _newest_release(folder: Path) -> str:
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## (\d+\.\d+\.\d+)", changelog, flags=re.MULTILINE)
    return found.group(1) if found else "unreleased"


def _archived(folder: Path, release: str) -> Commit | None:
    """Return the commit that `git archive` wrote into the archive that this folder was unpacked from, if it was."""
    note = folder / ".git_archival.txt"
    found = _ARCHIVED.search(note.read_text(encoding="utf-8")) if note.is_file() else None
    return Commit(found[1], f"tag: v{release}" in found[2].split(", ")) if found else None


def _checked_out(folder: Path, release: str) -> Commit | None:
    """Return the commit that is checked out in this folder; None without git, or where git does not answer."""
    found = _DESCRIBED.fullmatch(_describe(folder, release)) if (folder / ".git").exists() else None
    return Commit(found[2], found[1] == "0", bool(found[3])) if found else None


def _describe(folder: Path, release: str) -> str:
    command = ["git", "-C", str(folder), "describe", "--tags", f"--match=v{release}", "--long", "--dirty", "--always"]
    # Inside a hook of git these variables name another repository or index.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  a fixed command
            [*command, f"--abbrev={_DIGITS}"], env=environment, capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
