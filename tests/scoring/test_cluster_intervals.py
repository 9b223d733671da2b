"""Intervals of the boards by voter and by prompt, and the numbers that say which votes hang together."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

import ratings
from arena.history.forget import forget_voter
from arena.imports.votes import import_votes
from arena.models import Choice, CountedVote, PairCount, PromptNumber, RatingSnapshot, Vote
from arena.models.links import LinkRule
from arena.models.votes import Source
from arena.people.links import link_voters, unlink_voter
from arena.scoring.check_invariants import check_invariants
from arena.scoring.cluster_intervals import DELAY_PER_VOTE, cluster_intervals
from arena.scoring.preview import preview_board
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards
from arena.scoring.recompute import recompute_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.policy import put_on_board
from tests.factories import make_battle, make_entry, make_voter
from tests.made_once import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PROMPTS = ["Name a river.", "Explain a lens to a child.", "Write two lines on rain.", "What is a fugue?"]
LATER = "What does a shipwright do?"
NOW = timezone.now()


@pytest.fixture
@made_once
def people():
    """Eight people who vote on four prompts, each with a favourite among four models; before any board."""
    rng, entries = random.Random(11), [make_entry(name) for name in ("Heron", "Ibis", "Stork", "Crane")]
    voters = [make_voter() for _ in range(8)]
    for voter in voters:
        favourite = rng.choice(entries)
        for _ in range(12):
            a, b = rng.sample(entries, 2)
            cast(a, b, taste(rng, a, b, favourite), voter=voter, prompt=rng.choice(PROMPTS))
    return voters


def taste(rng, a, b, favourite):
    if favourite in (a, b) and rng.random() < 0.8:
        return Choice.MODEL_A if favourite == a else Choice.MODEL_B
    return rng.choice(list(Choice))


def cast(a, b, choice, *, voter, prompt):
    return cast_vote(make_battle(a, b, voter=voter, prompt=prompt), choice, now=NOW)


def publish(**options):
    return publish_leaderboard(now=NOW, **options)


def newest():
    return RatingSnapshot.objects.newest()


def figures(board):
    """What its rows say, by name."""
    names = ("rating", "lower", "upper", "rank_best", "rank_worst", "rank_simultaneous", "above_next")
    sizes = ("design_factor", "effective_voters", "effective_prompts")
    return {row.model.display_name: [getattr(row, name) for name in (*names, *sizes)] for row in board.rows()}


def columns():
    """The votes in the order of counting, as a file of the arena would name them."""
    battle = ("battle__model_a__display_name", "battle__model_b__display_name")
    rows = Vote.objects.order_by("counted__number").values_list(*battle, "choice", "voter", "battle__turns__user_text")
    return (list(map(str, column)) for column in zip(*rows, strict=True))


def test_the_board_is_that_of_the_library_by_voter_and_by_prompt(people):
    publish()
    a, b, winner, voter, prompt = columns()
    expected = ratings.leaderboard(a, b, winner, voter=voter, prompt=prompt)
    assert len(expected) == 4
    for name, row in figures(newest()).items():
        theirs = expected[name]
        assert row[:3] == pytest.approx([theirs.rating, theirs.lower, theirs.upper], abs=1e-6)
        assert row[5] == theirs.rank_simultaneous
    assert (newest().voters, newest().prompts) == (8, 4)
    assert check_invariants(now=timezone.now()) == []


def test_people_who_judge_alike_make_intervals_wider_and_count_for_fewer_than_they_are(people):
    publish()
    for row in newest().rows():
        assert row.design_factor > 1.1
        assert 5 < row.effective_voters < 8
        assert 3 < row.effective_prompts < 4


def test_erasure_and_new_rules_change_no_board(people):
    publish()
    before, numbers = figures(newest()), list(CountedVote.objects.order_by("number").values_list("prompt_number"))
    for voter in people[:6]:
        forget_voter(voter, now=NOW)
    assert check_invariants(now=timezone.now()) == []
    RatingSnapshot.objects.update(policy="older")
    publish()
    assert figures(newest()) == {name: pytest.approx(row, abs=1e-6) for name, row in before.items()}
    assert list(CountedVote.objects.order_by("number").values_list("prompt_number")) == numbers


def test_voters_who_are_found_to_be_one_person_are_one_cluster(people):
    publish()
    apart, votes = figures(newest()), list(Vote.objects.order_by("pk").values())
    for voter in people[1:4]:
        link_voters(voter, people[0], rule=LinkRule.OPERATOR, now=NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=20)
    assert {board.category for board in cluster_intervals(now=later)} >= {"overall", "english"}
    publish_full_scan_boards(now=later)
    a, b, winner, voter, prompt = columns()
    one = [str(people[0].pk) if each in {str(other.pk) for other in people[1:4]} else each for each in voter]
    expected = ratings.leaderboard(a, b, winner, voter=one, prompt=prompt)
    for name, row in figures(newest()).items():
        assert row[:3] == pytest.approx([getattr(expected[name], it) for it in ("rating", "lower", "upper")], abs=1e-6)
    assert [RatingSnapshot.objects.newest(board).voters for board in ("overall", "recent")] == [5, 5]
    assert list(Vote.objects.order_by("pk").values()) == votes
    assert cluster_intervals(now=later) == []
    assert check_invariants(now=timezone.now()) == []
    for voter in people[1:4]:
        unlink_voter(voter, rule=LinkRule.OPERATOR, now=later + timedelta(seconds=1))
    cluster_intervals(now=later + timedelta(seconds=20))
    assert figures(newest()) == {name: pytest.approx(row, abs=1e-6) for name, row in apart.items()}


def test_an_older_board_is_computed_again_with_the_people_of_its_time(people):
    first = publish()
    link_voters(people[1], people[0], rule=LinkRule.OPERATOR, now=NOW + timedelta(seconds=1))
    a, b = (row.model for row in first.rows()[:2])
    cast(a, b, Choice.TIE, voter=people[2], prompt=LATER)
    publish_leaderboard(now=NOW + timedelta(seconds=2))
    assert [recompute_leaderboard(board).problems for board in (first.pk, newest().pk)] == [[], []]
    assert [board.voters for board in (RatingSnapshot.objects.get(pk=first.pk), newest())] == [8, 7]


def test_the_number_of_a_prompt_leads_to_its_text_as_long_as_another_holds_it(people):
    a, b = make_entry(), make_entry()
    own = cast(a, b, Choice.TIE, voter=people[0], prompt=LATER)
    shared = cast(a, b, Choice.TIE, voter=people[0], prompt=PROMPTS[0])
    publish()
    numbers = set(PromptNumber.objects.values_list("number", flat=True))
    forget_voter(people[0], now=NOW)
    assert numbers - set(PromptNumber.objects.values_list("number", flat=True)) == {own.counted.prompt_number}
    again = cast(a, b, Choice.TIE, voter=people[1], prompt=PROMPTS[0].upper())
    other = cast(a, b, Choice.TIE, voter=people[1], prompt=LATER)
    publish()
    assert again.counted.prompt_number == shared.counted.prompt_number
    assert other.counted.prompt_number != own.counted.prompt_number
    assert again.counted.voter_number == other.counted.voter_number != own.counted.voter_number


def test_votes_of_unknown_people_are_each_another_persons(tmp_path: Path):
    lines = [f"{x},{y},{w}" for x, y, w in [("p", "q", "model_a"), ("p", "q", "model_b"), ("q", "p", "tie")] * 5]
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(["model_a,model_b,winner", *lines]))
    import_votes(path, now=NOW)
    publish()
    assert set(CountedVote.objects.values_list("voter_number", "prompt_number")) == {(None, None)}
    assert (newest().voters, newest().prompts) == (0, 0)
    assert [(row.design_factor, row.effective_voters) for row in newest().rows()] == [(1, None), (1, None)]


def test_a_large_board_has_its_ratings_at_once_and_its_intervals_soon(people):
    first = publish(cluster_up_to=0)
    assert newest().clustered_at is None
    independent = figures(first)
    assert cluster_intervals(now=NOW) == list(RatingSnapshot.objects.order_by("-pk"))
    exact = figures(newest())
    assert {name: row[0] for name, row in exact.items()} == pytest.approx({n: r[0] for n, r in independent.items()})
    assert all(exact[name][2] - exact[name][1] > independent[name][2] - independent[name][1] for name in exact)
    assert cluster_intervals(now=NOW + timedelta(hours=1)) == []


def test_until_then_it_carries_how_much_wider_the_intervals_were(people):
    publish()
    before = figures(newest())
    heron, ibis = (row.model for row in newest().rows()[:2])
    cast(heron, ibis, Choice.MODEL_B, voter=people[0], prompt=LATER)
    publish(cluster_up_to=0)
    board = newest()
    carried = figures(board)
    assert board.clustered_at is None
    assert (board.voters, board.prompts) == (8, 4)
    assert {name: row[7:] for name, row in carried.items()} == {
        name: pytest.approx(row[7:]) for name, row in before.items()
    }
    assert recompute_leaderboard().problems == []
    soon = NOW + board.votes * DELAY_PER_VOTE
    assert cluster_intervals(now=soon - timedelta(microseconds=1), at_once_up_to=0) == []
    assert board in cluster_intervals(now=soon, at_once_up_to=0)
    assert newest().prompts == 5
    assert recompute_leaderboard().problems == []


def test_a_vote_whose_weight_has_changed_since_leaves_a_board_as_it_is(people):
    publish(cluster_up_to=0)
    CountedVote.objects.filter(number=1).update(weight=0)
    assert newest() not in cluster_intervals(now=NOW)
    assert newest().clustered_at is None


def test_a_new_board_whose_sums_are_not_those_of_its_votes_has_no_intervals_of_its_own(people):
    publish()
    assert newest().clustered_at == NOW
    a, b = (row.model for row in newest().rows()[:2])
    CountedVote.objects.filter(number=1).update(weight=0)
    cast(a, b, Choice.TIE, voter=people[0], prompt=LATER)
    publish()
    assert newest().clustered_at is None


def test_a_preview_of_no_change_shows_none(people):
    publish()
    assert preview_board(Vote.objects.none(), weight=0) == []


def test_the_boards_of_style_and_of_the_last_days_are_by_voter_and_by_prompt_too(people):
    publish()
    recent = next(board for board in publish_full_scan_boards(now=NOW) if board.category == "recent")
    assert figures(recent) == {name: pytest.approx(row) for name, row in figures(newest()).items()}
    assert recent.voters == 8
    assert check_invariants(now=timezone.now()) == []


def graded(a, b, choice, score):
    battle = make_battle(a, b)
    vote = Vote.objects.create(
        battle=battle,
        voter=battle.voter,
        choice=choice,
        score=score,
        source=Source.HUMAN,
        cast_at=NOW,
        turns_seen=1,
        elo_a=1000,
        elo_b=1000,
    )
    battle.vote = vote
    return vote


def test_a_score_between_stays_a_fraction_on_the_board():
    a, b = make_entry("Auk"), make_entry("Bee")
    put_on_board([graded(a, b, Choice.MODEL_A, 0.8), graded(b, a, Choice.TIE, 0.4), graded(a, b, Choice.MODEL_B, 0.0)])
    publish()
    pair = PairCount.objects.get(category="overall")
    assert (pair.first_wins, pair.second_wins) == (pytest.approx(1.4), pytest.approx(1.6))
    assert (pair.split, pair.ties) == (pytest.approx(0.8 * 0.2 + 0.4 * 0.6), 0)
    columns = ["Auk", "Bee", "Auk"], ["Bee", "Auk", "Bee"], [None] * 3
    row = ratings.leaderboard(*columns, score=[0.8, 0.4, 0.0])["Auk"]
    mine = newest().rows()[1]
    assert (mine.model, mine.rating, mine.upper) == (a, pytest.approx(row.rating), pytest.approx(row.upper))
    assert check_invariants(now=timezone.now()) == []


@pytest.mark.parametrize(("choice", "score"), [("model_a", 0.2), ("model_b", 0.7), ("both_bad", 1.0), ("tie", 1.2)])
def test_a_score_that_contradicts_the_choice_is_refused(choice, score):
    with pytest.raises(IntegrityError), transaction.atomic():
        graded(make_entry(), make_entry(), choice, score)


def test_a_board_of_even_voices_stands_beside_the_others_where_the_operator_wants_it(people, settings, client):
    publish()
    assert "voices" not in {board.category for board in publish_full_scan_boards(now=NOW)}
    settings.VOICES = 3
    publish()
    publish_full_scan_boards(now=NOW)
    board = RatingSnapshot.objects.newest("voices")
    assert board.policy.endswith(" voices=3")
    assert board.votes == newest().votes
    assert sum(row.votes for row in board.rows()) <= 2 * 3 * 8 + 1e-9
    assert check_invariants(now=timezone.now()) == []
    page = client.get("/leaderboard/?category=voices").content.decode()
    assert "all of them together at most as much as 3" in page
    settings.VOICES = 0
    publish()
    assert "Even voices" not in client.get("/leaderboard/").content.decode()
