import csv
import json
import random
from datetime import timedelta
from io import StringIO

import pyarrow.parquet
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.battles.turns import add_turn
from arena.exports.votes import export_votes
from arena.formats.exports.writing import FORMATS
from arena.formats.refusals import RefusedRow
from arena.formats.votes.reading import VoteFile
from arena.history.forget import forget_voter
from arena.imports.votes import import_votes
from arena.models import Answer, Battle, Choice, RatingSnapshot, Turn, Voter
from arena.models.answers import AnswerState
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests import factories
from tests.factories import exclude_vote, make_entry, make_voter
from tests.made_once import made_once

pytestmark = pytest.mark.django_db

VOTES = 20
CARRY_ALL = ["lmsys-140k", "lmsys-33k", "csv", "parquet"]


@pytest.fixture
@made_once
def site():
    """Twenty votes of nine voters on four entries, two of them excluded in part or whole, one on two turns."""
    rng = random.Random(5)
    entries = [make_entry(name) for name in ("ZEBRA-7", "OKAPI-9", "TAPIR-3", "LEMUR-1")]
    voters = [make_voter() for _ in range(9)]
    votes = []
    for number in range(VOTES):
        prompt = f"Why is the sky so blue today, and for the {number}th time?"
        battle = make_battle(*rng.sample(entries, 2), voter=rng.choice(voters), prompt=prompt)
        if number == 7:
            battle = with_another_turn(battle)
        votes.append(cast_vote(battle, rng.choice(list(Choice)), now=timezone.now()))
    exclude_vote(votes[3], rule="test", weight=0.25, by="test", now=timezone.now())
    exclude_vote(votes[5], rule="test", weight=0, by="test", now=timezone.now())
    publish_leaderboard(now=timezone.now())
    return votes


def make_battle(*entries, **fields):
    """A battle with two answers that differ."""
    battle = factories.make_battle(*entries, **fields)
    Answer.objects.filter(turn__battle=battle, slot="b").update(text="Another answer.")
    return Battle.objects.with_rows().get(pk=battle.pk)


def with_another_turn(battle):
    add_turn(battle, "And at night?", number=2, first_turn_in_window=1, rng=random.Random(1), now=timezone.now())
    done = {"state": AnswerState.DONE, "text": 'It is\nnot, "really".', "finished_at": timezone.now()}
    Answer.objects.filter(turn__battle=battle, turn__number=2).update(**done)
    return Battle.objects.with_rows().get(pk=battle.pk)


def exported(folder, name, **options):
    return export_votes(name, folder / name, salt=b"salt", now=timezone.now(), **options)


def rows_of(done):
    return [json.loads(line) for line in done.path.read_text().splitlines()]


@pytest.mark.parametrize("name", CARRY_ALL)
def test_an_export_read_into_its_own_site_changes_nothing(site, tmp_path, name):
    done = exported(tmp_path, name)
    assert import_votes(done.path, now=timezone.now()).new == 0


def test_only_votes_that_were_cast_after_the_notice_go_out(site, tmp_path):
    Battle.objects.filter(pk=site[0].battle_id).update(consent_version="")
    done = exported(tmp_path, "csv")
    assert (done.votes, done.without_consent) == (VOTES - 1, 1)
    assert str(site[0].battle_id) not in done.path.read_text()
    assert "Skipped, 1 votes: without" in (tmp_path / "csv" / "README.md").read_text()


def test_imported_votes_go_out_only_when_asked_for_and_the_card_names_their_source(site, tmp_path):
    (tmp_path / "others.csv").write_text("model_a,model_b,winner\nX,Y,tie\n")
    import_votes(tmp_path / "others.csv", now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert exported(tmp_path, "csv").votes == VOTES
    assert exported(tmp_path, "parquet", with_imported=True).votes == VOTES + 1
    assert "others (1 votes)" in (tmp_path / "parquet" / "README.md").read_text()
    assert "others" not in (tmp_path / "csv" / "README.md").read_text()


def test_voters_have_other_pseudonyms_in_every_export_and_no_id_of_ours(site, tmp_path):
    def pseudonyms(salt):
        done = export_votes("csv", tmp_path / salt.hex(), salt=salt, now=timezone.now())
        with done.path.open(newline="") as file:
            return [row["voter"] for row in csv.DictReader(file)]

    one, other = pseudonyms(b"1"), pseudonyms(b"2")
    assert len(set(one)) == len(set(other)) == len({vote.voter_id for vote in site})
    assert not set(one) & set(other)
    ours = {voter.id.hex for voter in Voter.objects.all()}
    assert not any(pseudonym in id for pseudonym in one for id in ours)


def test_personal_data_is_masked_and_counted(tmp_path):
    battle = make_battle(prompt="I am ann@example.org, call +49 30 901820")
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    done = exported(tmp_path, "dpo")
    assert rows_of(done)[0]["prompt"] == [{"role": "user", "content": "I am [email], call [phone]"}]
    assert done.redacted == {"email": 1, "phone": 1}
    assert "1 × [email], 1 × [phone]" in (tmp_path / "dpo" / "README.md").read_text()


def test_what_is_redacted_in_votes_that_are_skipped_is_not_counted(tmp_path):
    for prompt, choice in (("I am ann@example.org", Choice.TIE), ("Call +49 30 901820", Choice.MODEL_A)):
        cast_vote(make_battle(prompt=prompt), choice, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert exported(tmp_path, "dpo").redacted == {"phone": 1}
    assert exported(tmp_path, "csv").redacted == {"email": 1, "phone": 1}


def test_dpo_rows_are_the_decided_battles_of_one_turn(site, tmp_path):
    decided = [v for v in site if v.choice in ("model_a", "model_b") and v.pk not in (site[5].pk, site[7].pk)]
    rows = rows_of(exported(tmp_path, "dpo"))
    assert len(rows) == len(decided)
    first = Battle.objects.get(pk=decided[0].battle_id)
    is_a = decided[0].choice == "model_a"
    won, lost = (first.model_a, first.model_b) if is_a else (first.model_b, first.model_a)
    answers = ("An answer.", "Another answer.") if is_a else ("Another answer.", "An answer.")
    assert rows[0] | {"prompt": 0} == {
        "prompt": 0,
        "chosen": [{"role": "assistant", "content": answers[0]}],
        "rejected": [{"role": "assistant", "content": answers[1]}],
        "chosen_model": won.display_name,
        "rejected_model": lost.display_name,
    }


def test_kto_rows_say_of_both_answers_whether_they_were_good(tmp_path):
    entries = make_entry("X"), make_entry("Y")
    for choice in (Choice.MODEL_B, Choice.BOTH_BAD, Choice.TIE):
        cast_vote(make_battle(*entries), choice, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    rows = rows_of(exported(tmp_path, "kto"))
    assert [(row["model"], row["label"]) for row in rows] == [("X", False), ("Y", True), ("X", False), ("Y", False)]
    assert rows[0]["prompt"] == [{"role": "user", "content": "Why is the sky blue?"}]
    assert rows[0]["completion"] == [{"role": "assistant", "content": "An answer."}]


def test_sharegpt_holds_the_conversations_that_won(site, tmp_path):
    items = json.loads(exported(tmp_path, "sharegpt").path.read_text())
    assert len(items) == sum(v.choice in ("model_a", "model_b") and v.pk != site[5].pk for v in site)
    assert [said["from"] for said in items[0]["conversations"]] == ["human", "gpt"]


def test_the_140k_columns_are_typed_as_their_makers_have_them(site, tmp_path):
    table = pyarrow.parquet.read_table(exported(tmp_path, "lmsys-140k").path)
    row = table.slice(7, 1).to_pylist()[0]
    assert row["conversation_a"][2]["content"][0]["text"] == "And at night?"
    assert row["full_conversation"][1]["model_side_b"]["content"][0]["text"].startswith("It is")
    assert (row["conv_metadata"]["turns"], row["language"], row["is_code"]) == (2, "en", False)
    assert row["conv_metadata"]["sum_assistant_a_tokens"] > 5


def test_a_turn_that_was_asked_again_goes_out_as_it_stands(tmp_path):
    battle = make_battle()
    first = battle.all_turns[0]
    now = timezone.now()
    again = Turn.objects.create(battle=battle, number=2, user_text=first.user_text, replaces=first, created=now)
    for slot in "ab":
        said = {"a": "Second.", "b": "Other."}[slot]
        Answer.objects.create(turn=again, slot=slot, state="done", text=said, queue="", queued_at=now, seed=1)
    cast_vote(Battle.objects.with_rows().get(pk=battle.pk), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    (row,) = rows_of(exported(tmp_path, "dpo"))
    assert row["chosen"][0]["content"] == "Second."


def test_a_vote_whose_texts_were_erased_goes_out_as_numbers_only(site, tmp_path):
    battle = Battle.objects.get(pk=next(vote.battle_id for vote in site if vote.choice == "model_a"))
    decided = exported(tmp_path, "dpo").rows
    battle.turns.update(user_text="")
    Answer.objects.filter(turn__battle=battle).update(text="")
    assert exported(tmp_path / "erased", "dpo").rows == decided - 1
    assert exported(tmp_path / "erased", "csv").votes == VOTES


@pytest.mark.parametrize("way", ["by wish", "by age"])
def test_the_export_after_an_erasure_leaves_the_words_out_and_its_card_says_since_when(site, tmp_path, way):
    assert "erased" not in (exported(tmp_path / "before", "csv").path.parent / "README.md").read_text()
    battle = Battle.objects.order_by("pk").first()
    Turn.objects.filter(battle=battle).update(user_text="An unlikely umbrella")
    if way == "by wish":
        forget_voter(battle.voter, now=timezone.now())
    else:
        Battle.objects.filter(pk=battle.pk).update(created=timezone.now() - timedelta(days=40))
        call_command("purge", "--days", "30", stdout=StringIO())
    after = exported(tmp_path / "after", "csv")
    assert "umbrella" not in after.path.read_text()
    card = (after.path.parent / "README.md").read_text()
    assert (
        f"votes were erased on {timezone.now():%Y-%m-%d}: as their voters wished, by their age, or by the operator."
        in card
    )


@pytest.mark.parametrize(
    ("answers", "rows"),
    [
        (("So.", "No."), {"dpo": 1, "kto": 2, "sharegpt": 1}),
        (("So.", " So. "), {"dpo": 0, "kto": 0, "sharegpt": 1}),
        (("So.", ""), {"dpo": 0, "kto": 0, "sharegpt": 1}),
        (("", "No."), {"dpo": 0, "kto": 0, "sharegpt": 0}),
        ((" \n", "\n"), {"dpo": 0, "kto": 0, "sharegpt": 0}),
    ],
)
def test_equal_and_empty_answers_teach_nothing_and_are_counted_as_left_out(tmp_path, answers, rows):
    battle = make_battle()
    for slot, said in zip("ab", answers, strict=True):
        Answer.objects.filter(turn__battle=battle, slot=slot).update(text=said)
    cast_vote(Battle.objects.with_rows().get(pk=battle.pk), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    for name, how_many in rows.items():
        done = exported(tmp_path, name)
        assert (name, done.rows, done.skipped) == (name, how_many, 0 if how_many else 1)
        card = (tmp_path / name / "README.md").read_text()
        assert ("Left out, 1 votes" in card) == (not how_many)


@pytest.mark.parametrize(
    ("judges", "said"), [(("", ""), ", voters unknown, on"), (("ann", ""), "by 1 voter and by unknown")]
)
@pytest.mark.parametrize("name", [*CARRY_ALL, "alpaca-eval"])
def test_votes_of_nobody_who_is_known_are_not_one_persons(tmp_path, name, judges, said):
    rows = [f"yak,gnu,model_a,{judge},Why {place}?,So.,No." for place, judge in enumerate(judges)]
    header = "model_a,model_b,winner,judge,prompt,response_a,response_b"
    (tmp_path / "others.csv").write_text("\n".join([header, *rows]))
    import_votes(tmp_path / "others.csv", now=timezone.now())
    publish_leaderboard(now=timezone.now())
    done = exported(tmp_path, name, with_imported=True)
    assert said in (tmp_path / name / "README.md").read_text()
    found = [row[1].judge for row in VoteFile(done.path).votes() if not isinstance(row, RefusedRow)]
    assert [judge == "" for judge in found] == [judge == "" for judge in judges]


def test_two_entries_of_one_name_go_out_by_their_slugs(tmp_path):
    entries = make_entry("x-1", display_name="X"), make_entry("x-2", display_name="X")
    cast_vote(make_battle(*entries), Choice.TIE, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert exported(tmp_path, "csv").models == {"x-1", "x-2"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_fields_of_the_card_are_those_of_the_file(site, tmp_path, name):
    done = exported(tmp_path, name)
    kinds = {
        "parquet": lambda: pyarrow.parquet.read_schema(done.path).names,
        "csv": lambda: done.path.read_text().splitlines()[0].split(","),
        "jsonl": lambda: list(rows_of(done)[0]),
        "json": lambda: list(json.loads(done.path.read_text())[0]),
    }
    assert kinds[FORMATS[name].kind]() == list(FORMATS[name].fields)
    card = (tmp_path / name / "README.md").read_text()
    assert all(f"| `{field}` |" in card for field in FORMATS[name].fields)
    assert RatingSnapshot.objects.newest().digest in card


def test_the_card_speaks_of_the_votes_that_are_in_the_file(site, tmp_path):
    cards = {}
    for name in ("csv", "dpo"):
        done = exported(tmp_path, name)
        cards[name] = (tmp_path / name / "README.md").read_text()
        assert f"- Votes: {done.rows:,} by" in cards[name]
    assert ", the same votes" in cards["csv"]
    assert ", other votes than these" in cards["dpo"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_site_without_votes_gives_a_file_that_can_be_read(tmp_path, name):
    done = exported(tmp_path, name)
    assert (done.votes, done.rows, done.path.exists()) == (0, 0, True)
    if FORMATS[name].kind == "json":
        assert json.loads(done.path.read_text()) == []


def test_an_export_takes_a_fixed_number_of_queries(site, tmp_path, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        exported(tmp_path, "lmsys-140k")


def command(*arguments):
    out = StringIO()
    call_command("export", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_tells_what_went_out(site, tmp_path):
    out = command("--format", "dpo", "--output", tmp_path / "new", "--licence", "CC-BY-4.0")
    rows = len((tmp_path / "new" / "votes.jsonl").read_text().splitlines())
    assert f"{rows} votes as {rows} rows" in out
    assert f"{VOTES - rows} votes skipped" in out
    assert "license: cc-by-4.0" in (tmp_path / "new" / "README.md").read_text()


def test_the_command_says_how_imported_votes_go_out_too(tmp_path):
    (tmp_path / "others.csv").write_text("model_a,model_b,winner\nX,Y,tie\n")
    import_votes(tmp_path / "others.csv", now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert "--with-imported takes these too" in command("--format", "csv", "--output", tmp_path / "own")
    assert "--with-imported" not in command("--format", "csv", "--output", tmp_path / "all", "--with-imported")


def test_the_command_overwrites_nothing(site, tmp_path):
    (tmp_path / "mine").write_text("")
    with pytest.raises(CommandError, match="is there already"):
        command("--format", "csv", "--output", tmp_path)


def test_the_board_goes_out_as_csv_and_in_the_shape_of_arena_catalog(site, tmp_path):
    command("--format", "board-csv", "--output", tmp_path / "csv")
    command("--format", "board-json", "--output", tmp_path / "json")
    with (tmp_path / "csv" / "board.csv").open(newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    catalog = json.loads((tmp_path / "json" / "board.json").read_text())["overall"]
    for rating in RatingSnapshot.objects.newest().ratings.select_related("model"):
        name = rating.model.display_name
        assert float(rows[name]["rating"]) == rating.rating == catalog[name]["rating"]
        assert (catalog[name]["rating_q025"], catalog[name]["rating_q975"]) == (rating.lower, rating.upper)


def test_a_name_that_begins_like_a_formula_is_text_on_the_board_and_the_same_in_votes_that_come_back(tmp_path):
    cast_vote(make_battle(make_entry("=1+1", slug="sum"), make_entry("OKAPI-9")), Choice.TIE, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    command("--format", "board-csv", "--output", tmp_path / "board")
    with (tmp_path / "board" / "board.csv").open(newline="") as file:
        assert {row["model"] for row in csv.DictReader(file)} == {"'=1+1", "OKAPI-9"}
    with exported(tmp_path, "csv").path.open(newline="") as file:
        assert {row["model_a"] for row in csv.DictReader(file)} == {"=1+1"}
