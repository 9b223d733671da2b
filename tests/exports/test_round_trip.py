"""Votes that go out and come into an empty site: the same boards, of every category."""

import random

import pytest
from django.utils import timezone

from arena.battles.turns import add_turn
from arena.exports.votes import export_votes
from arena.imports.votes import import_votes
from arena.models import (
    Answer,
    Battle,
    Board,
    Choice,
    CountedVote,
    ImportedSet,
    LanguageModel,
    PairCount,
    PendingVote,
    PromptNumber,
    Rating,
    RatingSnapshot,
    Turn,
    Vote,
    VoteCategory,
    VoteExclusion,
    Voter,
    VoterNumber,
)
from arena.models.answers import AnswerState
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import exclude_vote, make_battle, make_entry, make_voter
from tests.made_once import made_once
from tests.markup.hostile_answers import PAYLOADS

pytestmark = pytest.mark.django_db

FIGURES = ("rating", "lower", "upper", "elo", "votes", "win_rate", "both_bad_rate", "rank_best", "rank_worst", "group")
CARRY_ALL = ["lmsys-140k", "lmsys-33k", "csv", "parquet"]
PROMPTS = (
    "Why is the sky blue today, and why is it red in the evening?",
    "Write a Python function that reverses a string:\n```python\ndef reverse(text): ...\n```",
    "Prove that the square root of 2 is irrational, then solve x^2 - 5x + 6 = 0.",
    "Write a short story about a dragon who is afraid of the dark.",
    "하늘은 왜 파란가요? 세 문장으로 설명해 주세요.",
    "Warum ist der Himmel blau? Bitte erkläre es mir in zwei einfachen Sätzen.",
    'List five "salty" seas; exactly five bullet points, no more,\r\nand a comma, or\ttwo.',
    "Tell me what matters in this report. " + "The sea is salty because rain wears rocks away. " * 60,
    "Hi there",
)
ANSWERS = (
    "Rayleigh.",
    "# Light\n\n- it **scatters**\n- it\r\ndoes\tso, \"often\"; =1+1, 'too' \\ \u2028 \u0007",
    "그건 산란 때문이에요. 🌊",
    # No backend lets a null character through: no database would keep it.
    *(payload for payload in PAYLOADS if "\0" not in payload),
)
#: Longer than what Python's reader of CSV takes in one field unless it is told.
LONG_ANSWER = "It is light. " * 12_000


def conversations(n_votes, *, choices=tuple(Choice), more_turns=True):
    """Votes on battles with these prompts and answers, every ninth with a second turn."""
    rng = random.Random(5)
    entries = [make_entry(name) for name in ("ZEBRA-7", "OKAPI-9", "TAPIR-3", "LEMUR-1")]
    voters, votes = [make_voter() for _ in range(9)], []
    for number in range(n_votes):
        prompt = PROMPTS[number % len(PROMPTS)]
        battle = make_battle(*rng.sample(entries, 2), voter=rng.choice(voters), prompt=prompt)
        if more_turns and number % 9 == 4:
            add_turn(battle, "그리고 밤에는요?", number=2, first_turn_in_window=1, rng=rng, now=timezone.now())
        for answer in Answer.objects.filter(turn__battle=battle):
            text = rng.choice(ANSWERS) if number else LONG_ANSWER
            answer.text, answer.state, answer.finished_at = text, AnswerState.DONE, timezone.now()
            answer.save()
        votes.append(cast_vote(Battle.objects.with_rows().get(pk=battle.pk), rng.choice(choices), now=timezone.now()))
    return votes


@pytest.fixture
@made_once
def site():
    """Fifty-four votes, two of them excluded in part or whole."""
    votes = conversations(54)
    exclude_vote(votes[3], rule="test", weight=0.1, by="test", now=timezone.now())
    exclude_vote(votes[5], rule="test", weight=0, by="test", now=timezone.now())
    publish_leaderboard(now=timezone.now())
    return votes


def exported(folder, name, **options):
    return export_votes(name, folder, salt=b"salt", now=timezone.now(), **options)


def boards():
    """The newest of each category: votes, digest, and the figures of each model by its name."""
    found = {}
    for board in RatingSnapshot.objects.filter(pk__in=RatingSnapshot.objects.newest_of_each()):
        rows = {row.model.display_name: [getattr(row, name) for name in FIGURES] for row in board.ratings.all()}
        found[board.category] = (board.votes, board.digest, rows)
    return found


def features():
    """What is known of each vote's texts, in the order of counting."""
    votes = CountedVote.objects.order_by("number").values_list("vote__battle", "weight", "style")
    return list(votes), list(VoteCategory.objects.order_by("counted", "category").values_list("counted", "category"))


def texts():
    turns = Turn.objects.order_by("battle", "number").prefetch_related("answers")
    return [(turn.battle_id, turn.user_text, [answer.text for answer in turn.answers.all()]) for turn in turns]


def empty_the_site():
    """On SQLite only: PostgreSQL keeps votes for ever."""
    for model in (
        PendingVote,
        VoteCategory,
        CountedVote,
        PairCount,
        Rating,
        RatingSnapshot,
        Board,
        PromptNumber,
        VoterNumber,
        VoteExclusion,
        Vote,
        Answer,
        Turn,
        Battle,
        ImportedSet,
        VoterNumber,
        PromptNumber,
        Voter,
        LanguageModel,
    ):
        model._base_manager.all()._raw_delete("default")


def read_into_an_empty_site(path):
    empty_the_site()
    imported = import_votes(path, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    return imported


def assert_same_boards(before):
    after = boards()
    assert after.keys() == before.keys()
    for category, (votes, digest, rows) in before.items():
        assert after[category][:2] == (votes, digest), category
        # The models may come in another order, and floating point then rounds the last digit otherwise.
        assert after[category][2] == {name: pytest.approx(row, rel=1e-12) for name, row in rows.items()}, category


@pytest.mark.parametrize("name", CARRY_ALL)
def test_an_export_read_into_an_empty_site_gives_the_same_boards(site, tmp_path, name):
    done, before, known, said = exported(tmp_path, name), boards(), features(), texts()
    imported = read_into_an_empty_site(done.path)
    assert (imported.new, imported.rejected) == (54, 0)
    assert {"overall", "no_ties", "korean", "german", "code", "math", "creative", "long", "multi_turn"} <= before.keys()
    assert texts() == said
    assert features() == known
    assert_same_boards(before)
    assert check_invariants(now=timezone.now()) == []


def test_alpaca_eval_annotations_carry_what_has_one_turn_and_counts(site, tmp_path):
    done = exported(tmp_path, "alpaca-eval")
    assert (done.rows, done.skipped) == (47, 7)
    assert read_into_an_empty_site(done.path).new == 47


def test_alpaca_eval_annotations_give_the_same_boards_where_no_vote_says_that_both_were_bad(tmp_path):
    conversations(36, choices=(Choice.MODEL_A, Choice.MODEL_B, Choice.TIE), more_turns=False)
    publish_leaderboard(now=timezone.now())
    done, before = exported(tmp_path, "alpaca-eval"), boards()
    assert read_into_an_empty_site(done.path).new == 36
    assert_same_boards(before)


def test_votes_go_on_from_site_to_site_in_one_format_after_the_other(site, tmp_path):
    before = boards()
    for name in CARRY_ALL:
        done = exported(tmp_path / name, name, with_imported=True)
        assert read_into_an_empty_site(done.path).new == 54
    assert_same_boards(before)
