"""The console's pages of entries: what is listed, and how a state changes."""

import pytest

from arena.answers import breakers
from arena.answers.test_run_report import write_test_run
from arena.models import LanguageModel
from tests.console.people import member_of
from tests.factories import make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return member_of("operate")


def change(operator, entry, verb):
    page = operator.post(f"/manage/entries/{entry.slug}/state/", {"change": verb}, follow=True)
    entry.refresh_from_db()
    return page.text


def test_broken_entries_come_first_then_active_ones_and_imported_ones_are_folded(operator):
    make_entry("AARD-1", kind="imported", state="retired", backend="")
    make_entry("ZEBRA-7")
    make_entry("BISON-2", state="paused")
    make_entry("OKAPI-9", state="broken", broken_because="no weights in here")
    shown = operator.get("/manage/entries/").text
    places = [shown.index(f">{name}</a>") for name in ("OKAPI-9", "ZEBRA-7", "BISON-2", "AARD-1")]
    assert places == sorted(places)
    assert places[2] < shown.index("1 retired or imported entry") < places[3]
    assert "no weights in here" in shown


def test_an_entry_that_keeps_failing_is_said_to_rest(operator):
    breakers.trip(make_entry("ZEBRA-7").pk)
    assert 'data-state="resting">resting' in compact(operator.get("/manage/entries/zebra-7/").text)


def test_a_state_changes_where_it_may(operator):
    entry = make_entry("ZEBRA-7")
    assert "ZEBRA-7 is now paused." in change(operator, entry, "pause")
    assert entry.state == "paused"
    assert "Nothing has changed" in change(operator, entry, "pause")
    change(operator, entry, "resume")
    assert entry.state == "active"
    change(operator, entry, "retire")
    assert entry.state == "retired"


@pytest.mark.parametrize("verb", ["resume", "delete", ""])
def test_an_imported_entry_stays_as_it_is_and_so_does_one_that_nothing_is_done_with(operator, verb):
    entry = make_entry("ZEBRA-7", kind="imported", state="retired", backend="")
    assert 'name="change"' not in operator.get("/manage/entries/zebra-7/").text
    change(operator, entry, verb)
    assert entry.state == "retired"


def test_a_stored_entry_is_tested_by_its_worker(operator):
    make_entry("ZEBRA-7", script="The **sea** <script>breathes</script>.", weights="some")
    page = operator.post("/manage/entries/zebra-7/test/", {"prompt": "Tides?"})["Location"]
    waiting = operator.get(page).text
    assert "manage.py worker --hosts some" in waiting
    assert 'data-live="1"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    write_test_run(page.rstrip("/").rpartition("/")[2])
    done = operator.get(page).text
    assert 'data-live="0"' in done
    assert "The <strong>sea</strong> " in done
    assert "<script>breathes" not in done
    assert "s to the first token" in done
    assert "Save" not in done


def test_a_prompt_that_is_too_long_is_refused_with_a_sentence(operator):
    make_entry("ZEBRA-7")
    refused = operator.post("/manage/entries/zebra-7/test/", {"prompt": "x" * 12_001}, follow=True)
    assert "at most 12,000 fit" in refused.text


@pytest.mark.usefixtures("no_redis")
def test_without_redis_a_test_says_so(operator):
    make_entry("ZEBRA-7")
    assert "Redis does not answer" in operator.post("/manage/entries/zebra-7/test/", follow=True).text


def test_a_change_asks_for_the_permission_and_a_form(operator):
    entry = make_entry("ZEBRA-7")
    assert (
        member_of("review", name="bob").post("/manage/entries/zebra-7/state/", {"change": "pause"}).status_code == 403
    )
    assert operator.get("/manage/entries/zebra-7/state/").status_code == 405
    assert LanguageModel.objects.get() == entry
    assert LanguageModel.objects.get().state == "active"


def test_the_list_takes_a_fixed_number_of_queries(operator, django_assert_max_num_queries):
    for _ in range(3):
        make_entry()
    with django_assert_max_num_queries(6):
        operator.get("/manage/entries/")
