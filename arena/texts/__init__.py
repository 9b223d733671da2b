"""Terms of use and privacy: the operator's own words where there are any, otherwise what is true of every arena."""

from pathlib import Path
from typing import Literal

from django.conf import settings
from django.utils.translation import get_language

from arena.markup import render_document

OURS = Path(__file__).resolve().parent


def text_of(name: Literal["terms", "privacy"]) -> str:
    """Safe HTML in the visitor's language, or else in the first that there is.

    The operator's file in ARENA_VAR/texts, such as privacy.ko.md or, for all languages, privacy.md, replaces ours.
    """
    language = get_language() or settings.LANGUAGE_CODE
    names = [f"{name}.{language}.md", f"{name}.md", f"{name}.{settings.LANGUAGE_CODE}.md"]
    candidates = [folder / each for folder in (settings.VAR / "texts", OURS) for each in names]
    found = next(path for path in candidates if path.is_file())
    return render_document(found.read_text(encoding="utf-8"))
