"""Every string is translated, and no page in another language shows an English one."""

import re
from datetime import UTC, datetime
from string import Formatter

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import override

from arena.models import Answer, Battle, Choice, RatingSnapshot
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_recorded
from tests.translations import LANGUAGES, ROOT, catalogue, compiled, is_translated, shown

KOREAN = {"HTTP_ACCEPT_LANGUAGE": "ko-KR,ko;q=0.9"}
#: Words of templates that are the same in every language.
NAMES = {"A", "B", "Elo", "UTC"}
_PLACEHOLDER, _TAG = re.compile(r"%\(\w+\)[sd]|%%"), re.compile(r"</?\w+")


def forms(message):
    """The translation, or the one of each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def sources(message):
    """The string, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def keys(catalog):
    return {(sources(message), message.context) for message in catalog if message.id}


def translations(catalog):
    return {(sources(message), message.context): forms(message) for message in catalog if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated_and_none_is_left_over(language):
    """`make translations` brings the catalogue up to date."""
    catalog = catalogue(language)
    assert keys(catalog) == keys(shown())
    assert [message.id for message in catalog if not is_translated(message)] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert not catalog.obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_and_tags_of_its_string(language):
    for message in catalogue(language):
        source = sources(message)[-1]
        for form in forms(message) if message.id else ():
            for pattern in (_PLACEHOLDER, _TAG):
                assert sorted(pattern.findall(form)) == sorted(pattern.findall(source)), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_read_what_the_catalogue_says(language):
    assert translations(catalogue(language)) == translations(compiled(language))


_TRANSLATED = re.compile(r"{% blocktrans.*?{% endblocktrans\w* %}|{#.*?#}", re.DOTALL)
_NO_WORDS = re.compile(r"{% block (main_class|address|section_\w+) %}.*?{% endblock %}", re.DOTALL)


def words_outside_of_translation(template):
    text = _TRANSLATED.sub(" ", _NO_WORDS.sub(" ", template))
    text = re.sub(r"{%.*?%}|{{.*?}}|<(script|style|kbd|code).*?</\1>", " ", text, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:aria-label|title|alt|placeholder|data-\w+-text)="([^"]*)"', text)
    spoken.append(strip_tags(re.sub(r'"[^"]*"', '""', text)))
    return {word for part in spoken for word in re.findall(r"[A-Za-z]{2,}|[A-Z]", part)}


def test_every_word_of_a_template_can_be_translated():
    # The admin is Django's, in its own languages.
    templates = [path for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts]
    assert len(templates) > 20
    for path in templates:
        assert words_outside_of_translation(path.read_text(encoding="utf-8")) <= NAMES, path.name


def test_the_search_for_words_sees_them():
    assert words_outside_of_translation('<p title="{{ x }} Title">Text {% translate "No" %}</p>') == {"Title", "Text"}


def test_scripts_hold_no_sentences():
    for path in (ROOT / "arena" / "static" / "arena").glob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.S)
        assert re.findall(r'"[A-Z][a-z]+ [a-z ]+[^"]*"', code) == [], path.name


@pytest.fixture
def pages(client):
    """Every page that a visitor may meet, in Korean, by its address."""
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    make_recorded("TAPIR-3", "LEMUR-1")
    client.post("/battles/", {"prompt": "오늘 날씨 어때?"})
    running = Battle.objects.get()
    voter = running.voter
    voted, kept, lost, left = (make_battle(*entries, voter=voter) for _ in range(4))
    Battle.objects.filter(pk=kept.pk).update(kind="side_by_side")
    Battle.objects.filter(pk=left.pk).update(left_at=timezone.now())
    Answer.objects.filter(turn__battle=lost, slot="a").update(state="failed", text="")
    cast_vote(voted, Choice.MODEL_A, now=timezone.now())
    client.post("/chat/", {"prompt": "안녕?", "model": "zebra-7"})
    publish_leaderboard(now=timezone.now())
    addresses = [
        "/",
        "/?topic=code",
        "/recorded/",
        "/chat/",
        "/side-by-side/",
        "/leaderboard/",
        "/how-it-works/",
        "/terms/",
        "/privacy/",
    ]
    addresses += ["/history/", "/history/board/", "/history/delete/", "/api/v1/docs", "/nowhere/"]
    addresses += [
        "/transparency/",
        "/transparency/replication/",
        "/head-to-head/",
        "/models/zebra-7/",
        "/models/zebra-7/vs/okapi-9/",
    ]
    addresses += [f"/leaderboard/{board.pk}/" for board in RatingSnapshot.objects.all()] + ["/leaderboard/0/"]
    addresses += [f"/battles/{battle.pk}/" for battle in Battle.objects.all()]
    found = {address: client.get(address, **KOREAN).text for address in addresses}
    for data in ({"prompt": ""}, {"prompt": "x" * 20_000}, {"prompt": "안녕", "model": ""}):
        found[f"sent {str(data)[:30]}"] = client.post("/chat/", data, **KOREAN).text
    for verb in ("vote", "again", "reasons"):
        found[verb] = client.post(f"/battles/{lost.pk}/{verb}/", {"choice": "tie"}, **KOREAN).text
    return found


@pytest.mark.django_db
def test_no_page_in_korean_shows_an_english_sentence(pages):
    flat = [text for message in catalogue("ko") if message.id for text in sources(message)]
    # The literal parts between placeholders; short ones may be part of something else.
    literals = (part.strip() for text in flat for part in re.split(r"%\(\w+\)s|%%|<[^>]*>", text))
    parts = {part for part in literals if len(part) > 11}
    for address, page in pages.items():
        assert '<html lang="ko">' in page, address
        assert [part for part in parts if part in page] == [], address


@pytest.mark.django_db
def test_pages_in_english_do_show_them(client):
    """So that the search above is known to see something."""
    assert "Write a prompt. Two anonymous models answer" in client.get("/").text


def test_dates_and_numbers_follow_the_language():
    day = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
    with override("ko"):
        assert date_format(day, "DATE_FORMAT") == "2026년 11월 25일"
        assert date_format(day, "DATETIME_FORMAT") == "2026년 11월 25일 오전 9:05"
    with override("en"):
        assert date_format(day, "DATE_FORMAT") == "25 Nov 2026"
        assert date_format(day, "DATETIME_FORMAT") == "25 Nov 2026, 09:05"


def test_one_thing_has_one_word_in_korean():
    """순위표 is 리더보드, and 분류 is 카테고리: a reader would look for a difference."""
    said = [form for message in catalogue("ko") if message.id for form in forms(message)]
    assert [form for form in said if "순위표" in form or "분류" in form] == []


def test_no_translation_is_written_with_braces():
    """Placeholders are %(name)s everywhere: a brace would be shown as it is."""
    for language in LANGUAGES:
        for message in catalogue(language):
            for form in forms(message) if message.id else ():
                assert [name for _, name, *_ in Formatter().parse(form) if name] == []
