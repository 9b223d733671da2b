import io
import json
import zipfile

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from arena.exports import views as page
from arena.exports.board import BOARD_FORMATS
from arena.exports.forms import EXPORTS
from arena.formats.exports.writing import FORMATS
from arena.imports.votes import import_votes
from arena.models import Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    cast_vote(make_battle(*entries), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    return entries


def archive(response):
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(response.content))


def test_visitors_are_sent_to_the_login_and_get_nothing(client, entries):
    for response in (client.get("/export/"), client.post("/export/", {"format": "csv"})):
        assert response.status_code == 302
        assert response.url.startswith("/account/login/")


def test_it_asks_for_one_permission_and_neither_staff_nor_who_may_read_votes_has_it(client, django_user_model):
    user = django_user_model.objects.create_user("ann", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_vote", content_type__app_label="arena"))
    client.force_login(user)
    refused = client.get("/export/")
    assert refused.status_code == 403
    assert "lacks the permission <code>analyse</code>" in refused.text
    assert client.post("/export/", {"format": "csv"}).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="analyse", content_type__app_label="arena"))
    assert client.get("/export/").status_code == 200


def files_of(response):
    packed = archive(response)
    return {name.split("/")[1]: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("name", [name for name, *_ in EXPORTS])
def test_every_format_comes_as_an_archive(admin_client, entries, name):
    response = admin_client.post("/export/", {"format": name, "licence": "CC-BY-4.0"})
    assert f'filename="agon-{name}-' in response["Content-Disposition"]
    expected = {FORMATS[name].file_name, "README.md"} if name in FORMATS else {BOARD_FORMATS[name]}
    assert set(files_of(response)) == expected


def test_the_page_says_what_each_format_is(admin_client):
    shown = admin_client.get("/export/").text
    assert all(str(title) in shown and str(what) in shown for _, title, what in EXPORTS)


def test_the_form_offers_all_that_there_is():
    assert {name for name, *_ in EXPORTS} == {*FORMATS, *BOARD_FORMATS}


def test_a_download_holds_the_votes_and_the_licence(admin_client, entries):
    files = files_of(admin_client.post("/export/", {"format": "sharegpt", "licence": "CC-BY-4.0"}))
    assert json.loads(files["votes.json"])[0]["model"] == "ZEBRA-7"
    assert b"license: cc-by-4.0" in files["README.md"]


def test_imported_votes_come_along_when_they_are_ticked(admin_client, entries, tmp_path):
    (tmp_path / "others.csv").write_text("model_a,model_b,winner\nX,Y,tie\n")
    assert "with_imported" not in admin_client.get("/export/").text
    import_votes(tmp_path / "others.csv", now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert "with_imported" in admin_client.get("/export/").text
    alone = files_of(admin_client.post("/export/", {"format": "csv"}))
    both = files_of(admin_client.post("/export/", {"format": "csv", "with_imported": "on"}))
    assert [files["votes.csv"].count(b"\n") for files in (alone, both)] == [2, 3]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose a format."),
        ({"format": "excel"}, "Choose one of these formats."),
        ({"format": "csv", "licence": "CC BY\nx: y"}, "such as CC-BY-4.0"),
    ],
)
def test_what_cannot_be_exported_is_said_beside_the_field_and_the_rest_is_kept(admin_client, entries, sent, says):
    response = admin_client.post("/export/", sent)
    assert response.status_code == 422
    assert says in response.text
    assert ('value="csv" required checked' in compact(response.text)) == (sent.get("format") == "csv")


def test_more_votes_than_a_browser_waits_for_are_left_to_the_command(admin_client, entries, monkeypatch):
    monkeypatch.setattr(page, "MAX_VOTES", 0)
    response = admin_client.post("/export/", {"format": "dpo", "licence": "CC0-1.0"})
    assert response.status_code == 422
    assert "manage.py export --format dpo --licence CC0-1.0" in compact(response.text)
    assert admin_client.post("/export/", {"format": "board-csv"}).status_code == 200


def test_the_page_takes_a_fixed_number_of_queries(admin_client, entries, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        admin_client.get("/export/")


def test_the_list_of_votes_leads_to_it(admin_client, entries):
    assert 'href="/export/"' in admin_client.get("/admin/arena/vote/").text
