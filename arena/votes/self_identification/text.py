"""The words of an answer that are its writer's own, in one form: no code, no quotations, no lines of a play."""

import re
import unicodedata

#: Who introduces itself does so early; a vote waits for no longer text.
READ = 20_000
#: A sentence is read in pieces of this many characters: what a phrase leaves open must stay cheap.
_PIECE = 400
#: No more sentences with a name in them are looked at.
_SENTENCES = 30
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_INLINE_CODE = re.compile(r"`[^`\n]{1,300}`")
_MARKUP = re.compile(r"[*#>【】]+")
_SPACES = re.compile(r"[^\S\n]+")
_SPELLED = re.compile(r"(?<![a-z])[a-z](?:[-.·] ?[a-z](?![a-z])){2,}|(?<![가-힣-])[가-힣](?:-[가-힣](?![가-힣])){1,}")
_SEPARATORS = re.compile(r"[-.· ]")
_MARKS = zip('"“„„«「『‘', '"”“”»」』’', strict=True)
_QUOTED = re.compile("|".join(rf"{start}([^{end}\n]{{1,600}}){end}" for start, end in _MARKS))
_SPOKEN = re.compile(r"^ ?[—–] ?\w.*", re.MULTILINE)
_LABEL = re.compile(r"^[^\W\d_][\w .'-]{0,20}: .*", re.MULTILINE)
#: Text without spaces may have some around foreign names.
_GAP = re.compile("(?<=[\u3040-\u30ff\u4e00-\u9fff]) | (?=[\u3040-\u30ff\u4e00-\u9fff,。])")
_TRADITIONAL = str.maketrans(
    "來開發創訓練語誰這裡義問對話與稱屬個為說務嗎製網機團實驗隊設計構億隸於現過動學總後從樣電腦",
    "来开发创训练语谁这里义问对话与称属个为说务吗制网机团实验队设计构亿隶于现过动学总后从样电脑",
)
_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


def folded(text: str) -> str:
    """Return the text in small letters and in one form of its characters, names spelled by letters put together."""
    plain = _UNSEEN.sub("", one_form(text[:READ])).lower().replace("’", "'")
    plain = _GAP.sub("", _SPACES.sub(" ", _MARKUP.sub("", _without_code(plain))))
    return _SPELLED.sub(lambda match: _SEPARATORS.sub("", match[0]), plain)


def one_form(text: str) -> str:
    """Return the text in one form of its characters, traditional Chinese ones as simplified."""
    return unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)


def own_words(text: str, names: str) -> str:
    """Return folded text without what it quotes and lets others say. names: the signs that stand for names."""
    unquoted = _QUOTED.sub(lambda match: _unquoted(match, names), text)
    return _without_parts(_SPOKEN.sub("", unquoted))


def sentences(text: str, names: str) -> list[str]:
    """Return the first sentences in which one of the signs for names is, the long ones in pieces."""
    pieces = (sentence[at : at + _PIECE] for sentence in _ENDS.split(text) for at in range(0, len(sentence), _PIECE))
    named = re.compile(f"[{names}]")
    return [piece.strip() for piece in pieces if named.search(piece)][:_SENTENCES]


def _without_code(text: str) -> str:
    return _INLINE_CODE.sub("", "\n".join(text.split("```")[::2]))


def _unquoted(match: re.Match[str], names: str) -> str:
    """A name in quotation marks is a name; more words in them are somebody else's."""
    inside = next(group for group in match.groups() if group)
    return inside if len(inside.strip(names + " .,!")) == 0 else "\u25a1"


def _without_parts(text: str) -> str:
    """Leave the lines of a play away: two who speak, each by a name before a colon."""
    labels = {line.split(":")[0] for line in _LABEL.findall(text)}
    return _LABEL.sub("", text) if len(labels) > 1 else text
