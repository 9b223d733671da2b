"""This arena's face: a draft is looked at, published for every page, and older versions can be restored."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from arena.face import current
from arena.models import ArenaFace, AuditEntry, Battle, FaceImage
from tests.console.people import member_of
from tests.factories import make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db

PAGE, PREVIEW, PUBLISH = "/manage/face/", "/manage/face/preview/", "/manage/face/publish/"
ALL_REASONS = ["accurate", "clear", "complete", "creative", "follows_instructions"]
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#a00"/></svg>'


@pytest.fixture
def operator():
    return member_of("operate")


def typed(**changes):
    return {"languages": ["en", "ko"], "reasons": ALL_REASONS} | changes


def publish(client, **changes):
    """Fill in the form, look at it and publish it; what is published is shown from the next page on."""
    sent = client.post(PAGE, typed(**changes))
    assert sent.status_code == 302, re.findall(r'role="alert">(.*?)<', sent.text)
    with committed():
        client.post(PUBLISH)


class committed:
    """The test's transaction is never committed: says at its end what a commit would say."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        current.tell_everyone()


def logo(content, name="logo.svg"):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def png(size=(40, 20), **extra):
    out = BytesIO()
    Image.new("RGB", size, "#a00").save(out, "PNG", **extra)
    return out.getvalue()


def test_only_who_operates_the_arena_opens_the_pages(client):
    assert client.get(PAGE).status_code == 302
    assert member_of("review").get(PAGE).status_code == 403
    assert member_of("operate", name="bob").get(PAGE).status_code == 200


def test_a_draft_is_seen_by_its_maker_alone_until_it_is_published(client, operator):
    operator.post(PAGE, typed(name="Lotus", welcome_en="Ask **anything**."))
    shown = operator.get(PREVIEW).text
    assert "<span>Lotus</span>" in compact(shown)
    assert "Ask <strong>anything</strong>." in shown
    assert "Lotus" not in client.get("/").text + operator.get("/").text
    with committed():
        operator.post(PUBLISH)
    assert "<span>Lotus</span>" in compact(client.get("/leaderboard/").text)
    assert "Ask <strong>anything</strong>." in client.get("/").text


def test_what_is_published_costs_no_page_a_query(client, operator, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/terms/")
    publish(operator, name="Lotus", terms_en="Be kind.")
    client.get("/terms/")
    with django_assert_num_queries(0):
        assert "Be kind." in client.get("/terms/").text


def test_a_text_is_shown_in_the_visitors_language_or_else_in_another(client, operator):
    publish(operator, tagline_en="ask us.", tagline_ko="물어보세요.", welcome_en="Welcome here.")
    english, korean = client.get("/").text, client.get("/", headers={"accept-language": "ko"}).text
    assert "ask us." in english
    assert ("물어보세요." in korean, "Welcome here." in korean) == (True, True)


def test_each_publication_and_restoration_is_a_version_and_a_line_of_the_log(client, operator):
    publish(operator, name="Lotus")
    publish(operator, name="Peony")
    first = ArenaFace.objects.order_by("pk")[1]
    with committed():
        operator.post(f"/manage/face/{first.pk}/restore/")
    assert [row.content["name"] for row in ArenaFace.objects.order_by("pk")] == ["", "Lotus", "Peony", "Lotus"]
    assert "<span>Lotus</span>" in compact(client.get("/").text)
    assert f"restores {first.pk}" in compact(operator.get(PAGE).text)
    assert AuditEntry.objects.filter(action="settings-changed", actor="ann").count() == 3


def test_an_earlier_version_is_looked_at_in_its_own_face(operator):
    publish(operator, name="Lotus", accent_light="#7a1f5c")
    publish(operator, name="Peony")
    first = ArenaFace.objects.order_by("pk")[1]
    page = operator.get(f"/manage/face/{first.pk}/").text
    assert "<span>Lotus</span>" in compact(page)
    assert "/face/7a1f5c-" in page


def test_the_form_begins_with_what_holds_and_a_draft_can_be_dropped(operator):
    publish(operator, name="Lotus")
    operator.post(PAGE, typed(name="Peony"))
    assert 'value="Peony"' in operator.get(PAGE).text
    operator.post("/manage/face/drop/")
    assert 'value="Lotus"' in operator.get(PAGE).text
    assert operator.get(PREVIEW).status_code == 302
    assert "There is no draft" in operator.post(PUBLISH, follow=True).text


# Colours


def test_a_colour_that_holds_is_a_stylesheet_of_every_page_kept_for_ever(client, operator):
    publish(operator, accent_light="#7A1F5C")
    address = re.search(r'href="(/face/7a1f5c-[0-9a-f]{6}\.css)"', client.get("/").text)[1]
    sent = client.get(address)
    assert "--accent: light-dark(#7a1f5c, #" in sent.text
    assert "immutable" in sent["Cache-Control"]
    assert sent["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    ("field", "colour", "words"),
    [
        ("accent_light", "#ff8800", "On the light pages #ff8800 has a contrast of 2.1 : 1, and text needs 4.5 : 1."),
        ("accent_dark", "#003366", "On the dark pages #003366 has a contrast of 1.2 : 1, and text needs 4.5 : 1."),
        ("accent_light", "red", "Write a colour as six hexadecimal digits"),
        ("accent_light", "#fff}*{", "Write a colour as six hexadecimal digits"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(operator, field, colour, words):
    refused = operator.post(PAGE, typed(**{"accent_light": "#0f5f5c", field: colour}))
    assert (refused.status_code, words in refused.text) == (422, True)
    for nearest in re.findall(r"The nearest that can be read is (#[0-9a-f]{6})\.", refused.text):
        assert operator.post(PAGE, typed(**{"accent_light": "#0f5f5c", field: nearest})).status_code == 302


def test_no_address_is_a_stylesheet_of_what_is_no_colour(client):
    assert client.get("/face/7a1f5c-zzzzzz.css").status_code == 404


# Logos


def test_a_logo_is_on_every_page_and_is_its_icon(client, operator):
    publish(operator, logo=logo(SQUARE))
    page = client.get("/").text
    address = re.search(r'<img class="logo" src="(/face/[0-9a-f]{32}\.svg)" alt="">', page)[1]
    assert f'<link rel="icon" href="{address}">' in page
    assert client.get("/favicon.ico")["Location"] == address
    sent = client.get(address)
    assert (sent["Content-Type"], sent["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")
    assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"
    publish(operator, name="Lotus")
    assert address in client.get("/").text, "a logo stays where no other is sent"
    publish(operator, no_logo="on")
    assert address not in client.get("/").text


@pytest.mark.parametrize(
    "hostile",
    [
        SQUARE.replace("<rect", "<script>alert(1)</script><rect"),
        SQUARE.replace("<rect", '<image href="https://evil.example/x.png"/><rect'),
        SQUARE.replace("<rect", '<use href="https://evil.example/x.svg#a"/><rect'),
        SQUARE.replace("<rect", "<style>@import url(https://evil.example/x.css);</style><rect"),
        SQUARE.replace("<rect", "<foreignObject><p>x</p></foreignObject><rect"),
        SQUARE.replace("<rect", '<a href="javascript:alert(1)"><rect width="9" height="9"/></a><rect'),
        SQUARE.replace("<rect", '<set attributeName="onload" to="alert(1)"/><rect'),
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SQUARE,
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SQUARE,
        '<?xml-stylesheet href="https://evil.example/x.css"?><p>no drawing</p>',
        "<svg>",
        "<html><body>hello</body></html>",
        SQUARE.replace("<rect", "<g>" * 40 + "</g>" * 40 + "<rect"),
        png()[:40],
        b"GIF89a" + bytes(50),
        b"",
        b"<" * 70_000,
    ],
)
def test_a_file_that_is_no_harmless_logo_is_refused(operator, hostile):
    refused = operator.post(PAGE, typed(logo=logo(hostile)))
    assert refused.status_code == 422
    assert not FaceImage.objects.exists()


@pytest.mark.parametrize(
    "hostile",
    [
        SQUARE.replace("<rect", '<rect onclick="alert(1)"'),
        SQUARE.replace("<svg", '<svg onload="alert(1)"'),
        SQUARE.replace('fill="#a00"', 'fill="url(https://evil.example/x#a)"'),
        SQUARE.replace('fill="#a00"', 'style="fill:url(https://evil.example/x)"'),
        SQUARE.replace("<rect", '<rect xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://evil.example/"'),
        SQUARE.replace("<rect", '<?xml-stylesheet href="https://evil.example/x.css"?><rect'),
        SQUARE.replace("<rect", "<title>alert(1)</title><!-- evil.example --><rect"),
        SQUARE.replace("<rect", '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script><rect'),
    ],
)
def test_of_a_hostile_drawing_only_its_shapes_are_kept(operator, hostile):
    assert operator.post(PAGE, typed(logo=logo(hostile))).status_code == 302
    kept = bytes(FaceImage.objects.get().content).decode()
    assert re.fullmatch(r'<svg xmlns="http://www.w3.org/2000/svg"[^<>]*><rect[^<>]*></rect></svg>', kept)
    assert not re.search("alert|evil|script|on[a-z]+=|href", kept)


def test_a_picture_is_drawn_anew_small_and_without_what_came_along(operator):
    from PIL.PngImagePlugin import PngInfo

    secret = PngInfo()
    secret.add_text("Comment", "shot at 52.5 N 13.4 E")
    operator.post(PAGE, typed(logo=logo(png((1800, 1200), pnginfo=secret), "logo.png")))
    kept = bytes(FaceImage.objects.get().content)
    assert b"52.5" not in kept
    assert Image.open(BytesIO(kept)).size == (384, 256)


def test_a_picture_that_unfolds_to_too_many_pixels_is_refused(operator):
    refused = operator.post(PAGE, typed(logo=logo(png((5000, 1000)), "logo.png")))
    assert "too many pixels" in refused.text


# What visitors are offered


def test_starter_prompts_stand_in_place_of_the_sets_and_fill_the_box(client, operator):
    make_entry(), make_entry()
    publish(operator, prompts_en="Write a tender.\r\n\r\nSum up <this> law.\n")
    page = client.get("/").text
    assert "Sum up &lt;this&gt; law." in page
    assert "Sum up &lt;this&gt; law.</textarea>" in compact(client.get("/?starter=2").text)
    for strange in ("?starter=0", "?starter=3", "?starter=99999999", "?starter=-1", "?starter=%00", "?starter=²"):
        assert client.get(f"/{strange}").status_code == 200


def test_only_languages_that_are_offered_are_spoken(client, operator):
    publish(operator, languages=["ko"])
    page = client.get("/", headers={"accept-language": "en"})
    assert (page["Content-Language"], '<html lang="ko">' in page.text) == ("ko", True)
    assert 'name="language"' not in page.text
    assert operator.post(PAGE, {"reasons": ALL_REASONS}).status_code == 422


def test_only_reasons_that_are_offered_are_asked_for(client, operator):
    publish(operator, reasons=["clear"])
    make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    client.post("/battles/", {"prompt": "Hello"})
    battle = Battle.objects.get()
    for turn in battle.all_turns:
        turn.answers.update(state="done", text="An answer.", finished_at=timezone.now())
    page = client.post(f"/battles/{battle.pk}/vote/", {"choice": "model_a"}).text
    assert re.findall(r'name="tags_a" value="(\w+)"', page) == ["clear", "confusing"]


# Terms, and what battles say of them


def test_a_battle_keeps_the_version_that_it_was_begun_under_and_the_version_is_shown_for_ever(client, operator):
    publish(operator, terms_en="The first terms.", consent_version="spring-1")
    make_entry(), make_entry()
    client.post("/battles/", {"prompt": "Hello"})
    publish(operator, terms_en="The second terms.")
    assert Battle.objects.get().consent_version == "spring-1"
    assert "The second terms." in client.get("/terms/").text
    old = client.get("/terms/?version=spring-1").text
    assert "The first terms." in old
    assert "This is version spring-1" in compact(old)
    assert client.get("/terms/?version=2026-11").status_code == 200, "what shipped with the last release"
    for strange in ("nowhere", "..", "%00", "../texts", "__pycache__"):
        assert client.get(f"/privacy/?version={strange}").status_code == 404


def test_texts_get_a_version_by_their_day_and_the_same_texts_the_same_one(operator):
    for terms in ("One.", "Two.", "One."):
        publish(operator, terms_en=terms)
    day = f"{timezone.now():%Y-%m-%d}"
    assert [row.consent_version for row in ArenaFace.objects.order_by("pk")] == ["", day, f"{day}.2", day]


def test_a_version_names_no_other_texts(operator):
    publish(operator, terms_en="One.", consent_version="spring")
    for taken in ("spring", "2026-11", "2026-12"):
        refused = operator.post(PAGE, typed(terms_en="Two.", consent_version=taken))
        assert (refused.status_code, "Other texts were published under this version" in refused.text) == (422, True)
    assert operator.post(PAGE, typed(terms_en="One.", consent_version="spring")).status_code == 302


def test_what_the_operator_had_in_files_stays_under_the_version_of_before(client, operator, settings, tmp_path):
    settings.VAR = tmp_path
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "terms.md").write_text("Words of a file.")
    assert "Words of a file." in client.get("/terms/").text
    publish(operator, terms_en="Published.")
    (tmp_path / "texts" / "terms.md").write_text("Edited later.")
    assert "Words of a file." in client.get(f"/terms/?version={settings.CONSENT_VERSION}").text


def test_a_broken_page_asks_for_no_face(client, django_assert_num_queries):
    current.tell_everyone()
    with django_assert_num_queries(0):
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_versions_are_facts(operator):
    publish(operator, name="Lotus")
    row = ArenaFace.objects.newest()
    with pytest.raises(TypeError, match="never changed"):
        row.save()
