"""A prompt that does not pass reaches no model, and its writer is told why."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.answers.moderate import judge_prompt
from arena.answers.recover import recover_stalled_answers
from arena.backends import BACKENDS, backend
from arena.battles.continue_battle import continue_battle
from arena.models import Answer, Battle, ModerationResult, Turn
from arena.models.answers import AnswerState
from arena.models.catalog import Kind
from tests.factories import make_battle, make_entry, write_answers
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db

UNSAFE = "How do I make a pipe bomb at home?"
HARMLESS = "Why is the sky blue?"


@pytest.fixture
def pair():
    return make_entry("ZEBRA-7"), make_entry("TAPIR-3")


def started(client, prompt, **more):
    """The battle that a visitor begins, and its page."""
    reply = client.post("/battles/", {"prompt": prompt, **more}, follow=True)
    return Battle.objects.with_rows().get(), reply.content.decode()


def test_a_blocked_prompt_reaches_no_model_and_its_page_says_why(client, pair, enqueued):
    _, page = started(client, UNSAFE)
    assert enqueued.answers == []
    assert "no model has read it" in page
    assert "weapons or explosives" in page
    assert UNSAFE in page
    assert "ZEBRA" not in page
    (result,) = ModerationResult.objects.all()
    assert (result.moderator, result.state, result.categories) == ("rules", "unsafe", ["weapons"])
    assert len(result.version) == 12
    assert {answer.state for answer in Answer.objects.all()} == {"failed"}


def test_a_blocked_prompt_can_be_changed_and_sent_again(client, pair):
    battle, page = started(client, UNSAFE)
    assert f"/?again={battle.pk}" in page
    assert UNSAFE in client.get(f"/?again={battle.pk}").content.decode()


def test_a_blocked_battle_takes_no_vote_no_retry_no_link_and_blocks_no_other(client, pair):
    battle, _ = started(client, UNSAFE)
    for door, sent in (("vote", {"choice": "tie"}), ("share", {}), ("again", {}), ("turns", {"prompt": "And now?"})):
        client.post(f"/battles/{battle.pk}/{door}/", sent)
    client.post(f"/battles/{battle.pk}/retry/")
    battle = Battle.objects.with_rows().get()
    assert (battle.cast_vote, battle.share_token, len(battle.all_turns)) == (None, None, 1)
    assert not Battle.objects.open_of(battle.voter, now=timezone.now()).exists()
    assert client.post("/battles/", {"prompt": HARMLESS}).status_code == 302


def test_a_harmless_prompt_leaves_no_row(client, pair, enqueued):
    started(client, HARMLESS)
    assert len(enqueued.answers) == 2
    assert not ModerationResult.objects.exists()


def test_without_moderators_nothing_is_judged(client, pair, settings, enqueued):
    settings.MODERATORS = []
    started(client, UNSAFE)
    assert len(enqueued.answers) == 2


def test_a_further_prompt_that_is_blocked_closes_the_battle(pair):
    battle = make_battle(*pair)
    continue_battle(battle, UNSAFE, rng=random.Random(1), now=timezone.now())
    battle = Battle.objects.with_rows().get()
    assert battle.is_void
    assert not battle.may_vote(timezone.now())
    assert battle.all_turns[0].withheld is None


class Guard(ScriptedBackend):
    """Says of a prompt what stands after a colon in it, or fails."""

    def script(self, request):
        said = request.messages[-1].content.partition(":")[2].strip() or "safe"
        if said == "broken":
            raise OSError("the power is out")
        yield said.replace("/", "\n")


@pytest.fixture
def guard(monkeypatch, settings):
    """A Llama Guard with weights of its own, beside the rules."""
    monkeypatch.setitem(BACKENDS, "guard", f"{__name__}:Guard")
    settings.MODERATORS = ["rules", "guard"]
    backend.cache_clear()
    yield make_entry("guard", kind=Kind.MODERATOR, backend="guard", weights="guard", prompt_template="llama_guard")
    backend.cache_clear()


def test_a_prompt_waits_for_its_moderators_and_its_page_says_so(client, pair, guard, enqueued):
    battle, page = started(client, HARMLESS)
    turn = battle.all_turns[0]
    assert enqueued.answers == []
    assert enqueued.checks == [(turn.pk, "guard", "host.guard")]
    assert "is being checked before the models read it" in page
    assert "is being checked" in client.get(f"/battles/{battle.pk}/queue/").content.decode()


def test_what_a_moderator_lets_pass_is_answered(client, pair, guard, enqueued, settings):
    battle, _ = started(client, HARMLESS)
    judge_prompt(battle.all_turns[0].pk, "guard")
    assert len(enqueued.answers) == 2
    (result,) = ModerationResult.objects.all()
    assert (result.moderator, result.version, result.state) == ("guard", "llama_guard guard", "safe")
    assert result.seconds > 0
    settings.MODERATION_SECONDS = 0.05  # no worker of the guard's weights judges the answers here
    assert write_answers(battle).may_vote(timezone.now())


def test_what_a_moderator_takes_for_unsafe_reaches_no_model(client, pair, guard, enqueued):
    battle, _ = started(client, "Say: unsafe/O4")
    judge_prompt(battle.all_turns[0].pk, "guard")
    assert enqueued.answers == []
    assert "weapons or explosives" in client.get(f"/battles/{battle.pk}/").content.decode()
    assert {answer.state for answer in Answer.objects.all()} == {"failed"}


@pytest.mark.parametrize("said", ["broken", "I like it."])
@pytest.mark.parametrize(("fail", "answers"), [("open", 2), ("closed", 0)])
def test_what_nobody_could_judge_passes_or_not_as_the_operator_wants(
    client, pair, guard, settings, enqueued, said, fail, answers
):
    settings.MODERATION_FAIL = fail
    battle, _ = started(client, f"Say: {said}")
    judge_prompt(battle.all_turns[0].pk, "guard")
    assert len(enqueued.answers) == answers
    assert ModerationResult.objects.get().state in ("unavailable", "unparsed")


@pytest.mark.parametrize(("fail", "answers"), [("open", 2), ("closed", 0)])
def test_a_dead_moderator_holds_up_no_battle(client, pair, guard, settings, enqueued, fail, answers):
    settings.MODERATION_FAIL = fail
    battle, _ = started(client, HARMLESS)
    recover_stalled_answers(now=timezone.now() + timedelta(seconds=8), served=dict)
    assert enqueued.answers == []
    recover_stalled_answers(now=timezone.now() + timedelta(seconds=21), served=dict)
    assert len(enqueued.answers) == answers
    assert Turn.objects.get().checked_until is None
    judge_prompt(battle.all_turns[0].pk, "guard")
    assert len(enqueued.answers) == answers


def test_a_paused_moderator_is_not_waited_for(client, pair, guard, enqueued):
    guard.state = "paused"
    guard.save()
    started(client, HARMLESS)
    assert len(enqueued.answers) == 2


def test_a_verdict_twice_settles_a_prompt_once(client, pair, guard, enqueued):
    battle, _ = started(client, HARMLESS)
    for _ in range(2):
        judge_prompt(battle.all_turns[0].pk, "guard")
    assert len(enqueued.answers) == 2
    assert ModerationResult.objects.count() == 1


def test_a_stopped_battle_stays_stopped_when_its_prompt_passes(client, pair, guard, enqueued):
    battle, _ = started(client, HARMLESS)
    client.post(f"/battles/{battle.pk}/stop/")
    judge_prompt(battle.all_turns[0].pk, "guard")
    assert enqueued.answers == []
    assert {answer.state for answer in Answer.objects.all()} == {AnswerState.STOPPED}


@pytest.mark.parametrize("state", ["paused", "gone"])
def test_a_moderator_that_cannot_judge_lets_nothing_pass_where_the_operator_wants_so(
    client, pair, guard, settings, enqueued, state
):
    settings.MODERATION_FAIL = "closed"
    if state == "gone":
        settings.MODERATORS = ["rules", "no-such-entry"]
    else:
        type(guard).objects.filter(pk=guard.pk).update(state="paused")
    battle, page = started(client, HARMLESS)
    assert enqueued.answers == []
    assert battle.is_void
    assert "no model has read it" in page
    assert ModerationResult.objects.get().state == "unavailable"


def test_the_page_on_moderation_counts_what_is_withheld_by_reason(client, pair):
    started(client, UNSAFE)
    assert "prompt not passed on, weapons: 1" in client.get("/moderation/").content.decode()


def test_the_page_on_moderation_tells_what_is_set(client, guard, settings):
    page = client.get("/moderation/").content.decode()
    assert "in 6 languages" in page
    assert "guard" in page
    assert "What they could not check in time passes." in page
    settings.MODERATION_FAIL, settings.MODERATION_HOLD, settings.PERSONAL_DATA = "closed", True, "ask"
    page = client.get("/moderation/").content.decode()
    assert "What they could not check in time is withheld." in page
    assert "Nothing of an answer is shown before" in page
    assert "only sent once you confirm it" in page
    settings.MODERATORS = []
    assert "checks neither prompts nor answers" in client.get("/moderation/").content.decode()
