import csv
import json
import os
from io import StringIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.imports import votes as module
from arena.imports.votes import import_votes
from arena.models import (
    Battle,
    CountedVote,
    LanguageModel,
    PendingVote,
    RatingSnapshot,
    Turn,
    Vote,
    VoteExclusion,
    Voter,
)
from arena.models.catalog import Kind, State
from arena.scoring.board_rows import entry_ids
from arena.scoring.check_invariants import check_invariants
from arena.scoring.comparisons import stored_counts
from arena.scoring.publish import publish_leaderboard
from ratings.intervals import Method
from ratings.standings import standings
from tests.factories import make_entry
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HEADER = ["model_a", "model_b", "winner"]


def written(folder, rows, *, header=HEADER, name="votes.csv"):
    with (folder / name).open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return folder / name


def imported(path, **options):
    refused = []
    done = import_votes(path, now=timezone.now(), on_rejected=refused.append, **options)
    return done, {row.row: row.reason for row in refused}


def command(path, *options):
    out, err = StringIO(), StringIO()
    call_command("import_votes", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def choices():
    return list(Vote.objects.order_by("pk").values_list("choice", flat=True))


@pytest.mark.skipif("ARENA_EXTRA_DATA" not in os.environ, reason="ARENA_EXTRA_DATA is not set")
def test_a_public_file_of_votes_gives_its_golden_board_in_one_command():
    folder = Path(os.environ["ARENA_EXTRA_DATA"])
    out, _ = command(folder / "llmfao.csv")
    assert "8,931 of 8,931 votes are new, 0 known, 0 rejected" in out
    assert_the_golden_board_of_these_votes(folder)


def assert_the_golden_board_of_these_votes(folder):
    """The golden figures have no prior, which the board has: so they are those of the sums that it is made of."""
    golden = json.loads((folder / "llmfao.golden.json").read_text())["exact"]
    names, ids = dict(LanguageModel.objects.values_list("pk", "display_name")), entry_ids()
    plain = standings(stored_counts(ids), intervals=Method.SANDWICH)
    figures = {names[id]: (plain.rating[place], plain.lower[place], plain.upper[place]) for place, id in enumerate(ids)}
    assert figures.keys() == golden["bt"].keys()
    for name, (rating, lower, upper) in golden["bt"].items():
        assert figures[name][0] == pytest.approx(rating, abs=1e-5)
        assert figures[name][1:] == pytest.approx((lower, upper), abs=1e-4)
    assert {row.model_id for row in RatingSnapshot.objects.newest().ratings.all()} == set(ids)
    assert check_invariants(now=timezone.now()) == []


@pytest.mark.skipif("ARENA_EXTRA_DATA" not in os.environ, reason="ARENA_EXTRA_DATA is not set")
def test_the_same_votes_in_the_columns_of_their_makers_are_all_there(tmp_path):
    """llmfao's own table: its id names a prompt and the pair that was shown, and several workers judge each."""
    sides, ids = {"model_a": "left", "model_b": "right"}, {}
    with (Path(os.environ["ARENA_EXTRA_DATA"]) / "llmfao.csv").open(newline="") as file:
        rows = [
            [
                ids.setdefault((row["prompt"], row["model_a"], row["model_b"]), len(ids)),
                row["judge"],
                sides.get(row["winner"], row["winner"]),
                row["model_a"],
                row["model_b"],
            ]
            for row in csv.DictReader(file)
        ]
    assert len(ids) == 2_139
    path = written(tmp_path, rows, header=["id", "worker", "winner", "left", "right"])
    assert "8,931 of 8,931 votes would be new, 0 known, 0 rejected" in command(path, "--dry-run")[0]
    assert "8,931 of 8,931 votes are new, 0 known, 0 rejected" in command(path)[0]
    assert_the_golden_board_of_these_votes(Path(os.environ["ARENA_EXTRA_DATA"]))
    assert imported(path)[0].known == 8_931


def test_a_file_without_one_good_row_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="nothing has changed"):
        command(written(tmp_path, [["X", "", "model_a"], ["Y", "X", "perhaps"]]))


def test_rows_become_votes_in_their_order_on_the_boards_way(tmp_path):
    done, refused = imported(written(tmp_path, [["X", "Y", "model_a"], ["Y", "X", "tie"], ["X", "Y", "tie (bothbad)"]]))
    assert (done.format, done.source, done.new, refused) == ("csv", "votes", 3, {})
    assert choices() == ["model_a", "tie", "both_bad"]
    assert publish_leaderboard(now=timezone.now()).votes == 3
    assert list(CountedVote.objects.order_by("number").values_list("vote__choice", flat=True)) == choices()
    assert check_invariants(now=timezone.now()) == []


def test_the_same_file_again_changes_nothing_and_a_longer_one_adds_its_end(tmp_path):
    rows = [["X", "Y", "model_a"], ["X", "Y", "model_a"]]
    imported(written(tmp_path, rows))
    again, _ = imported(written(tmp_path, rows))
    longer, _ = imported(written(tmp_path, [*rows, ["Y", "X", "tie"]]))
    assert (again.new, again.known, longer.new, longer.known) == (0, 2, 1, 2)
    assert Vote.objects.count() == 3


def test_a_row_with_an_id_is_known_by_it_wherever_it_stands(tmp_path):
    header = ["id", *HEADER]
    imported(written(tmp_path, [["7", "X", "Y", "tie"], ["8", "X", "Y", "model_a"]], header=header))
    moved, _ = imported(written(tmp_path, [["9", "X", "Y", "tie"], ["8", "X", "Y", "model_a"]], header=header))
    assert (moved.new, moved.known) == (1, 1)
    assert set(Battle.objects.values_list("outside_id", flat=True)) == {"7", "8", "9"}


def test_the_same_rows_under_another_source_are_other_votes(tmp_path):
    path = written(tmp_path, [["X", "Y", "tie"]])
    imported(path)
    assert imported(path, source="another")[0].new == 1


def test_an_id_that_is_a_uuid_is_the_battles_own_in_every_source(tmp_path):
    id = "bf3c1c0a5d7c4c1c9d4f1f6a3f0e2b11"
    path = written(tmp_path, [[id, "X", "Y", "tie"]], header=["id", *HEADER])
    imported(path)
    assert Battle.objects.get().pk.hex == id
    assert imported(path, source="another")[0].known == 1


def test_rows_that_fail_are_rejected_with_number_and_reason_and_the_rest_land(tmp_path):
    rows = [
        ["X", "Y", "tie"],
        ["X", "X", "tie"],
        ["X", "", "tie"],
        ["X", "Y", "neither"],
        ["X", "Y"],
        ["Y", "X", "model_b"],
    ]
    done, refused = imported(written(tmp_path, rows))
    assert (done.new, done.rejected, sorted(refused)) == (2, 4, [2, 3, 4, 5])
    assert refused[2] == "both models are 'X'"
    assert refused[3] == "'model_b' is missing"
    assert refused[4].startswith("its winner is 'neither'")
    assert "2 columns" in refused[5]


def test_the_command_shows_what_failed_and_writes_all_of_it_into_a_file(tmp_path):
    path = written(tmp_path, [["X", "Y", "tie"], *[["X", "X", "tie"]] * 12])
    out, err = command(path, "--rejected", str(tmp_path / "failed.csv"))
    assert "1 of 13 votes are new, 0 known, 12 rejected" in out
    assert err.count("both models") == 10
    assert "and 2 more" in err
    assert len((tmp_path / "failed.csv").read_text().splitlines()) == 13


def test_the_list_of_what_failed_never_takes_the_place_of_a_file(tmp_path):
    path = written(tmp_path, [["X", "Y", "tie"], ["X", "X", "tie"]])
    before = path.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        command(path, "--rejected", str(path))
    assert path.read_bytes() == before
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        command(path, "--rejected", str(tmp_path / "nowhere" / "failed.csv"))


def test_a_file_of_which_nothing_came_in_is_not_said_to_be_kept(tmp_path):
    with pytest.raises(CommandError, match="Nothing is stored"):
        command(tmp_path / "missing.csv")


def test_a_dry_run_tells_the_same_and_stores_nothing(tmp_path):
    path = written(tmp_path, [["X", "Y", "tie"], ["X", "X", "tie"]])
    out, _ = command(path, "--dry-run")
    assert "1 of 2 votes would be new, 0 known, 1 rejected" in out
    assert "2 models would become entries" in out
    assert not any(model.objects.exists() for model in (Vote, Battle, Voter, LanguageModel, PendingVote))


def test_a_file_of_no_known_format_is_refused_by_name(tmp_path):
    path = written(tmp_path, [["X", "Y"]], header=["model_a", "model_b"])
    with pytest.raises(CommandError, match="the nearest lacks the columns 'winner'"):
        command(path)


@pytest.mark.usefixtures("no_redis")
def test_on_a_site_that_does_not_run_nothing_is_said_of_redis(tmp_path, caplog):
    out, err = command(written(tmp_path, [("x", "y", "tie")]))
    assert "1 new vote is counted and on the board." in out
    assert "The board has 1 vote on 2 models." in out
    assert (err, caplog.messages) == ("", [])


def test_the_same_file_again_says_that_no_vote_was_new(tmp_path):
    path = written(tmp_path, [("x", "y", "tie"), ("x", "y", "model_a")])
    assert "2 new votes are counted and on the board." in command(path)[0]
    assert "No vote was new: the board stays as it is." in command(path)[0]


def test_unknown_models_become_entries_that_are_rated_and_never_drawn(tmp_path):
    make_entry("gpt-4", display_name="GPT 4")
    rows = [["gpt-4", "Newcomer 1.5", "tie"], ["GPT 4", "Newcomer 1.5", "model_a"], ["gpt-4", "GPT 4", "tie"]]
    done, refused = imported(written(tmp_path, rows))
    assert (done.new_models, refused) == (["Newcomer 1.5"], {3: "'gpt-4' and 'GPT 4' are the same entry here"})
    newcomer = LanguageModel.objects.get(display_name="Newcomer 1.5")
    assert (newcomer.slug, newcomer.kind, newcomer.state) == ("newcomer-1-5", Kind.IMPORTED, State.RETIRED)
    newcomer.state = State.ACTIVE
    newcomer.save()
    assert newcomer not in LanguageModel.objects.live()


def test_judges_become_voters_whom_no_browser_can_be(tmp_path):
    rows = [["X", "Y", "tie", "ann"], ["X", "Y", "tie", "bob"], ["X", "Y", "tie", "ann"], ["X", "Y", "tie", ""]]
    imported(written(tmp_path, rows, header=[*HEADER, "judge"]))
    assert Voter.objects.count() == 3
    assert all(voter.key_digest.startswith("imported ") for voter in Voter.objects.all())
    assert len(set(Vote.objects.values_list("voter", flat=True))) == 3


def test_conversations_come_with_their_votes_unless_left_out(tmp_path):
    header = [*HEADER, "prompt", "response_a", "response_b"]
    path = written(tmp_path, [["X", "Y", "model_a", "Why?", "Because.", "Who knows\0"]], header=header)
    imported(path)
    turn = Turn.objects.get()
    assert (turn.user_text, [answer.text for answer in turn.answers.all()]) == ("Why?", ["Because.", "Who knows\ufffd"])
    imported(path, source="bare", with_texts=False)
    assert (Turn.objects.count(), Vote.objects.count()) == (1, 2)


def test_a_weight_below_one_is_an_exclusion_and_holds_on_the_board(tmp_path):
    imported(written(tmp_path, [["X", "Y", "model_a", "0.5"], ["X", "Y", "tie", "1"]], header=[*HEADER, "weight"]))
    assert list(VoteExclusion.objects.values_list("rule", "weight")) == [("imported", 0.5)]
    publish_leaderboard(now=timezone.now())
    assert list(CountedVote.objects.order_by("number").values_list("weight", flat=True)) == [0.5, 1.0]


def test_votes_are_cast_when_the_file_says(tmp_path):
    header = [*HEADER, "tstamp"]
    imported(written(tmp_path, [["X", "Y", "tie", "1682351591.1322"]], header=header))
    assert Vote.objects.get().cast_at.isoformat(timespec="seconds") == "2023-04-24T15:53:11+00:00"


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_store_each_vote_and_model_once(tmp_path, monkeypatch):
    header = ["id", *HEADER]
    rows = [[uuid5(NAMESPACE_URL, str(n)).hex, f"m{n % 7}", "Y", "tie"] for n in range(300)]
    paths = [written(tmp_path, rows, header=header, name=f"{name}.csv") for name in ("one", "two", "three")]
    monkeypatch.setattr(module, "BATCH_ROWS", 50)
    done = in_parallel(3, lambda number: imported(paths[number])[0].new)
    assert sum(done) == Vote.objects.count() == PendingVote.objects.count() == 300
    assert LanguageModel.objects.count() == 8
