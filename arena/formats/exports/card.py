"""The data card: what a folder of votes holds, where it comes from, and what was done to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arena.formats.exports.base import ExportFormat

CARD = "README.md"
SHOWN_LANGUAGES = 20


@dataclass(frozen=True)
class ErasedTexts:
    """How many votes have lost their texts, and when the first and the last of them did."""

    votes: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class CardFacts:
    """The facts of an export that its card tells.

    skipped: votes that the format cannot carry; without_consent: of voters who did not agree, or imported. by_nobody:
    votes whose voter is unknown; imported: votes from elsewhere by the name of their source; languages: votes by code,
    "" unknown; redacted: passages by kind; board: number of the newest one.
    """

    made: datetime
    made_by: str
    licence: str
    votes: int
    rows: int
    skipped: int
    without_consent: int
    models: int
    voters: int
    by_nobody: int
    imported: Mapping[str, int]
    languages: Mapping[str, int]
    redacted: Mapping[str, int]
    digest: str
    board: int | None
    board_digest: str
    erased: ErasedTexts | None = None


def card(format: ExportFormat, facts: CardFacts) -> str:
    """Return the card as Markdown, with the front matter by which Hugging Face's `datasets` finds the file."""
    parts = (_front_matter(format, facts), _about(format, facts), _fields(format), _privacy(facts), _proof(facts))
    return "\n\n".join(parts) + "\n"


def _front_matter(format: ExportFormat, facts: CardFacts) -> str:
    licence = facts.licence.lower() or "unknown"
    return f"""---
license: {licence}
pretty_name: Votes of an arena of language models
configs:
- config_name: default
  data_files: {format.file_name}
---"""


def _about(format: ExportFormat, facts: CardFacts) -> str:
    licence = facts.licence or "not stated. Ask whoever gave you this before you pass it on"
    lines = [
        "# Votes of an arena of language models",
        "",
        "People wrote a prompt, two models answered side by side without their names, and people chose.",
        "",
        f"- File: `{format.file_name}`, format `{format.name}`, {facts.rows:,} rows",
        f"- Votes: {facts.votes:,}{_voters(facts)} on {facts.models:,} models",
        f"- Licence: {licence}. What models wrote may be under the terms of their makers.",
        f"- Languages (of the first message): {_languages(facts)}",
        f"- Made {facts.made:%Y-%m-%d %H:%M} UTC by {facts.made_by}",
    ]
    if facts.skipped:
        lines.append(f"- Left out, {facts.skipped:,} votes that this format cannot carry: {format.skipped}")
    if facts.without_consent:
        votes = f"{facts.without_consent:,} votes"
        lines.append(f"- Skipped, {votes}: without the voter's consent, or imported from elsewhere")
    return "\n".join(lines)


def _voters(facts: CardFacts) -> str:
    """Return who voted. Nobody knows of how many people the votes of unknown voters are."""
    known = f" by {facts.voters:,} voter{'' if facts.voters == 1 else 's'}"
    if not facts.by_nobody:
        return known
    return f"{known} and by unknown ones ({facts.by_nobody:,} votes)" if facts.voters else ", voters unknown,"


def _languages(facts: CardFacts) -> str:
    ordered = sorted(facts.languages.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{code or 'unknown'} {votes:,}" for code, votes in ordered[:SHOWN_LANGUAGES]) or "none"


def _fields(format: ExportFormat) -> str:
    rows = "\n".join(f"| `{name}` | {says} |" for name, says in format.fields.items())
    return f"## Fields\n\n| field | what it says |\n|---|---|\n{rows}"


def _privacy(facts: CardFacts) -> str:
    marks = ", ".join(f"{count:,} × [{kind}]" for kind, count in sorted(facts.redacted.items())) or "nothing"
    return f"""## Privacy

{_consent(facts)} Voters have pseudonyms that were made for this export alone. E-mail addresses, telephone numbers,
card and account numbers and keys were looked for by their shape and checksum and replaced by marks: {marks}. Names and
addresses of people were not looked for and may be in the texts.{_erased(facts)}"""


def _erased(facts: CardFacts) -> str:
    if facts.erased is None:
        return ""
    first, last = f"{facts.erased.first:%Y-%m-%d}", f"{facts.erased.last:%Y-%m-%d}"
    when = f"on {first}" if first == last else f"between {first} and {last}"
    return f"""

Texts of {facts.erased.votes:,} votes were erased {when}: as their voters wished, by their age, or by the operator. They
are not in this file. Take them out of earlier exports too: battles keep their ids."""


def _consent(facts: CardFacts) -> str:
    own = "Voters of this arena were told before they voted that conversations and votes may be published."
    if not facts.imported:
        return own
    sources = ", ".join(f"{name} ({votes:,} votes)" for name, votes in sorted(facts.imported.items()))
    return f"{own} Other votes were cast elsewhere, and stand under what their makers say: {sources}."


def _proof(facts: CardFacts) -> str:
    lines = [
        "## Proof",
        "",
        "The digest of votes is the sum modulo 2^256 of the SHA-256 of `battle|choice|weight` over all that have a",
        "weight above 0, in any order.",
        "",
        f"- Of this export: `{facts.digest}`",
    ]
    if facts.board:
        same = "the same votes" if facts.digest == facts.board_digest else "other votes than these"
        lines.append(f"- Of board {facts.board} of the arena: `{facts.board_digest}`, {same}")
    return "\n".join(lines)
