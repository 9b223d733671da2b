"""A vote that comes from elsewhere is known by what it says, not by where in its file it stands."""

import csv
from datetime import UTC, datetime
from io import StringIO
from random import Random
from uuid import UUID, uuid5

import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.imports import votes as module
from arena.imports.repeats import Repeats
from arena.imports.votes import import_votes
from arena.models import Battle, Choice, ImportedSet, LanguageModel, Vote
from arena.models.voters import OUTSIDE
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_voter

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAIR = ("model_a", "model_b", "winner")
A_UUID, ANOTHER_UUID = "5b0c7a1e83ff4a55b6b0a86d2f1c9e10", "9d2f6c04aa314f7d8a50be1c77e3f2d1"


def written(folder, header, *rows, name="votes.csv"):
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return folder / name


def imported(path, **options):
    rejected = []
    done = import_votes(path, now=timezone.now(), on_rejected=rejected.append, **options)
    return (done.new, done.known, done.rejected), sorted(row.reason for row in rejected)


def pairs():
    names = dict(LanguageModel.objects.values_list("pk", "display_name"))
    votes = Vote.objects.order_by("pk").values_list("battle__model_a", "battle__model_b", "choice")
    return [(names[a], names[b], choice) for a, b, choice in votes]


def assert_same_again_and_in_a_dry_run(path, **options):
    before = Vote.objects.count()
    (_, known, _), rejected = imported(path, **options)
    assert imported(path, is_dry_run=True, **options) == ((0, known, len(rejected)), rejected)
    assert Vote.objects.count() == before


def test_an_id_that_several_votes_have_loses_none(tmp_path):
    rows = [
        ("0", "ann", "yak", "gnu", "tie"),
        ("0", "bob", "yak", "gnu", "tie"),
        ("0", "cyd", "yak", "gnu", "model_b"),
        ("0", "cyd", "yak", "gnu", "model_a"),
        ("0", "cyd", "kudu", "gnu", "model_a"),
    ]
    path = written(tmp_path, ("id", "judge", *PAIR), *rows)
    assert imported(path, is_dry_run=True) == imported(path) == ((5, 0, 0), [])
    assert_same_again_and_in_a_dry_run(path)


def test_rows_that_say_the_same_are_as_many_votes(tmp_path):
    rows = [("yak", "gnu", "tie"), ("yak", "gnu", "tie"), ("gnu", "yak", "tie")]
    path = written(tmp_path, PAIR, *rows)
    assert imported(path)[0] == (3, 0, 0)
    assert imported(written(tmp_path, PAIR, *rows, ("yak", "gnu", "tie")))[0] == (1, 3, 0)
    assert_same_again_and_in_a_dry_run(path)


def test_a_log_with_the_newest_on_top_brings_the_new_ones_only(tmp_path):
    old = [("yak", "gnu", "model_a", "u2"), ("yak", "gnu", "model_a", "u1")]
    new = [("yak", "kudu", "model_b", "u4"), ("yak", "kudu", "model_b", "u3")]
    imported(written(tmp_path, (*PAIR, "judge"), *old, name="monday.csv"), source="log")
    tuesday = written(tmp_path, (*PAIR, "judge"), *new, *old, name="tuesday.csv")
    assert imported(tuesday, source="log")[0] == (2, 2, 0)
    assert sorted(pairs()) == sorted([("yak", "gnu", "model_a")] * 2 + [("yak", "kudu", "model_b")] * 2)
    assert_same_again_and_in_a_dry_run(tuesday, source="log")


def test_votes_at_different_times_are_different_votes(tmp_path):
    header, row = (*PAIR, "judge", "tstamp"), ("yak", "gnu", "tie", "ann")
    imported(written(tmp_path, header, (*row, "100"), (*row, "200")), source="log")
    assert imported(written(tmp_path, header, (*row, "300"), (*row, "200")), source="log")[0] == (1, 1, 0)


def test_files_that_share_the_beginning_of_their_names_are_two_sources(tmp_path):
    imported(written(tmp_path, PAIR, ("yak", "gnu", "tie"), name="votes.2031-01.csv"))
    assert imported(written(tmp_path, PAIR, ("yak", "gnu", "tie"), name="votes.2031-02.csv.old.csv"))[0] == (1, 0, 0)
    assert set(ImportedSet.objects.values_list("name", flat=True)) == {"votes.2031-01", "votes.2031-02.csv.old"}


def test_files_of_one_name_in_two_folders_lose_nothing_that_differs(tmp_path):
    imported(written(tmp_path / "a", PAIR, ("yak", "gnu", "tie"), name="train.csv"))
    assert imported(written(tmp_path / "b", PAIR, ("kudu", "okapi", "tie"), name="train.csv"))[0] == (1, 0, 0)


def test_a_second_judge_of_the_same_battles_is_another_vote_also_where_both_agree(tmp_path):
    header = ("question_id", "judge", *PAIR, "tstamp")
    people = [(A_UUID, "ann", "yak", "gnu", "model_a", "9"), (ANOTHER_UUID, "bob", "yak", "gnu", "tie", "9")]
    machine = [(A_UUID, "gpt-9", "yak", "gnu", "model_a", "9"), (ANOTHER_UUID, "gpt-9", "yak", "gnu", "model_b", "9")]
    assert imported(written(tmp_path, header, *people, name="people.csv"))[0] == (2, 0, 0)
    again = written(tmp_path, header, *machine, name="machine.csv")
    assert imported(again, source="gpt9")[0] == (2, 0, 0)
    assert_same_again_and_in_a_dry_run(again, source="gpt9")
    assert_same_again_and_in_a_dry_run(tmp_path / "people.csv")


def test_the_id_of_a_prompt_stands_for_each_pair_that_answered_it(tmp_path):
    rows = [(A_UUID, "yak", "gnu", "model_a"), (A_UUID, "yak", "kudu", "model_b"), (A_UUID, "gnu", "kudu", "tie")]
    path = written(tmp_path, ("question_id", *PAIR), *rows)
    assert imported(path, is_dry_run=True) == imported(path) == ((3, 0, 0), [])
    assert_same_again_and_in_a_dry_run(path)
    turned = written(tmp_path, ("question_id", *PAIR), *reversed(rows))
    assert imported(turned)[0] == (0, 3, 0)


def test_a_battle_of_ours_that_comes_back_with_another_vote_is_rejected_loudly(tmp_path):
    vote = cast_vote(make_battle(make_entry("yak"), make_entry("gnu")), Choice.MODEL_A, now=timezone.now())
    row = [str(vote.battle_id), "yak", "gnu"]
    changed = written(tmp_path, ("id", *PAIR), (*row, "model_b"))
    outcome = imported(changed)
    assert outcome == ((0, 0, 1), [f"battle {vote.battle_id} is stored with model_a, not model_b"])
    assert outcome == imported(changed, is_dry_run=True)
    assert imported(written(tmp_path, ("id", *PAIR), (*row, "model_a")))[0] == (0, 1, 0)
    late = written(tmp_path, ("id", *PAIR, "tstamp"), (*row, "model_a", "9"))
    assert "is stored as cast at" in imported(late)[1][0]


def test_a_judge_of_battles_of_ours_adds_votes_of_its_own(tmp_path):
    vote = cast_vote(make_battle(make_entry("yak"), make_entry("gnu")), Choice.MODEL_A, now=timezone.now())
    rows = [(str(vote.battle_id), "yak", "gnu", choice, "gpt-9") for choice in ("model_a", "model_b")]
    path = written(tmp_path, ("id", *PAIR, "judge"), *rows)
    assert imported(path)[0] == (2, 0, 0)
    assert_same_again_and_in_a_dry_run(path)


def test_a_row_with_a_uuid_that_stands_twice_in_its_file_is_rejected(tmp_path):
    row = (A_UUID, "yak", "gnu", "model_a")
    path = written(tmp_path, ("id", *PAIR), row, row)
    assert imported(path) == ((1, 0, 1), ["an earlier row has its id and says the same"])
    assert_same_again_and_in_a_dry_run(path)


def test_the_end_of_a_batch_changes_nothing(tmp_path, monkeypatch):
    rng = Random(3)
    ids = ["", "7", A_UUID, ANOTHER_UUID]
    rows = [
        (
            rng.choice(ids),
            rng.choice(("", "ann")),
            *rng.sample(("yak", "gnu", "kudu", "GNU "), 2),
            rng.choice(("tie", "A")),
        )
        for _ in range(60)
    ]
    path = written(tmp_path, ("id", "judge", *PAIR), *rows)
    whole = imported(path, source="whole", is_dry_run=True)
    monkeypatch.setattr(module, "BATCH_ROWS", 7)
    assert imported(path, source="whole", is_dry_run=True) == whole
    assert imported(path, source="whole") == whole
    assert_same_again_and_in_a_dry_run(path, source="whole")


def test_votes_that_an_earlier_version_stored_by_the_number_of_their_row_are_known(tmp_path):
    old = ImportedSet.objects.create(name="log", format="csv", created=timezone.now(), is_by_content=False)
    voter = make_voter()
    battle = {"model_a": make_entry("yak"), "model_b": make_entry("gnu"), "voter": voter, "pair_probability": 1}
    vote = {"choice": "tie", "source": "imported", "turns_seen": 1, "elo_a": 0, "elo_b": 0}
    when = datetime(2031, 1, 1, tzinfo=UTC)
    for name in ("log\nrow 1", "log\nid 5"):
        pk = Battle.objects.create(pk=uuid5(OUTSIDE, name), imported_from=old, created=when, **battle).pk
        Vote.objects.create(battle_id=pk, voter=voter, cast_at=when, **vote)
    rows = [("", "yak", "gnu", "tie"), ("5", "yak", "gnu", "tie"), ("5", "yak", "gnu", "model_a")]
    path = written(tmp_path, ("id", *PAIR), *rows, name="log.2031.csv")
    assert imported(path, source="log")[0] == (1, 2, 0)


def test_the_command_asks_for_another_source_where_rows_have_nothing_of_their_own(tmp_path):
    path, out = written(tmp_path, PAIR, ("yak", "gnu", "tie")), StringIO()
    call_command("import_votes", str(path), stdout=out)
    assert "--source" not in out.getvalue()
    call_command("import_votes", str(path), stdout=out)
    assert "Known are rows that say the same as votes of 'votes'" in out.getvalue()


def test_repeats_are_counted_over_many_calls():
    rng, repeats, seen = Random(1), Repeats(), []
    for size in (1, 5, 300, 2, 40, 1000, 7):
        digests = [UUID(int=rng.randrange(200) << 64).bytes for _ in range(size)]
        counts = repeats.before(digests)
        assert counts == [(seen + digests[:place]).count(digest) for place, digest in enumerate(digests)]
        seen += digests
