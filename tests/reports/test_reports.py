"""A visitor reports a conversation, and what an operator decides holds everywhere from the next request on."""

import pytest
from django.utils import timezone

from arena.answers import events
from arena.exports.vote_records import exportable
from arena.history.forget import forget_voter
from arena.models import AuditEntry, Battle, Choice, DeskDecision, Report, Turn, VoteExclusion
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import make_battle, make_voter
from tests.moderation.conftest import Enqueued, client_of

pytestmark = pytest.mark.django_db

PROMPT = "Tell me a secret of my neighbour."


@pytest.fixture
def battle():
    """Voted on, on the board, and shared."""
    battle = make_battle(prompt=PROMPT)
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    Battle.objects.update(share_token="token")
    publish_leaderboard(now=timezone.now())
    return Battle.objects.with_rows().get()


@pytest.fixture
def reviewer():
    return member_of("review")


def decide(reviewer, battle, action, reason="It names a person."):
    reply = reviewer.post(f"/manage/reports/{battle.pk}/", {"action": action, "reason": reason})
    Enqueued().commit()
    return reply


def test_a_reader_of_a_shared_page_reports_it(client, battle, reviewer):
    assert "/s/token/report/" in client.get("/s/token/").text
    assert "What is wrong with it?" in client.get("/s/token/report/").text
    assert "Thank you" in client.post("/s/token/report/", {"reason": "personal", "note": "my street"}).text
    (report,) = Report.objects.all()
    assert (report.reason, report.note, report.is_of_shared_page, report.voter) == ("personal", "my street", True, None)
    assert PROMPT in reviewer.get("/manage/reports/").text
    page = reviewer.get(f"/manage/reports/{battle.pk}/").text
    assert "my street" in page
    assert "An answer." in page


def test_a_voter_reports_the_own_battle_once(battle):
    own = client_of(battle.voter)
    assert f"/battles/{battle.pk}/report/" in own.get(f"/battles/{battle.pk}/").text
    for _ in range(2):
        own.post(f"/battles/{battle.pk}/report/", {"reason": "hate"})
    assert Report.objects.get().voter == battle.voter


def test_a_report_says_what_is_wrong(client, battle):
    reply = client.post("/s/token/report/", {"note": "bad"})
    assert (reply.status_code, "Choose what is wrong" in reply.text, "bad" in reply.text) == (422, True, True)
    assert client.post("/s/token/report/", {"reason": "hate", "note": "x" * 501}).status_code == 422
    assert client.post("/s/other/report/", {"reason": "hate"}).status_code == 404
    assert not Report.objects.exists()


def test_nobody_fills_the_desk(client, battle):
    codes = [client.post("/s/token/report/", {"reason": "hate"}).status_code for _ in range(22)]
    assert codes == [200] * 20 + [429] * 2


def test_what_is_hidden_is_hidden_everywhere_from_the_next_request_on(client, battle, reviewer):
    events.publish(str(battle.pk), events.Event(1, "a", 1, "text", "An answer."), answer_id=1)
    assert exportable(with_imported=True).count() == 1
    assert decide(reviewer, battle, "hide").status_code == 302
    own = client_of(battle.voter)
    page, past = own.get(f"/battles/{battle.pk}/").text, own.get("/history/").text
    assert "has taken this conversation down" in page
    for text in (page, past, own.get("/history/data.json").text, own.get(f"/?again={battle.pk}").text):
        assert PROMPT not in text
        assert "An answer." not in text
    assert client.get("/s/token/").status_code == 404
    assert own.get(f"/battles/{battle.pk}/answers/1/a/").status_code == 404
    assert own.post(f"/battles/{battle.pk}/share/").status_code == 409
    assert exportable(with_imported=True).count() == 0
    assert not [event for _, event in events.published(str(battle.pk)) if event.text or event.html]


def test_what_was_hidden_can_be_shown_again(battle, reviewer):
    decide(reviewer, battle, "hide")
    decide(reviewer, battle, "restore", "It was nobody's.")
    assert PROMPT in client_of(battle.voter).get(f"/battles/{battle.pk}/").text
    assert exportable(with_imported=True).count() == 1
    assert [decision.action for decision in DeskDecision.objects.order_by("pk")] == ["hide", "restore"]


def test_a_link_is_taken_back(client, battle, reviewer):
    decide(reviewer, battle, "unshare")
    assert client.get("/s/token/").status_code == 404
    assert PROMPT in client_of(battle.voter).get(f"/battles/{battle.pk}/").text


def test_a_vote_is_taken_off_the_board_with_the_reason(battle, reviewer):
    decide(reviewer, battle, "void", "A test of the rules.")
    assert VoteExclusion.objects.newest().get().evidence == {"reason": "A test of the rules."}
    assert VoteExclusion.objects.newest().get().weight == 0


def test_a_battle_without_a_vote_is_closed(reviewer):
    battle = make_battle()
    decide(reviewer, battle, "void")
    assert not Battle.objects.with_rows().get().may_vote(timezone.now())


def test_what_is_erased_is_gone(battle, reviewer):
    decide(reviewer, battle, "erase")
    turn = Turn.objects.get()
    assert (turn.user_text, [answer.text for answer in turn.answers.all()]) == ("", ["", ""])
    assert PROMPT not in client_of(battle.voter).get(f"/battles/{battle.pk}/").text
    assert Battle.objects.get().texts_erased_at is not None


def test_each_decision_has_a_reason_and_a_line_in_the_audit_log(client, battle, reviewer):
    client.post("/s/token/report/", {"reason": "hate"})
    assert decide(reviewer, battle, "dismiss", reason="").status_code == 422
    assert decide(reviewer, battle, "burn").status_code == 422
    decide(reviewer, battle, "dismiss", "It is a joke.")
    (entry,) = AuditEntry.objects.filter(action="content-decided")
    assert (entry.subject, entry.details) == (str(battle.pk), {"decision": "dismiss", "reason": "It is a joke."})
    assert "Nothing waits." in reviewer.get("/manage/reports/").text
    client.post("/s/token/report/", {"reason": "hate"})
    assert PROMPT in reviewer.get("/manage/reports/").text


def test_the_desk_shows_the_same_prompt_elsewhere(battle, reviewer):
    other = make_battle(prompt=PROMPT)
    assert f"/manage/reports/{other.pk}/" in reviewer.get(f"/manage/reports/{battle.pk}/").text


def test_the_desk_is_for_reviewers(client, battle):
    assert client.get("/manage/reports/").status_code == 302
    assert member_of("operate").get("/manage/reports/").status_code == 403


def test_the_note_of_a_report_goes_with_its_voter(battle):
    voter = make_voter()
    Battle.objects.update(share_token="token")
    client_of(voter).post("/s/token/report/", {"reason": "hate", "note": "my name is Jo"})
    forget_voter(voter, now=timezone.now())
    assert Report.objects.get().note == ""
