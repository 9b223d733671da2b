"""The audit log: who came in, saw or changed what. Never changed, read by owners, dropped by its age alone."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from arena.models import AuditEntry, Choice, Vote
from arena.models.append_only import FactsAreAppendOnly
from arena.models.audit import Action
from arena.people.audit import record
from arena.tasks import purge_what_is_old
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_token
from tests.pages import compact
from tests.people.roles import account_of, browser_of

pytestmark = pytest.mark.django_db


def told(action=None):
    """Who, in which role, did what to what."""
    entries = AuditEntry.objects.order_by("pk")
    found = entries.filter(action=action) if action else entries
    return [(entry.actor, entry.role, entry.subject) for entry in found]


def line_of(days, subject=""):
    at = timezone.now() - timedelta(days=days)
    return AuditEntry.objects.create(at=at, action=Action.SIGNED_IN, actor="ann", subject=subject)


def test_sign_ins_and_refused_ones_are_noted_without_names_that_no_account_has(client):
    account_of("voter", name="ann")
    for name, password in (("Ann", "wrong"), ("my-secret-password", "x"), ("ann", "a-password-of-ann")):
        client.post("/account/login/", {"login": name, "password": password})
    client.post("/account/logout/")
    assert told("sign-in-refused") == [("", "", "ann"), ("", "", "")]
    assert told("signed-in") == told("signed-out") == [("ann", "voter", "")]
    assert "my-secret-password" not in str(AuditEntry.objects.values_list())


def test_what_is_changed_in_the_console_is_noted_with_the_role_of_who_did_it():
    make_entry("ZEBRA-7")
    operator = browser_of("operator")
    operator.post("/manage/entries/zebra-7/state/", {"change": "pause"})
    assert told("entry-changed") == [("operator", "operator", "zebra-7")]
    operator.post("/manage/entries/zebra-7/state/", {"change": "pause"})
    assert len(told("entry-changed")) == 1
    cast_vote(make_battle(), Choice.TIE, now=timezone.now())
    sent = {"action": "exclude", "vote": Vote.objects.get().pk, "confirmed": "", "reason": "a bot"}
    operator.post("/manage/votes/weigh/", sent)
    assert told("votes-weighed") == [("operator", "operator", "a bot")]


def test_what_is_taken_out_is_noted():
    browser_of("analyst").post("/export/", {"format": "csv", "licence": "CC-BY-4.0"})
    assert told("exported") == [("analyst", "analyst", "csv")]


def test_an_erasure_is_noted_and_says_nothing_of_whom(client):
    make_entry(), make_entry()
    client.post("/battles/", {"prompt": "Say hello."})
    client.post("/history/delete/", {"sure": "on"})
    assert told("erased") == [("", "", "a voter, by the voter")]
    assert not AuditEntry.objects.get(action="erased").details


def test_who_may_do_what_is_noted_with_who_decided_it():
    owner, bob = browser_of("owner"), account_of("guest", name="bob")
    owner.post(f"/manage/people/{bob.pk}/", {"may": "review"})
    assert told("permissions-changed") == [("owner", "owner", "bob")]
    assert AuditEntry.objects.get(action="permissions-changed").details == {"change": "granted:review"}


def test_a_token_is_noted_when_it_is_made_and_when_it_is_revoked():
    make_token("cron")
    call_command("api_token", "revoke", "cron")
    assert told("token-made") == told("token-revoked") == [("", "", "cron")]


@pytest.mark.database
def test_no_line_is_changed_whichever_way_it_is_tried():
    line = line_of(400)
    for attempt in (line.save, line.delete, AuditEntry.objects.all().delete, AuditEntry.objects.all().update):
        with pytest.raises(FactsAreAppendOnly):
            attempt()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE arena_auditentry SET actor = 'bob'")


@pytest.mark.database
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's tests empty tables by DELETE")
def test_the_database_drops_no_line_before_its_time():
    line_of(400)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM arena_auditentry")


@pytest.mark.database
def test_old_lines_go_by_the_command_and_only_where_the_arena_keeps_them_for_a_time(settings, capsys):
    line_of(400), line_of(29)
    call_command("purge_audit")
    assert AuditEntry.objects.count() == 2
    settings.AUDIT_DAYS = 30
    call_command("purge_audit")
    assert "1 lines older than 30 days are gone." in capsys.readouterr().out
    assert AuditEntry.objects.count() == 1


def test_the_arena_itself_lets_old_lines_go_once_a_day(settings):
    settings.AUDIT_DAYS = 30
    kept, _ = line_of(29), line_of(31)
    purge_what_is_old()
    assert list(AuditEntry.objects.filter(action=Action.SIGNED_IN)) == [kept]


def test_an_owner_filters_the_log_and_takes_it_out_as_a_table():
    line_of(3, subject="=1+1"), line_of(1)
    record(None, Action.EXPORTED, "csv")
    owner = browser_of("owner")
    day = (timezone.now() - timedelta(days=3)).date()
    page = compact(owner.get(f"/manage/audit/?action=signed-in&actor=ann&until={day}").text)
    assert page.count('<th scope="row">') == 1
    assert "=1+1" in page
    assert "No line is found." in owner.get("/manage/audit/?actor=nobody-of-this-name").text
    assert owner.get("/manage/audit/?since=yesterday").status_code == 422
    table = owner.get("/manage/audit/lines.csv?actor=ann")
    lines = table.text.splitlines()
    assert [line.split(",")[4] for line in lines] == ["subject", "", "'=1+1"]
    assert told("exported")[-1] == ("owner", "owner", "audit log")


def test_the_log_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    for _ in range(60):
        line_of(1)
    owner = browser_of("owner")
    with django_assert_max_num_queries(8):
        assert "Page 1 of 2" in compact(owner.get("/manage/audit/").text)
