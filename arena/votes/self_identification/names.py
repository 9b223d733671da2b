"""The names in a text, each as one sign that says whose it is: the entry's or another's, a model's or a maker's."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache, lru_cache
from pathlib import Path

from arena.votes.self_identification.text import folded


class Kind(Flag):
    """What a name names: a model, its maker, or both, as DeepSeek does; and whether it is the entry's own."""

    MODEL = auto()
    MAKER = auto()
    OWN = auto()


#: Signs that no text has (private use), by what they stand for.
SIGNS: Mapping[Kind, str] = {
    Kind.MODEL: "\ue000",
    Kind.MAKER: "\ue001",
    Kind.MODEL | Kind.MAKER: "\ue002",
    Kind.MODEL | Kind.OWN: "\ue003",
    Kind.MAKER | Kind.OWN: "\ue004",
    Kind.MODEL | Kind.MAKER | Kind.OWN: "\ue005",
}
ANY = "".join(SIGNS.values())
_SIGN_TWICE = re.compile(rf"([{ANY}]) ?\(([{ANY}])\)")
_ANY_SIGN = re.compile(f"[{ANY}]")
#: Of a display name the part before its version counts, as models say it: "SmolLM" of "SmolLM2 135M, brief".
_VERSION = re.compile(r"[\d,(].*")
#: Shorter names of entries are parts of words, and "an AI model" is nobody's.
_MIN_LETTERS = 3
_HANGUL = re.compile("[가-힣]")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
#: Words behind a name that tell one of a family from the others; few models say them of themselves.
_SIZES = "mini|pro|turbo|sonnet|opus|haiku|flash|ultra|instruct|nano|max|plus"
_SIZED = re.compile(
    rf"(?:[ -](?:{_SIZES}|chat|base|large|small|medium|light|tiny|seed|supreme|experimental|preview))+$"
)
_LATER = rf"(?:[ -]?v?\d[a-z0-9]*(?:[.-][a-z0-9]+)*)?(?:[ -](?:{_SIZES})(?![a-z]))*"
_LETTER = "a-zß-öø-ɏа-яё0-9_"
#: "Se llama" is Spanish for "is called".
_NO_VERB = "(?<!se )(?<!te )"
#: Korean particles and copulas are written to the name; any other syllable makes it a part of another word.
_PARTICLES = (
    "입니|이[에야고며지라기었팀, .]|예요|에[요서게 의]|야|은|는|이|가|를|을|의|와|과|로|라[고는서]|도[ ,]|만 |"
    "처럼|보다|요|죠|지요|인[ 데]|랑|하고|세요|맞|팀"
)
_PARTICLE = f"(?![가-힣])|(?={_PARTICLES})"


@dataclass(frozen=True)
class EntryNames:
    """The names of an entry, as its catalogue gives them. models: display name and aliases; maker: its organisation."""

    models: frozenset[str]
    makers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Group:
    models: frozenset[str]
    makers: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.models | self.makers


def signed(text: str, entry: EntryNames) -> str:
    """Return folded text with each name, of the entry or known to all, as one of SIGNS."""
    short, kinds = _ANY_SIGN.sub("", text), _kinds(entry)
    letters = _key(short)
    if any(name in letters for name in kinds):  # few texts hold any, and each entry's pattern takes long to compile
        short = _pattern_of(entry).sub(lambda match: SIGNS[kinds[_key(match[match.lastgroup or 0])]], short)
    return _SIGN_TWICE.sub(lambda match: max(match[1], match[2]), short)


def signs(*, holding: Kind) -> str:
    """Return the signs of all names that are of this kind, whatever else they are."""
    return "".join(sign for kind, sign in SIGNS.items() if holding in kind)


@lru_cache(maxsize=512)
def _kinds(entry: EntryNames) -> dict[str, Kind]:
    """Return what each name is, by its letters."""
    own = _own_names(entry)
    kinds: dict[str, Kind] = {}
    for group in _groups():
        _add(kinds, group, Kind.OWN if group.all & own.all else Kind(0))
    _add(kinds, own, Kind.OWN)
    return kinds


@lru_cache(maxsize=512)
def _pattern_of(entry: EntryNames) -> re.Pattern[str]:
    return _pattern({name for group in _groups() for name in group.all} | _own_names(entry).all)


def _add(kinds: dict[str, Kind], group: _Group, whose: Kind) -> None:
    for what, names in ((Kind.MODEL, group.models), (Kind.MAKER, group.makers)):
        for name in names:
            kinds[_key(name)] = kinds.get(_key(name), Kind(0)) | what | whose


def _own_names(entry: EntryNames) -> _Group:
    models = {name for given in entry.models for name in _ways_to_say(folded(given))}
    return _Group(frozenset(models), frozenset(folded(name) for name in entry.makers if _is_name(name)))


def _ways_to_say(name: str) -> Iterator[str]:
    """Yield a name in full, without its version, and without its size."""
    short = _VERSION.sub("", name).strip(" -_.")
    yield from filter(_is_name, (name, short, _SIZED.sub("", short)))


def _is_name(name: str) -> bool:
    letters = sum(map(str.isalpha, name))
    return letters >= _MIN_LETTERS or (letters > 1 and (name.isupper() or not name.isascii()))


@cache
def _groups() -> tuple[_Group, ...]:
    given = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))["group"]
    return tuple(_Group(_folded(group["models"]), _folded(group["makers"])) for group in given)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded, names))


def _key(name: str) -> str:
    return name.replace(" ", "").replace("-", "")


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the names as words, the longest first."""
    scripts: dict[str, list[str]] = {"spaced": [], "hangul": [], "ideographs": []}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        scripts[_script(name)].append("[ -]?".join(map(re.escape, re.split("[ -]", name))))
    return re.compile(_alternatives(scripts))


def _alternatives(scripts: Mapping[str, list[str]]) -> str:
    spaced, hangul, ideographs = ("|".join(names) for names in scripts.values())
    return (
        rf"(?<![가-힣])(?P<hangul>{hangul}){_LATER}(?:{_PARTICLE})"
        rf"|(?<![ァ-ヴー])(?P<ideographs>{ideographs}){_LATER}(?![ァ-ヴー])"
        rf"|(?<![{_LETTER}])(?<![{_LETTER}]-){_NO_VERB}(?P<spaced>{spaced}){_LATER}(?![{_LETTER}])"
    )


def _script(name: str) -> str:
    if _IDEOGRAPH.search(name):
        return "ideographs"
    return "hangul" if _HANGUL.search(name) else "spaced"
