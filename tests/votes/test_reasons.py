import pytest
from django.utils import timezone

from arena.models import Choice, PendingVote, ReasonTag, VoteReason
from arena.models.append_only import FactsAreAppendOnly
from arena.votes.cast import cast_vote
from arena.votes.reasons import ContradictoryReasons, give_reasons
from tests.factories import make_battle

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def give(vote, a=(), b=(), comment=""):
    give_reasons(vote, {"a": a, "b": b}, comment, now=timezone.now())


@pytest.fixture
def vote():
    return cast_vote(make_battle(), Choice.MODEL_A, now=timezone.now())


def test_reasons_are_kept_by_side_and_ask_for_no_new_board(vote):
    PendingVote.objects.all().delete()
    give(vote, [ReasonTag.ACCURATE, ReasonTag.CLEAR], [ReasonTag.DULL], "B went on and on.")
    assert {(r.slot, r.tag) for r in vote.reasons.all()} == {("a", "accurate"), ("a", "clear"), ("b", "dull")}
    assert vote.comment.text == "B went on and on."
    assert not PendingVote.objects.exists()


def test_said_twice_it_is_kept_once_and_the_first_comment_stands(vote):
    give(vote, [ReasonTag.CLEAR], comment="first")
    give(vote, [ReasonTag.CLEAR, ReasonTag.COMPLETE], comment="second")
    assert vote.reasons.count() == 2
    assert vote.comment.text == "first"


def test_reasons_are_facts(vote):
    give(vote, [ReasonTag.CLEAR])
    with pytest.raises(FactsAreAppendOnly):
        VoteReason.objects.get().delete()
    with pytest.raises(FactsAreAppendOnly):
        VoteReason.objects.update(tag="dull")


def test_what_contradicts_itself_of_one_side_is_refused_whole(vote):
    for pair in zip(*[iter(ReasonTag)] * 2, strict=True):
        with pytest.raises(ContradictoryReasons):
            give(vote, pair, [ReasonTag.CLEAR], "Both.")
    assert not VoteReason.objects.exists()
    give(vote, [ReasonTag.ACCURATE], [ReasonTag.INACCURATE])
    with pytest.raises(ContradictoryReasons):
        give(vote, [ReasonTag.INACCURATE])
    assert vote.reasons.count() == 2
