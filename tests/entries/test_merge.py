"""Two entries that turn out to be one model: merged and parted again, with the boards that follow."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from arena.imports.votes import import_votes
from arena.models import Battle, EntryMerge, LanguageModel, RatingSnapshot, Vote, VoteExclusion
from arena.models.append_only import FactsAreAppendOnly
from arena.models.catalog import State
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from tests.exports.test_round_trip import boards
from tests.factories import make_battle, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROWS = [
    ("Yak 2", "gnu", "model_a"),
    ("gnu", "Yak 2", "model_a"),
    ("zoo/yak-2", "gnu", "model_a"),
    ("kudu", "zoo/yak-2", "tie"),
    ("kudu", "gnu", "model_b"),
    ("Yak 2", "zoo/yak-2", "model_a"),
]


def imported(folder, rows, **options):
    with (folder / "votes.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("model_a", "model_b", "winner"), *rows])
    return import_votes(folder / "votes.csv", now=timezone.now(), **options)


def models(*words):
    out = StringIO()
    call_command("models", *words, stdout=out)
    return out.getvalue()


def ratings():
    board = RatingSnapshot.objects.newest()
    return {row.model.display_name: (row.votes, round(row.rating, 6)) for row in board.ratings.all()}


@pytest.fixture
def site(tmp_path):
    imported(tmp_path, ROWS)
    publish_leaderboard(now=timezone.now())
    return tmp_path


def merged():
    return models("merge", "zooyak-2", "INTO", "yak-2")


def test_the_votes_of_two_entries_are_one_models_and_the_boards_follow(site):
    said = merged()
    assert "2 votes of zooyak-2 are yak-2's" in said
    assert "models unmerge zooyak-2" in said
    after = ratings()
    assert {name: votes for name, (votes, _) in after.items()} == {"Yak 2": 4, "gnu": 4, "kudu": 2}
    assert check_invariants(now=timezone.now()) == []
    assert LanguageModel.objects.get(slug="zooyak-2").state == State.RETIRED


def test_the_board_is_that_of_a_file_in_which_they_had_one_name(site, tmp_path_factory):
    merged()
    alone = ratings()
    models("unmerge", "zooyak-2")
    rows = [tuple("Yak 2" if name == "zoo/yak-2" else name for name in row) for row in ROWS[:-1]]
    call_command("votes", "exclude", "--source", "votes", "--reason", "none of these", "--yes")
    imported(site, rows, source="one name")
    publish_leaderboard(now=timezone.now())
    assert ratings() == alone


def test_what_a_merge_does_not_move_is_named(site, tmp_path):
    (tmp_path / "scores.csv").write_text("Model Name,MMLU,ARC\nzoo/yak-2,0.5,0.4\n")
    call_command("import_benchmarks", str(tmp_path / "scores.csv"), stdout=StringIO())
    (tmp_path / "answers.csv").write_text("prompt,response,model\nWhy?,So.,zoo/yak-2\n")
    call_command("import_answers", str(tmp_path / "answers.csv"), "--name=n", "--licence=l", stdout=StringIO())
    assert "2 scores of benchmarks and 1 recorded answers stay zooyak-2's\n" in merged()
    call_command("import_benchmarks", str(tmp_path / "scores.csv"), stdout=StringIO())
    assert LanguageModel.objects.get(slug="yak-2").scores.count() == 2


def test_an_undone_merge_gives_back_the_boards_the_names_and_the_state(site):
    before, state = boards()["overall"][2], LanguageModel.objects.get(slug="zooyak-2").state
    merged()
    assert "2 votes are zooyak-2's again" in models("unmerge", "zooyak-2")
    after = boards()["overall"][2]
    assert after == {name: pytest.approx(row, rel=1e-12) for name, row in before.items()}
    entry = LanguageModel.objects.get(slug="zooyak-2")
    assert (entry.state, entry.aliases.count()) == (state, 0)
    assert LanguageModel.objects.by_any_name().get("zoo/yak-2") == entry.pk
    assert check_invariants(now=timezone.now()) == []


def test_votes_between_the_two_are_taken_off_and_put_back(site):
    between = Vote.objects.get(battle__model_a__slug="yak-2", battle__model_b__slug="zooyak-2")
    merged()
    assert VoteExclusion.objects.newest().get(vote=between).weight == 0
    models("unmerge", "zooyak-2")
    assert VoteExclusion.objects.newest().get(vote=between).weight == 1


def test_a_vote_that_an_operator_excluded_stays_excluded(site):
    between = Vote.objects.get(battle__model_a__slug="yak-2", battle__model_b__slug="zooyak-2")
    call_command("votes", "exclude", "--battle", str(between.battle_id), "--reason", "a test", "--yes")
    merged()
    models("unmerge", "zooyak-2")
    assert VoteExclusion.objects.newest().get(vote=between).weight == 0


def test_imports_find_the_model_by_the_names_of_both_and_a_second_merge_takes_what_came_since(site):
    merged()
    assert imported(site, [("zoo/yak-2", "kudu", "model_b"), ("ZOO/YAK-2", "yak 2", "tie")], source="late").new == 1
    assert Battle.objects.filter(model_a__slug="yak-2", imported_from__name="late").count() == 1
    assert "0 votes of zooyak-2" in merged()
    assert EntryMerge.objects.count() == 2
    models("unmerge", "zooyak-2")
    assert imported(site, [("zoo/yak-2", "kudu", "model_a")], source="later").new == 1
    assert Battle.objects.filter(model_a__slug="zooyak-2", imported_from__name="later").count() == 1


def test_a_battle_without_a_vote_keeps_the_model_that_answers():
    one, other = make_entry("yak-one"), make_entry("yak-other")
    battle = make_battle(one, make_entry("gnu"))
    models("merge", "yak-one", "into", "yak-other")
    battle.refresh_from_db()
    assert (battle.model_a, other.state) == (one, State.ACTIVE)


def test_merges_that_cannot_be_are_refused_in_words(site):
    make_entry("ox")
    with pytest.raises(CommandError, match="into itself"):
        models("merge", "ox", "into", "ox")
    with pytest.raises(CommandError, match="merged into no other"):
        models("unmerge", "ox")
    merged()
    with pytest.raises(CommandError, match="is merged into yak-2: undo that first"):
        models("merge", "zooyak-2", "into", "gnu")
    with pytest.raises(CommandError, match="is merged into yak-2 itself"):
        models("merge", "gnu", "into", "zooyak-2")


def test_a_merge_is_a_fact(site):
    merged()
    fact = EntryMerge.objects.get()
    with pytest.raises(FactsAreAppendOnly):
        fact.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        EntryMerge._base_manager.filter(pk=fact.pk).update(by="nobody")


def test_an_import_lists_new_names_with_what_they_may_mean(tmp_path):
    make_entry("Okapi 7B", slug="okapi-7b")
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\nzoo/Okapi-7b-chat,gnu,tie\n")
    out = StringIO()
    call_command("import_votes", str(tmp_path / "votes.csv"), "--dry-run", stdout=out)
    assert "2 models would become entries" in out.getvalue()
    assert "  zoo/Okapi-7b-chat: close to okapi-7b\n  gnu\n" in out.getvalue()
    assert '--alias "NAME=SLUG"' in out.getvalue()
    call_command("import_votes", str(tmp_path / "votes.csv"), "--alias", "zoo/Okapi-7b-chat=okapi-7b", stdout=out)
    assert Battle.objects.get().model_a.slug == "okapi-7b"
    (tmp_path / "more.csv").write_text("model_a,model_b,winner\nokapi-13b,okapi 7b v2,tie\n")
    call_command("import_votes", str(tmp_path / "more.csv"), stdout=(out := StringIO()))
    assert "  okapi-13b\n  okapi 7b v2: close to okapi-7b\n" in out.getvalue()
    with pytest.raises(CommandError, match="no entry has the slug 'nobody'"):
        call_command("import_votes", str(tmp_path / "votes.csv"), "--alias", "x=nobody", stdout=out)
    with pytest.raises(CommandError, match="does not go with --dry-run"):
        call_command("import_votes", str(tmp_path / "votes.csv"), "--alias", "x=okapi-7b", "--dry-run", stdout=out)
