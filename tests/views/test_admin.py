import pytest

from arena.models import LanguageModel, Vote
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db


def test_the_admin_is_closed_to_visitors(client):
    assert client.get("/admin/arena/vote/").status_code == 302


@pytest.mark.parametrize("name", ["vote", "voteexclusion", "battle", "answer", "ratingsnapshot", "promptset"])
def test_facts_can_be_read_and_neither_added_nor_changed(admin_client, name):
    make_battle()
    assert admin_client.get(f"/admin/arena/{name}/").status_code == 200
    assert admin_client.get(f"/admin/arena/{name}/add/").status_code == 403


def test_an_entry_can_be_paused_and_nothing_else_of_it_changed(admin_client):
    entry = make_entry("ZEBRA-7", system_prompt="Be brief.")
    changed = {"display_name": "Zebra", "state": "paused", "system_prompt": "Be long."}
    assert admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/change/", changed).status_code == 302
    entry.refresh_from_db()
    assert (entry.display_name, entry.state, entry.system_prompt) == ("ZEBRA-7", "paused", "Be brief.")


def test_an_entry_is_never_deleted_in_the_admin(admin_client):
    entry = make_entry()
    assert admin_client.post(f"/admin/arena/languagemodel/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LanguageModel.objects.exists()
    assert not Vote.objects.exists()
