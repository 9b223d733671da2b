"""An entry that is made in the console: form, test, saved; and edited the same way."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.answers.test_run_report import write_test_run
from arena.models import Choice, LanguageModel
from arena.votes.cast import cast_vote
from tests.backends.scripted_server import answering, replying, serving
from tests.console.people import member_of
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db

FORM = {
    "display_name": 'Zebra "7" é',
    "slug": "zebra-7",
    "organisation": "Zoo",
    "licence": "MIT",
    "model": "tiny",
    "price_in": "0.5",
    "price_out": "2",
    "context_tokens": "4096",
    "max_new_tokens": "512",
    "temperature": "0.3",
    "top_p": "1",
    "system_prompt": "Be brief.\r\nAlways.",
    "more": 'leave_out = ["top_p"]\nbody = {seed_kind = "x", deep = {n = 1}}\n',
}


@pytest.fixture
def operator(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return member_of("operate")


def tried(operator, *, at="/manage/entries/add/", **fields):
    """The page of a test that is over, and its text."""
    sent = operator.post(at, FORM | fields)
    assert sent.status_code == 302, sent.text
    write_test_run(sent["Location"].rstrip("/").rpartition("/")[2])
    return sent["Location"], operator.get(sent["Location"]).text


def saved(operator, page):
    return operator.post(f"{page}save/", follow=True).text


@pytest.fixture
def server():
    with serving(answering("Breathes.")) as running:
        yield running


def test_an_entry_is_tested_and_then_saved_for_good(operator, server, settings):
    page, shown = tried(operator, base_url=server.url)
    assert "Breathes." in shown
    assert not LanguageModel.objects.exists()
    assert "is saved, and competes." in saved(operator, page)
    entry = LanguageModel.objects.get()
    assert (entry.display_name, entry.state, entry.temperature) == ('Zebra "7" é', "active", 0.3)
    assert (entry.price_in, entry.price_out, entry.system_prompt) == (0.5, 2, "Be brief.\nAlways.")
    assert entry.options == {
        "base_url": server.url,
        "model": "tiny",
        "leave_out": ["top_p"],
        "body": {"seed_kind": "x", "deep": {"n": 1}},
    }
    LanguageModel.objects.all().delete()
    call_command("load_catalog", verbosity=0)
    assert LanguageModel.objects.get(slug="zebra-7").options == entry.options


def test_one_that_did_not_answer_says_what_to_do_and_leads_back_to_the_filled_form(operator):
    with serving(replying(401)) as server:
        page, shown = tried(operator, base_url=server.url)
    assert "The server wants a key" in shown
    assert "Back to the form" in shown
    run = page.rstrip("/").rpartition("/")[2]
    form = operator.get(f"/manage/entries/add/?run={run}").text
    assert 'value="zebra-7"' in form
    assert "leave_out = [&quot;top_p&quot;]" in form
    assert "Nothing is saved" in saved(operator, page)
    assert not LanguageModel.objects.exists()


class Killed(BaseException):
    """The worker is gone."""


def test_a_test_without_a_word_yet_says_that_it_goes_on(operator, server):
    def die():
        raise Killed

    page = operator.post("/manage/entries/add/", FORM | {"base_url": server.url})["Location"]
    run = page.split("/")[-2]
    with pytest.raises(Killed):
        write_test_run(run, is_draining=die)
    shown = operator.get(page).text
    assert "there is no word yet" in shown
    assert "<progress" in shown
    write_test_run(run)
    assert "<progress" not in operator.get(page).text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("base_url", "ftp://nowhere", "http(s) address"),
        ("slug", "Zebra 7", "small letters"),
        ("api_key_env", "sk-123", "was not kept"),
        ("more", "leave_out = [", "This is no TOML"),
        ("more", "day = 2026-11-01", "Texts, numbers, lists and tables only"),
        ("more", 'model = "other"', "have fields of their own"),
        ("more", "colour = 1", "unknown options"),
        ("licence", "", "This is missing."),
        ("max_new_tokens", "9000", "no room for a prompt"),
    ],
)
def test_what_cannot_be_is_said_before_any_server_is_asked(operator, field, value, says):
    refused = operator.post("/manage/entries/add/", FORM | {"base_url": "http://127.0.0.1:9/v1", field: value})
    assert refused.status_code == 422
    assert says in refused.text


def test_a_key_that_was_pasted_by_mistake_is_not_shown_again(operator):
    refused = operator.post("/manage/entries/add/", FORM | {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "sk-1"})
    assert "sk-1" not in refused.text


def test_a_taken_slug_is_refused_whoever_has_it(operator, server):
    make_entry("zebra-7")
    page, _ = tried(operator, base_url=server.url)
    assert "is taken" in saved(operator, page)
    page, _ = tried(operator, base_url=server.url, slug="agon-steps")
    assert "is taken" in saved(operator, page)
    assert LanguageModel.objects.get().backend == "recorded"


def test_its_card_can_be_edited_after_another_test(operator, server):
    saved(operator, tried(operator, base_url=server.url)[0])
    form = operator.get("/manage/entries/zebra-7/edit/").text
    assert 'value="0.5"' in form
    page, _ = tried(operator, at="/manage/entries/zebra-7/edit/", base_url=server.url, price_out="3", slug="other")
    saved(operator, page)
    assert LanguageModel.objects.get().price_out == 3


def test_what_it_competes_with_is_fixed_by_its_first_battle(operator, server):
    saved(operator, tried(operator, base_url=server.url)[0])
    cast_vote(make_battle(LanguageModel.objects.get()), Choice.TIE, now=timezone.now())
    page, _ = tried(operator, at="/manage/entries/zebra-7/edit/", base_url=server.url, temperature="1")
    assert "give the new settings a new slug" in saved(operator, page)
    assert LanguageModel.objects.get(slug="zebra-7").temperature == 0.3


def test_an_entry_of_a_file_that_a_person_wrote_is_edited_there(operator):
    make_entry("zebra-7")
    assert operator.get("/manage/entries/zebra-7/edit/").status_code == 404
    assert "catalogue file" in operator.get("/manage/entries/zebra-7/").text


def test_a_test_that_is_gone_saves_nothing(operator):
    page = "/manage/entries/tests/12345678-1234-1234-1234-123456789012/"
    assert "not here any more" in operator.get(page).text
    assert "Nothing is saved" in saved(operator, page)
