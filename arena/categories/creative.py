"""The rule for creative writing: a request to write and a kind of text, or a role to play."""

import re

from arena.categories.prompt import Prompt, words_of

_KINDS = (
    r"story|stories|tale|fairy tale|fairytale|poem|poetry|haiku|sonnet|limerick|verse|verses|lyrics|song|rap|"
    r"ballad|joke|jokes|pun|puns|riddle|dialogue|"
    r"conversation between|monologue|soliloquy|scene|screenplay|novel|fable|myth|"
    r"slogan|tagline|jingle|speech|toast|eulogy|fan fiction|fanfiction|"
    r"(?:main|fictional) character|character who|villain|"
    r"letter from|opening (?:line|paragraph|sentence)|headline|(?:name|names) for|fantasy|fictional|"
    r"plot twist|acrostic|motto|diary entry|magic system|"
    r"script for an? (?:\w{1,20} )?(?:video|film|movie|play|podcast|sketch)|"
    r"new (?:holiday|animal|sport|planet|language)"
)
_REQUEST = (
    r"write|compose|make up|invent|create|come up with|give me|tell me an?|suggest|imagine|craft|generate|continue|"
    r"finish|plan|draft|think of|rewrite|retell|i need|i want|help me"
)
_ASKED = re.compile(rf"\b(?:{_REQUEST})\b[^.?!\n]{{0,80}}?\b(?:{_KINDS})\b")
_TITLE = re.compile(
    r"^(?:(?:an?|the|short|long|funny|bedtime|sad|two|sentence|love|horror|scary|rap|birthday) ){0,4}"
    r"(?:story|poem|haiku|song|limerick|tagline|slogan|joke|sonnet|rap|fairy tale|lyrics|dialogue)\b"
    r"(?! behind| of the)[^?]{0,200}$",
    re.MULTILINE,
)
_ROLE = re.compile(
    r"\b(?:stay in character|role-?play|pretend (?:to be|you|that you)|you are an? [^.\n]{1,80}\. ?i am|"
    r"point of view\b|what happens next|continue (?:this|the|my) story|worldbuild|in the style of|once upon a time|"
    r"(?:take on|assume|embrace|play|embody) the (?:role|persona) of|(?:imagine|picture|pretend) yourself|"
    r"speak like an?\b|"
    r"imagine an? (?:conversation|world|dialogue|planet|creature)|"
    r"(?:describe|write|compose|craft|create) [^.?!\n]{0,60}(?:vivid|immersive|whimsical|captivating|sensory)\b)"
)
#: A prompt without any of these words matches nothing above; looking them up is quicker.
_SIGNS = frozenset(re.findall("[a-z]+", _KINDS)) | words_of("creative", "signs")
#: Someone who asks about a story, or how to write one, does not want one.
_ABOUT = re.compile(
    r"\bwho (?:wrote|said|sang)|\blearn (?:to|how to) write|how (?:do|can|should|to) (?:i |you )?(?:write|start)|"
    r"\bsuggest (?:me )?(?:an?|some) (?:good )?(?:song|novel|stor)|(?:plot|meaning|history|summary|author) of|extract|"
    r"variable|\bcover letter|commit message|\bname a|"
    r"names? and (?:dates?|email|price)|user ?name|file ?name|column name"
)
_KOREAN_KINDS = words_of("creative", "korean_kinds")
_KOREAN_REQUEST = re.compile(
    r"(?:써|쓰|지어|짓|만들어|추천해|추천 ?좀|짜|들려|해) ?(?:서 ?)?(?:줘|주|봐|보|요|$)|이어서 써|하나만"
)
_KOREAN_ROLE = re.compile(
    r"입장에서 ?(?:다시)? ?(?:써|쓰)|(?:너는|당신은|넌) (?:지금부터|이제)|"
    r"역할극|상상해서|^숫자 .{1,20} 시$|에 (?:관한|대한) 시$"
)
_KOREAN_ABOUT = re.compile(r"줄거리|누가 (?:썼|불렀)|시인|주제가 뭐|번역|요약|문자 ?써|작가|뜻이|드라마|이름과")
_OTHER_KINDS = (
    "gedicht|geschichte|märchen|witz|poème|histoire|conte|chanson|slogan|blague|poema|cuento|historia|chiste|canción|"
    "стихотворение|стих|рассказ|сказку|тост|анекдот|storia|racconto|poesia|história|conto"
)
_OTHER_REQUEST = (
    "schreib|erzähl|dichte|erfinde|écri|invente|raconte|compose|escrib|cuénta|cuenta|inventa|напиши|сочини|придумай|расскажи|"
    "scrivi|escreva|conte-me"
)
_OTHER = re.compile(rf"\b(?:{_OTHER_REQUEST})\w{{0,8}}\b[^.?!\n]{{0,60}}?\b(?:{_OTHER_KINDS})\b")
_CHINESE_OR_JAPANESE = re.compile(
    r"写一?[首篇个封段].{0,30}(?:诗|故事|小说|歌|童话|情书)|讲一?个.{0,10}(?:故事|笑话)|"
    r"(?:物語|小説|詩|俳句|短歌|歌詞|童話).{0,10}(?:書|詠|作)"
)


def is_creative(prompt: Prompt, *, language: str) -> bool:
    """Return whether a text, a name or a role is to be made up."""
    if language == "korean":
        return _in_korean(prompt)
    return _in_english(prompt) or (language != "english" and _in_others(prompt.lowered))


def _in_english(prompt: Prompt) -> bool:
    text = prompt.lowered
    if prompt.terms.isdisjoint(_SIGNS):
        return False
    if _ROLE.search(text):
        return True
    return bool(_ASKED.search(text) or _TITLE.search(text)) and not _ABOUT.search(text)


def _in_korean(prompt: Prompt) -> bool:
    if _KOREAN_ROLE.search(prompt.lowered):
        return True
    if prompt.terms.isdisjoint(_KOREAN_KINDS) or _KOREAN_ABOUT.search(prompt.lowered):
        return False
    return bool(_KOREAN_REQUEST.search(prompt.lowered))


def _in_others(text: str) -> bool:
    return bool(_OTHER.search(text) or _CHINESE_OR_JAPANESE.search(text))
