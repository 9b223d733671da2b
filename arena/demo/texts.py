"""The invented models of the demo, and the prompts with the answers that its makers wrote for them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.models import LanguageModel
from arena.models.catalog import Kind

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class DemoModel:
    """An invented model.

    fields: those of its entry. strength, strength_ko: rating by which votes are drawn, and that for prompts in Korean.
    days: how long it has been in the arena.
    """

    fields: dict[str, Any]
    strength: float
    strength_ko: float
    tokens_a_second: float
    seconds_to_first: float
    days: int

    @property
    def slug(self) -> str:
        return str(self.fields["slug"])

    def strength_in(self, language: str) -> float:
        """Return the rating by which votes on prompts in this language are drawn."""
        return self.strength_ko if language == "ko" else self.strength


@dataclass(frozen=True)
class DemoPrompt:
    """A prompt, and the answers to it by their models' slugs."""

    text: str
    language: str
    topic: str
    answers: dict[str, str]


def demo_models() -> list[DemoModel]:
    """Return the models in the order of their file."""
    return [_model(table) for table in _tables("models.toml")["model"]]


def demo_prompts() -> list[DemoPrompt]:
    """Return the prompts of all languages."""
    files = [_tables(path.name) for path in sorted(_FOLDER.glob("answers.*.toml"))]
    return [_prompt(table, file["language"]) for file in files for table in file["prompt"]]


def _tables(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _model(table: dict[str, Any]) -> DemoModel:
    of_the_entry = {field.attname for field in LanguageModel._meta.concrete_fields}
    fields = {name: value for name, value in table.items() if name in of_the_entry}
    own = {name: value for name, value in table.items() if name not in of_the_entry}
    recorded = {"kind": Kind.RECORDED, "backend": "recorded", "price": table["price_out"]}
    return DemoModel(fields=fields | recorded, **own)


def _prompt(table: dict[str, Any], language: str) -> DemoPrompt:
    answers = {slug: text.strip() for slug, text in table["answers"].items()}
    return DemoPrompt(table["text"], language, table["topic"], answers)
