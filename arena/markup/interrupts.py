"""Which blocks can begin within a paragraph, by the first sign of a line: most lines of one begin with a letter."""

from collections.abc import Callable

from markdown_it import MarkdownIt, rules_block
from markdown_it.rules_block import StateBlock

Rule = Callable[[StateBlock, int, int, bool], bool]
_NUMBERS = "0123456789"
#: The library's rules that may end a paragraph, and the signs with which their blocks begin.
_RULES: dict[str, tuple[Rule, str]] = {
    "fence": (rules_block.fence, "`~"),
    "blockquote": (rules_block.blockquote, ">"),
    "hr": (rules_block.hr, "-*_"),
    "list": (rules_block.list_block, "-*+" + _NUMBERS),
    "heading": (rules_block.heading, "#"),
}
#: These end no item of a list.
_NOT_IN_LISTS = {"list", "heading"}
#: A table begins with any sign, and its second line tells.
_DELIMITERS = frozenset("|-:")


def add_blocks(markdown: MarkdownIt, *, table: Rule, others: dict[str, tuple[Rule, str]]) -> None:
    """Let `markdown` read blocks by these rules too, and ask all only about lines that can be theirs.

    others: rules whose blocks may begin within a paragraph, by name, and the signs with which they begin.
    """
    ruler, rules = markdown.block.ruler, others | _RULES
    for name in others:
        ruler.before("fence", name, rules[name][0])
    for name, (rule, _) in rules.items():
        ruler.at(name, rule, {"alt": [] if name in _NOT_IN_LISTS else ["list"]})
    ruler.at("table", table, {"alt": []})
    signs = {sign for _, all_signs in rules.values() for sign in all_signs}
    by_sign = {sign: tuple(rule for rule, its in rules.values() if sign in its) for sign in signs}
    ruler.push("blocks", _or_table(_by_sign(by_sign), table), {"alt": ["paragraph", "reference"]})
    ruler.push("blocks_but_tables", _by_sign(by_sign), {"alt": ["blockquote"]})


def _by_sign(rules: dict[str, tuple[Rule, ...]]) -> Rule:
    def begins(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        return silent and any(rule(state, line, end, True) for rule in rules.get(_first(state, line), ()))

    return begins


def _or_table(blocks: Rule, table: Rule) -> Rule:
    def begins(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        if not silent:
            return False
        may_be_table = line + 1 < end and _first(state, line + 1) in _DELIMITERS
        return blocks(state, line, end, True) or (may_be_table and table(state, line, end, True))

    return begins


def _first(state: StateBlock, line: int) -> str:
    start = state.bMarks[line] + state.tShift[line]
    return state.src[start : start + 1]
