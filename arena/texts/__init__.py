"""Terms of use and privacy as they ship, or as the operator's files have them; what is published is in arena.face."""

from pathlib import Path
from typing import Literal

from django.conf import settings

Name = Literal["terms", "privacy"]
OURS = Path(__file__).resolve().parent


def texts_by_default(name: Name) -> dict[str, str]:
    """Return the text as Markdown in each language of the arena, where nothing was published.

    The operator's file in ARENA_VAR/texts, such as privacy.ko.md or, for all languages, privacy.md, replaces ours.
    """
    return {code: _found(name, code, folders=(_operators_files(), OURS)) for code, _name in settings.LANGUAGES}


def has_own_files() -> bool:
    """Tell whether the operator has put own texts into ARENA_VAR/texts."""
    return any(_operators_files().glob("*.md"))


def texts_that_shipped(name: Name, version: str) -> dict[str, str] | None:
    """Return the text of this or an earlier release by the version that battles name; None where none had it."""
    folder = OURS if version == settings.CONSENT_VERSION else OURS / version
    # Asked by an address: what leads elsewhere is no version.
    if folder != OURS and version not in {path.name for path in OURS.iterdir() if path.is_dir()} - {"__pycache__"}:
        return None
    return {code: _found(name, code, folders=(folder,)) for code, _name in settings.LANGUAGES}


def _found(name: Name, language: str, *, folders: tuple[Path, ...]) -> str:
    names = [f"{name}.{language}.md", f"{name}.md", f"{name}.{settings.LANGUAGE_CODE}.md"]
    candidates = [folder / each for folder in folders for each in names]
    return next(path for path in candidates if path.is_file()).read_text(encoding="utf-8")


def _operators_files() -> Path:
    path: Path = settings.VAR / "texts"
    return path
