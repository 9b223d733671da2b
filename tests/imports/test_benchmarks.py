from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.imports.benchmarks import import_benchmarks
from arena.models import BenchmarkScore, BenchmarkSource, LanguageModel, ModelAlias
from arena.models.catalog import Kind
from tests.factories import make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = timezone.now()
TABLE = "Model Name,Publisher,MMLU,GSM8K\n"


def written(folder, *rows, header=TABLE, name="community.csv"):
    (folder / name).write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder / name


def command(path, *arguments):
    out, err = StringIO(), StringIO()
    call_command("import_benchmarks", str(path), *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def stored():
    return set(BenchmarkScore.objects.values_list("entry__slug", "benchmark", "score"))


def test_slug_and_shown_name_find_the_entry_in_any_case_and_a_blank_stays_blank(tmp_path):
    make_entry("zebra-7")
    make_entry("okapi-9", display_name="Okapi 9 Chat")
    out, err = command(written(tmp_path, "ZEBRA-7,Zoo,0.5,", " okapi 9 chat ,Zoo,,0"))
    assert stored() == {("zebra-7", "MMLU", 0.5), ("okapi-9", "GSM8K", 0.0)}
    assert "community (llm-leaderboard): 2 scores are new, 0 are replaced, 0 rows rejected" in out
    assert err == ""


def test_a_name_that_no_entry_has_is_listed_with_what_to_do_and_nothing_is_guessed(tmp_path):
    make_entry("zebra-7")
    make_entry("guard", kind=Kind.MODERATOR)
    out, _ = command(written(tmp_path, "zebra,Zoo,0.5,", "guard,Zoo,0.5,", "zoo/zebra-7,Zoo,0.5,", "zebra,Zoo,0.5,"))
    assert "3 names are no entry's, or more than one's:\n  zebra\n  guard\n  zoo/zebra-7\n" in out
    assert '--alias "NAME=SLUG"' in out
    assert "Model aliases" in out
    assert not BenchmarkScore.objects.exists()
    assert not BenchmarkSource.objects.exists()
    assert LanguageModel.objects.count() == 2


def test_a_name_that_two_entries_show_is_neithers_until_an_alias_says_whose_it_is(tmp_path):
    make_entry("hot", display_name="Zebra 7")
    make_entry("cold", display_name="zebra 7")
    path = written(tmp_path, "Zebra 7,Zoo,0.5,")
    assert "more than one's:\n  Zebra 7" in command(path)[0]
    command(path, "--alias", "ZEBRA 7=cold")
    assert stored() == {("cold", "MMLU", 0.5)}


def test_an_alias_is_kept_and_can_be_moved(tmp_path):
    make_entry("zebra-7")
    make_entry("okapi-9")
    path = written(tmp_path, "zoo/Zebra=7B,Zoo,0.5,")
    command(path, "--alias", "zoo/Zebra=7B=zebra-7")
    assert list(ModelAlias.objects.values_list("name", "entry__slug")) == [("zoo/zebra=7b", "zebra-7")]
    assert "0 scores are new, 1 are replaced" in command(path)[0]
    command(path, "--alias", "ZOO/zebra=7b=okapi-9")
    assert list(ModelAlias.objects.values_list("name", "entry__slug")) == [("zoo/zebra=7b", "okapi-9")]


def test_an_alias_of_an_unknown_entry_stores_nothing(tmp_path):
    make_entry("zebra-7")
    path = written(tmp_path, "zebra-7,Zoo,0.5,")
    with pytest.raises(CommandError, match="no entry has the slug 'nobody'"):
        command(path, "--alias", "zoo/zebra=zebra-7", "x=nobody")
    assert not BenchmarkScore.objects.exists()
    assert not ModelAlias.objects.exists()


def test_the_same_source_again_replaces_and_another_one_stands_beside(tmp_path):
    make_entry("zebra-7")
    import_benchmarks(written(tmp_path, "zebra-7,Zoo,0.5,0.1"), now=NOW)
    later = NOW + timedelta(days=1)
    done = import_benchmarks(written(tmp_path, "zebra-7,Zoo,0.6,"), licence="MIT", now=later)
    assert (done.new, done.replaced) == (0, 1)
    assert stored() == {("zebra-7", "MMLU", 0.6), ("zebra-7", "GSM8K", 0.1)}
    assert BenchmarkScore.objects.get(benchmark="MMLU").imported_at == later
    import_benchmarks(tmp_path / "community.csv", name="Ours", now=later)
    sources = BenchmarkSource.objects.values_list("name", "licence")
    assert list(sources) == [("Ours", ""), ("community", "MIT")]
    assert BenchmarkScore.objects.count() == 3


def test_bad_rows_are_rejected_with_their_numbers_and_the_rest_lands(tmp_path):
    make_entry("zebra-7")
    make_entry("okapi-9", display_name="Okapi")
    rows = ["zebra-7,Zoo,about 5,", "okapi-9,Zoo,0.4,", "Okapi,Zoo,0.5,", "OKAPI-9,Zoo,0.4,", ",Zoo,0.1,"]
    out, err = command(written(tmp_path, *rows))
    assert "1 scores are new, 0 are replaced, 4 rows rejected" in out
    assert "row 1: its 'MMLU' is 'about 5', not a number" in err
    assert "row 3: row 2 has the score of 'Okapi' in 'MMLU' already" in err
    assert "row 4: row 2 has" in err
    assert "row 5: 'Model Name' is missing" in err
    assert stored() == {("okapi-9", "MMLU", 0.4)}


def test_of_many_bad_rows_the_first_are_shown(tmp_path):
    _, err = command(written(tmp_path, *[",Zoo,1,"] * 12))
    assert err.count("is missing") == 10
    assert "and 2 more" in err


def test_a_dry_run_tells_the_same_and_stores_nothing(tmp_path):
    make_entry("zebra-7")
    path = written(tmp_path, "zebra,Zoo,0.5,", "okapi,Zoo,0.5,", ",Zoo,1,")
    out, err = command(path, "--dry-run", "--alias", "zebra=zebra-7")
    assert "1 scores would be new, 0 would be replaced, 1 rows rejected" in out
    assert "1 names are no entry's, or more than one's:\n  okapi" in out
    assert "row 3" in err
    assert not any(model.objects.exists() for model in (BenchmarkScore, BenchmarkSource, ModelAlias))


def test_named_columns_of_any_table_are_read(tmp_path):
    make_entry("zebra-7")
    path = written(tmp_path, "zebra-7,40.5,x", header="Model name,mmlu_score,notes\n", name="own.csv")
    command(path, "--name", "Own runs", "--mapping", "model=Model name", "MMLU=mmlu_score")
    assert stored() == {("zebra-7", "MMLU", 40.5)}
    assert BenchmarkSource.objects.get().name == "Own runs"


def test_named_columns_are_remembered_for_the_next_file_of_the_source(tmp_path):
    make_entry("zebra-7")
    one = written(tmp_path, "zebra-7,40.5,x", header="Model name,mmlu_score,notes\n", name="own.csv")
    command(one, "--name", "Own runs", "--mapping", "model=Model name", "MMLU=mmlu_score")
    two = written(tmp_path, "zebra-7,41.5,x", header="Model name,mmlu_score,notes\n", name="own.2.csv")
    with pytest.raises(CommandError, match="no known format"):
        command(two)  # of another source: its name is another
    assert "0 scores are new, 1 are replaced" in command(two, "--name", "Own runs")[0]
    assert stored() == {("zebra-7", "MMLU", 41.5)}
    with pytest.raises(CommandError, match="it is not mt-bench"):
        command(two, "--name", "Own runs", "--format", "mt-bench")


def test_files_that_share_a_first_name_are_two_sources(tmp_path):
    make_entry("zebra-7")
    for month in ("01", "02"):
        command(written(tmp_path, "zebra-7,Zoo,0.5,0.1", name=f"scores.2026-{month}.csv"))
    names = BenchmarkSource.objects.values_list("name", flat=True)
    assert set(names) == {"scores.2026-01", "scores.2026-02"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--mapping", "MMLU=MMLU"], 'needs "model=COLUMN"'),
        (["--mapping", "model=Model Name"], "and a benchmark"),
        (["--mapping", "MMLU"], "'MMLU' is not NAME=COLUMN"),
        (["--mapping", "model=Nothing", "MMLU=MMLU"], "lacks the columns 'Nothing'"),
        (["--mapping", "model=Model Name", "MMLU=MMLU", "--format", "mt-bench"], "exclude each other"),
        (["--alias", "=zebra-7"], "'=zebra-7' is not NAME=SLUG"),
        (["--mapping", "model=Model Name", "x" * 101 + "=MMLU"], "longer than 100 characters"),
        (["--only", "ARC"], "no benchmark is called 'ARC' in the file, which has MMLU, GSM8K"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(tmp_path, arguments, reason):
    make_entry("zebra-7")
    with pytest.raises(CommandError, match=reason):
        command(written(tmp_path, "zebra-7,Zoo,0.5,0.1"), *arguments)
    assert not BenchmarkScore.objects.exists()


def test_only_the_benchmarks_that_were_asked_for_come(tmp_path):
    make_entry("zebra-7")
    command(written(tmp_path, "zebra-7,Zoo,0.5,0.1"), "--only", "GSM8K")
    assert stored() == {("zebra-7", "GSM8K", 0.1)}


def test_single_judgments_become_one_score_a_model(tmp_path):
    make_entry("zebra-7")
    row = '{{"question_id": {0}, "model": "zebra-7", "judge": ["gpt-4", "x"], "score": {1}, "turn": 1}}'
    path = written(tmp_path, *(row.format(n, n) for n in (5, 8)), header="", name="gpt-4_single.jsonl")
    assert "MT-bench (mt-bench): 1 scores are new" in command(path)[0]
    assert stored() == {("zebra-7", "MT-bench, judge gpt-4", 6.5)}


def test_a_broken_file_is_refused_by_name(tmp_path):
    (tmp_path / "x.json").write_text('[{"model": "zebra-7", "score": 5}, {"mod')
    make_entry("zebra-7")
    with pytest.raises(CommandError, match=r"x\.json: row 2: .*\nNothing of x\.json is kept"):
        command(tmp_path / "x.json", "--format", "mt-bench")
    assert not BenchmarkScore.objects.exists()
