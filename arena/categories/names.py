"""The categories as pages name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Category:
    """A category with its texts in the reader's language. group: "language", "kind" or "length"."""

    key: str
    label: str | Promise
    group: str
    description: str | Promise


_LANGUAGE = "language"
_KIND = "kind"
_LENGTH = "length"
_ALL = (
    Category("english", _("English"), _LANGUAGE, _("Prompts written in English.")),
    Category("korean", _("Korean"), _LANGUAGE, _("Prompts written in Korean.")),
    Category("chinese", _("Chinese"), _LANGUAGE, _("Prompts written in Chinese.")),
    Category("japanese", _("Japanese"), _LANGUAGE, _("Prompts written in Japanese.")),
    Category("german", _("German"), _LANGUAGE, _("Prompts written in German.")),
    Category("french", _("French"), _LANGUAGE, _("Prompts written in French.")),
    Category("spanish", _("Spanish"), _LANGUAGE, _("Prompts written in Spanish.")),
    Category("russian", _("Russian"), _LANGUAGE, _("Prompts written in Russian.")),
    Category(
        "other_language",
        _("Other languages"),
        _LANGUAGE,
        _("Prompts in any other language, and those too short to tell."),
    ),
    Category("code", _("Coding"), _KIND, _("Prompts that show code, ask for it or ask about it.")),
    Category("math", _("Math"), _KIND, _("Prompts that need a calculation, a proof or a notion of mathematics.")),
    Category("creative", _("Creative writing"), _KIND, _("Prompts that ask for something invented, or for a role.")),
    Category(
        "instructions",
        _("Instruction following"),
        _KIND,
        _("Prompts that limit the form of the answer: its length, its layout or its words."),
    ),
    Category(
        "hard", _("Hard prompts"), _KIND, _("Prompts for which at least five of seven signs of a hard task hold.")
    ),
    Category("long", _("Long prompts"), _LENGTH, _("Battles whose prompts have about 500 tokens or more.")),
    Category("short", _("Short prompts"), _LENGTH, _("Battles whose prompts have fewer than five words.")),
    Category("multi_turn", _("Multi-turn"), _LENGTH, _("Battles with at least one follow-up.")),
)

#: The categories by key, in the order in which they are shown.
CATEGORIES: Mapping[str, Category] = MappingProxyType({category.key: category for category in _ALL})
