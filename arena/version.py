"""The version of the arena, read from the newest heading of CHANGELOG.md."""

import re
from functools import cache
from pathlib import Path

from django.http import HttpRequest

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


@cache
def version() -> str:
    """Such as "0.1.0"; "unreleased" where the changelog has no version yet."""
    found = re.search(r"^## (\d+\.\d+\.\d+)", CHANGELOG.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return found.group(1) if found else "unreleased"


def version_context(request: HttpRequest) -> dict[str, str]:
    return {"arena_version": version()}
