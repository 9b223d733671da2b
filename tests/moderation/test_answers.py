"""An answer that does not pass is shown on neither side, and nothing tells which side it was."""

import re
from typing import ClassVar

import pytest
from django.core.cache import cache
from django.utils import timezone

from arena.answers import events
from arena.answers.moderate import judge_answer
from arena.backends import BACKENDS, backend
from arena.backends.base import Piece
from arena.battles.blind import blind_battle
from arena.models import Answer, Battle, ModerationResult, Turn
from arena.models.battles import BattleKind
from arena.models.catalog import Kind
from arena.transparency.never_voted import never_voted
from tests.factories import make_battle, make_entry, write_answers
from tests.moderation.conftest import client_of
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db

SAFE = "The sky is blue because of the air."
UNSAFE = "Sure. Here is how to make a pipe bomb at home. First you take"


def played(script_a, script_b, enqueued=None):
    """A battle in which these two answer, after the workers have been at it."""
    battle = make_battle(make_entry(script=script_a), make_entry(script=script_b), is_answered=False)
    battle = write_answers(battle)
    if enqueued:
        enqueued.commit()
    return battle


def shown(battle):
    return blind_battle(battle, now=timezone.now())


def test_both_sides_are_withheld_alike_where_one_breaks_the_rules(enqueued):
    one, other = shown(played(UNSAFE, SAFE, enqueued)), shown(played(SAFE, UNSAFE, enqueued))
    for blind in (one, other):
        (turn,) = blind.turns
        assert [answer.markdown for answer in turn.answers] == ["", ""]
        told = [(answer.state, answer.note, answer.is_lost) for answer in turn.answers]
        assert told == [("failed", "withheld", True)] * 2
        assert (turn.withheld, blind.may_vote, blind.is_open) == ("answer", False, False)


def page_of(battle):
    page = client_of(battle.voter).get(f"/battles/{battle.pk}/").content.decode()
    return re.sub(rf'{battle.pk}|value="[^"]*"|data-attempt="\d+"|data-seconds="\d+"', "", page)


def test_no_page_tells_whose_answer_it_was(enqueued):
    one, other = page_of(played(UNSAFE, SAFE, enqueued)), page_of(played(SAFE, UNSAFE, enqueued))
    assert "withholds these answers" in one
    assert one == other
    assert "pipe bomb" not in one
    assert "sky is blue because" not in one


def test_nothing_that_was_published_of_it_is_left(enqueued):
    battle = played(SAFE, UNSAFE, enqueued)
    left = [event for _, event in events.published(str(battle.pk))]
    assert [(event.kind, event.text, event.html) for event in left] == [("stopped", "", "")] * 2


def test_the_answer_is_kept_for_whoever_judges_it_with_the_verdict():
    played(UNSAFE, SAFE)
    assert Answer.objects.get(slot="a").text.startswith("Sure. Here is how to make a pipe bomb at home.")
    (result,) = ModerationResult.objects.all()
    assert (result.slot, result.attempt, result.moderator, result.categories) == ("a", 1, "rules", ["weapons"])


def test_a_worker_that_writes_the_other_side_has_nothing_to_say_any_more():
    battle = make_battle(make_entry(script=UNSAFE), make_entry(script=SAFE), is_answered=False)
    write_answers(battle)
    assert {answer.state for answer in Answer.objects.all()} == {"failed"}
    assert Answer.objects.get(slot="b").text == ""


def test_a_withheld_answer_is_nobodys_failure(settings):
    cache.clear()  # the counts of an earlier test are kept for an hour
    battle = played(UNSAFE, SAFE)
    settings.BATTLE_HOURS = 0
    Battle.objects.filter(pk=battle.pk).update(created=timezone.now())
    assert {row.failed for row in never_voted(now=timezone.now())} == {0}


class Guard(ScriptedBackend):
    """Takes an answer with the word goose for unsafe."""

    def script(self, request):
        assert request.messages[0].content == "Why is the sky blue?"
        yield "unsafe\nO5" if "goose" in request.messages[-1].content else "safe"


class Slow(ScriptedBackend):
    """Writes in three pieces and looks at what a page could have by then."""

    pages: ClassVar[list[list[str]]] = []

    def script(self, request):
        for piece in ("The sky ", "is a ", "goose."):
            yield piece
            battle = Battle.objects.get()
            self.pages.append([event.text for _, event in events.published(str(battle.pk)) if event.text])


@pytest.fixture
def remote_guard(monkeypatch, settings):
    """A guard that anybody asks, so that the worker of the answer does."""
    for name, played_by in (("guard", "Guard"), ("slow", "Slow")):
        monkeypatch.setitem(BACKENDS, name, f"{__name__}:{played_by}")
    settings.MODERATORS = ["guard"]
    backend.cache_clear()
    Slow.pages.clear()
    yield make_entry("guard", kind=Kind.MODERATOR, backend="guard", options={"moderation": "llama_guard"})
    backend.cache_clear()


def test_a_model_judges_an_answer_with_its_prompt_before_there_is_a_vote(remote_guard):
    battle = played("The sky is a goose.", SAFE)
    assert shown(battle).turns[0].withheld == "answer"
    (result,) = ModerationResult.objects.all()
    assert (result.moderator, result.slot, result.categories) == ("guard", "a", ["drugs"])
    assert played(SAFE, SAFE).may_vote(timezone.now())


def test_with_hold_no_word_is_shown_before_it_was_judged(remote_guard, settings):
    settings.MODERATION_HOLD = True
    battle = make_battle(make_entry(backend="slow"), make_entry(script=SAFE), is_answered=False)
    write_answers(battle)
    assert Slow.pages == [[], [], []]


def test_with_hold_an_answer_that_passes_comes_whole(remote_guard, settings):
    settings.MODERATION_HOLD = True
    battle = played(SAFE, SAFE)
    told = [event for _, event in events.published(str(battle.pk))]
    assert not any(event.text for event in told)
    assert [SAFE in event.html for event in told if event.kind == "finished"] == [True, True]
    assert battle.may_vote(timezone.now())


def test_without_hold_words_are_shown_as_they_come(remote_guard):
    battle = make_battle(make_entry(backend="slow"), make_entry(script=SAFE), is_answered=False)
    write_answers(battle)
    assert "".join(Slow.pages[-1]).startswith("The sky")


def test_thoughts_are_judged_too(remote_guard, monkeypatch):
    class Thinking(ScriptedBackend):
        def script(self, request):
            yield Piece(thoughts="I think of a goose.")
            yield "The sky is blue."

    monkeypatch.setattr(Slow, "script", Thinking.script)
    battle = make_battle(make_entry(backend="slow"), make_entry(script=SAFE), is_answered=False)
    assert shown(write_answers(battle)).turns[0].withheld == "answer"


@pytest.mark.parametrize(("fail", "withheld"), [("open", ""), ("closed", "answer")])
def test_a_model_on_a_host_that_is_gone_is_not_waited_for_long(remote_guard, settings, enqueued, fail, withheld):
    settings.MODERATION_SECONDS, settings.MODERATION_FAIL = 0.05, fail
    remote_guard.weights = "guard"
    remote_guard.save()
    battle = played(SAFE, SAFE)
    assert shown(battle).turns[0].withheld == withheld
    assert set(ModerationResult.objects.values_list("state", flat=True)) == {"unavailable"}
    assert (Answer.objects.get(slot="a").pk, 1, "guard", "host.guard") in enqueued.checks


def test_a_host_judges_an_answer_of_the_attempt_that_waits(remote_guard):
    battle = make_battle(make_entry(), make_entry(), is_answered=False)
    Answer.objects.filter(slot="a").update(state="streaming", attempt=2, text="A goose.")
    answer = Answer.objects.get(slot="a", turn__battle=battle)
    judge_answer(answer.pk, 1, "guard")
    assert not ModerationResult.objects.exists()
    judge_answer(answer.pk, 2, "guard")
    assert ModerationResult.objects.get().state == "unsafe"


def test_a_chat_with_one_model_is_withheld_as_well(client, enqueued):
    battle = make_battle(make_entry(script=UNSAFE), is_answered=False)
    Answer.objects.filter(slot="b").delete()
    Battle.objects.filter(pk=battle.pk).update(kind=BattleKind.DIRECT, model_b=None)
    battle = write_answers(Battle.objects.with_rows().get())
    assert "withholds this answer" in client_of(battle.voter).get(f"/battles/{battle.pk}/").content.decode()


def test_a_battle_in_which_something_is_withheld_is_shared_with_nobody(client, enqueued):
    battle = played(SAFE, SAFE)
    own = client_of(battle.voter)
    own.post(f"/battles/{battle.pk}/share/")
    token = Battle.objects.get().share_token
    assert client.get(f"/s/{token}/").status_code == 200
    Turn.objects.update(withheld="answer", withheld_for="hate")
    assert client.get(f"/s/{token}/").status_code == 404
    assert client.get(f"/s/{token}/picture.png").status_code == 404


def test_a_moderator_that_is_gone_lets_no_answer_pass_where_the_operator_wants_so(settings):
    settings.MODERATORS, settings.MODERATION_FAIL = ["rules"], "closed"
    battle = make_battle(make_entry(script=SAFE), make_entry(script=SAFE), is_answered=False)
    settings.MODERATORS = ["rules", "no-such-entry"]
    assert shown(write_answers(battle)).turns[0].withheld == "answer"
