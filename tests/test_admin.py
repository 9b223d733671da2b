from uuid import uuid4

import pytest
from django.test import Client

from arena.answers.test_run_report import write_test_run
from arena.models import Answer, LanguageModel, ModelAlias, Vote
from tests.factories import make_battle, make_entry, make_recorded

pytestmark = pytest.mark.django_db

NO_ALIASES = {"aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}


def test_the_list_of_entries_says_why_one_is_broken(admin_client):
    make_entry("ZEBRA-7", state="broken", broken_because="no weights in here")
    make_entry("TAPIR-3", broken_because="a reason of old")
    listed = admin_client.get("/admin/arena/languagemodel/").content.decode()
    assert "no weights in here" in listed
    assert "a reason of old" not in listed


def test_the_admin_is_closed_to_visitors(client):
    assert client.get("/admin/arena/vote/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "vote",
        "voteexclusion",
        "battle",
        "answer",
        "ratingsnapshot",
        "promptset",
        "importedset",
        "benchmarkscore",
        "apitoken",
    ],
)
def test_facts_can_be_read_and_neither_added_nor_changed(admin_client, name):
    make_battle()
    assert admin_client.get(f"/admin/arena/{name}/").status_code == 200
    assert admin_client.get(f"/admin/arena/{name}/add/").status_code == 403


def test_staff_see_what_an_answer_cost(admin_client):
    make_battle(make_entry(price_in=2, price_out=8))
    Answer.objects.filter(slot="a").update(prompt_tokens=1000, tokens=500)
    assert "0.006000" in admin_client.get("/admin/arena/answer/").text


def test_an_entry_can_be_paused_and_nothing_else_of_it_changed(admin_client):
    entry = make_entry("ZEBRA-7", system_prompt="Be brief.")
    changed: dict[str, str | int] = {
        "display_name": "Zebra",
        "state": "paused",
        "system_prompt": "Be long.",
    } | NO_ALIASES
    assert admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/change/", changed).status_code == 302
    entry.refresh_from_db()
    assert (entry.display_name, entry.state, entry.system_prompt) == ("ZEBRA-7", "paused", "Be brief.")


def test_an_entry_is_never_deleted_in_the_admin(admin_client):
    entry = make_entry()
    assert admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LanguageModel.objects.exists()
    assert not Vote.objects.exists()


def change_state(client, action, *entries):
    posted = {"action": action, "_selected_action": [entry.pk for entry in entries]}
    return client.post("/admin/arena/languagemodel/", posted, follow=True).content.decode()


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("pause", "active", "paused"), ("resume", "retired", "active"), ("retire", "active", "retired")],
)
def test_entries_change_their_state_together_and_the_history_says_who_did_it(admin_client, action, before, after):
    zebra, okapi = make_entry("ZEBRA-7", state=before), make_entry("OKAPI-9", state=after)
    page = change_state(admin_client, action, zebra, okapi)
    assert set(LanguageModel.objects.values_list("state", flat=True)) == {after}
    assert f"1 {action.removesuffix('e')}ed, 1 left as they are." in page
    history = admin_client.get(f"/admin/arena/languagemodel/{zebra.pk}/history/").content.decode()
    assert f"{action.removesuffix('e').capitalize()}ed" in history


def test_a_card_that_came_with_an_import_can_be_written(admin_client):
    make_recorded("ZEBRA-7")
    entry = LanguageModel.objects.get()
    changed: dict[str, str | int] = {
        "display_name": "ZEBRA 7",
        "state": "active",
        "description": "From the plains.",
        "weights": "other",
    }
    changed |= NO_ALIASES
    assert admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/change/", changed).status_code == 302
    entry.refresh_from_db()
    assert (entry.display_name, entry.description, entry.weights) == ("ZEBRA 7", "From the plains.", "")


def test_an_alias_is_added_on_the_entrys_page_and_belongs_to_one_entry_in_any_case(admin_client):
    zebra, okapi = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    alias = {"state": "active", "aliases-TOTAL_FORMS": 1, "aliases-INITIAL_FORMS": 0, "aliases-0-name": " Zoo/Zebra "}
    assert admin_client.post(f"/admin/arena/languagemodel/{zebra.pk}/change/", alias).status_code == 302
    again = admin_client.post(f"/admin/arena/languagemodel/{okapi.pk}/change/", alias | {"aliases-0-name": "ZOO/zebra"})
    assert "is a name of another entry already" in again.content.decode()
    assert list(ModelAlias.objects.values_list("name", "entry")) == [("zoo/zebra", zebra.pk)]


def test_a_test_is_asked_for_and_shown_once_its_worker_has_written_it(admin_client):
    entry = make_entry("ZEBRA-7", script="The sea <b>breathes</b>.", weights="some")
    button = f'action="/admin/arena/languagemodel/{entry.pk}/test-runs/"'
    assert button in admin_client.get(f"/admin/arena/languagemodel/{entry.pk}/change/").content.decode()
    page = admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/test-runs/").url
    waiting = admin_client.get(page).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert "worker --hosts some" in waiting
    write_test_run(run_id(page))
    done = admin_client.get(page).content.decode()
    assert 'http-equiv="refresh"' not in done
    assert "The sea &lt;b&gt;breathes&lt;/b&gt;." in done
    assert "s to the first token" in done


def test_a_test_that_failed_says_what_to_do_and_what_the_log_says(admin_client):
    entry = make_entry("ZEBRA-7", backend="transformers", weights="nowhere")
    page = admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/test-runs/", {"prompt": "Tides?"}).url
    write_test_run(run_id(page))
    shown = admin_client.get(page).content.decode()
    assert "prepare_models nowhere" in shown
    assert "Unavailable: no weights in" in shown
    assert "Tides?" in shown


def test_a_test_is_for_staff_that_may_change_entries_and_only_by_a_form(admin_client, client, django_user_model):
    entry, reader = make_entry(), django_user_model.objects.create_user("reader", is_staff=True)
    address = f"/admin/arena/languagemodel/{entry.pk}/test-runs/"
    assert "/admin/login/" in Client().post(address)["Location"]
    assert admin_client.get(address).status_code == 405
    client.force_login(reader)
    assert client.post(address).status_code == 403
    assert client.get(f"{address}{uuid4()}/").status_code == 403
    assert (
        Client(enforce_csrf_checks=True, headers={"cookie": admin_client.cookies.output(header="", sep=";")})
        .post(address)
        .status_code
        == 403
    )


def test_a_report_that_is_gone_or_of_another_entry(admin_client):
    one, other = make_entry(), make_entry()
    gone = admin_client.get(f"/admin/arena/languagemodel/{one.pk}/test-runs/{uuid4()}/")
    assert "not here any more" in gone.content.decode()
    page = admin_client.post(f"/admin/arena/languagemodel/{one.pk}/test-runs/").url
    assert admin_client.get(page.replace(f"/{one.pk}/", f"/{other.pk}/", 1)).status_code == 404


def test_a_prompt_that_is_too_long_is_refused_with_a_sentence(admin_client):
    address = f"/admin/arena/languagemodel/{make_entry().pk}/test-runs/"
    page = admin_client.post(address, {"prompt": "x" * 12_001}, follow=True).content.decode()
    assert "at most 12,000 fit" in page


def test_recorded_answers_have_no_button(admin_client):
    make_recorded("ZEBRA-7")
    page = admin_client.get(f"/admin/arena/languagemodel/{LanguageModel.objects.get().pk}/change/").content.decode()
    assert "Test now" not in page


def run_id(page):
    return page.rstrip("/").rpartition("/")[2]
