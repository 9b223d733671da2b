"""Every string that the arena shows, and the catalogues of their translations.

`make translations` brings the catalogues up to date: new strings come in untranslated, those that are gone go.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
#: All but English, in which the strings are written.
LANGUAGES = ("ko",)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER_NOISE = re.compile(
    r'^#(?: (?:Korean|Copyright|This file|FIRST).*)?\n|^"(?:Project|Report|POT|PO-|Last|Language-Team|Generated).*\n',
    re.MULTILINE,
)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def shown() -> Catalog:
    """The strings of all templates and all code, untranslated."""
    catalog = Catalog(project="Agon")
    for path in sorted((ROOT / "arena").rglob("*.py")):
        _add(catalog, path, extract("python", BytesIO(path.read_bytes()), KEYWORDS))
    for path in sorted(path for path in (ROOT / "templates").rglob("*.*") if path.suffix in {".html", ".txt"}):
        # What Django makes of a template is no Python; the reader of JavaScript takes any calls with strings.
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()
        options = {"encoding": "utf-8", "parse_template_string": "false"}
        _add(catalog, path, extract("javascript", BytesIO(calls), KEYWORDS, options=options))
    return catalog


def catalogue(language: str) -> Catalog:
    """The translations as they are committed."""
    with po_file(language).open("rb") as opened:
        return read_po(opened, locale=language)


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compiled(language: str) -> Catalog:
    """What the pages read."""
    with po_file(language).with_suffix(".mo").open("rb") as opened:
        return read_mo(opened)


def update() -> Iterator[str]:
    """Write the catalogues anew. A sentence a language."""
    strings = shown()
    for language in LANGUAGES:
        catalog = catalogue(language) if po_file(language).exists() else Catalog(locale=language)
        catalog.update(strings, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        _write(catalog, po_file(language))
        missing = sum(not is_translated(message) for message in catalog if message.id)
        yield f"{language}: {len(catalog)} strings, {missing} without a translation"


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _write(catalog: Catalog, path: Path) -> None:
    """Without what changes by itself: who wrote it when is known to the history."""
    catalog.creation_date = catalog.revision_date = EPOCH
    catalog.fuzzy = False
    text = BytesIO()
    write_po(text, catalog, width=120, sort_by_file=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_HEADER_NOISE.sub("", text.getvalue().decode()).lstrip(), encoding="utf-8")
    with path.with_suffix(".mo").open("wb") as opened:
        write_mo(opened, catalog)


def _add(catalog: Catalog, path: Path, found: Any) -> None:
    for _line, message, _comments, context in found:
        catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    print(*update(), sep="\n")
