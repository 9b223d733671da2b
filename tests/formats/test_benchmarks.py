import gzip
import json

import pytest

from arena.formats.benchmarks.base import Score, ScoredModel
from arena.formats.benchmarks.means import means
from arena.formats.benchmarks.plain import mapped
from arena.formats.benchmarks.reading import BenchmarkFile
from arena.formats.refusals import MalformedFile, RefusedRow

V1 = """Model,Average ⬆️,ARC,HellaSwag,MMLU,TruthfulQA,Winogrande,GSM8K
"<a target=""_blank"" href=""https://huggingface.co/zoo/zebra"">zoo/zebra</a>  <a href=""d"">📑</a>",50.5,61,,40,30,70,0
"""
V2 = """eval_name,Precision,Model,fullname,Average ⬆️,IFEval,IFEval Raw,BBH,MATH Lvl 5,GPQA,MUSR,MMLU-PRO
x,bfloat16,<a>zebra</a>,zoo/zebra,30.1,46.1,0.46,31,12,7.5,8,27
"""
PAGE = {
    "id": "1",
    "model": {"name": "zoo/zebra", "precision": "bfloat16", "average_score": 30.1},
    "evaluations": {
        "ifeval": {"name": "IFEval", "value": 0.46, "normalized_score": 46.1},
        "mmlu_pro": {"name": "MMLU-PRO", "value": 0.3, "normalized_score": None},
    },
}
ALPACA = """,win_rate,standard_error,n_wins,n_wins_base,n_draws,n_total,mode,avg_length,length_controlled_winrate
zebra,64.3,1.5,518,287,0,805,minimal,2402,55.25
okapi,50,0,0,0,805,805,minimal,2049,
"""
ALPACA_PAGE = "name,win_rate,avg_length,link,samples,filter\nZebra (best-of-16),34.8,2616,,,community\n"
COMMUNITY_CSV = """Model Name   ,Publisher ,Chatbot Arena Elo ,LAMBADA (zero-shot)
alpaca-13b   , Stanford ,             1008  ,
cerebras-7b  , Cerebras ,                   ,              0.636
"""
COMMUNITY_TABLE = """# Leaderboard

Words | before.

| Model Name                              | Publisher | Open? | MMLU (few-shot)                        | A\\|B |
| --------------------------------------- | :-------- | ----- | -------------------------------------: | ---- |
| [alpaca-13b](https://crfm.org/x_(y).md) | Stanford  | no    | [0.739](https://gpt4all.io/report.pdf) |      |
| bloom-176b                              | BigSci    | yes   |                                        | -    |
| short                                   |

| Benchmark | Author |
| --------- | ------ |
| MMLU      | them   |
"""
BOARD = {
    "creative_writing": {"gpt-4": {"rating": 1163.5, "rating_q975": 1170.0, "rating_q025": 1157.0}},
    "full": {
        "gpt-4": {"rating": 1162.0, "rating_q975": 1, "rating_q025": 2},
        "x": {"rating": "high"},
        "y": 3,
    },
}


def judgment(model, score, turn=1, judge=("gpt-4", "single-v1")):
    row = {"question_id": 81, "model": model, "judge": list(judge), "user_prompt": "", "judgment": "", "score": score}
    return row | {"turn": turn, "tstamp": 1687222691.6}


def written(folder, name, content):
    text = content if isinstance(content, str) else json.dumps(content, indent=4)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def lines(folder, rows):
    return written(folder, "judgments.jsonl", "\n".join(json.dumps(row) for row in rows))


def read(path, format=None):
    file = BenchmarkFile(path, format)
    return file.format.name, list(file.models())


def scores(read, row=1):
    return {score.benchmark: score.value for it in read if it.row == row for score in it.scores}


def test_version_1_of_the_open_llm_leaderboard_is_known_by_its_columns(tmp_path):
    format, models = read(written(tmp_path, "board.csv", V1))
    assert (format, models[0].model) == ("open-llm-1", "zoo/zebra")
    found = scores(models)
    assert found == {"Average": 50.5, "ARC": 61, "MMLU": 40, "TruthfulQA": 30, "Winogrande": 70, "GSM8K": 0}
    assert {score.unit for score in models[0].scores} == {"%"}


def test_of_version_2_the_normalised_percentages_are_read(tmp_path):
    format, models = read(written(tmp_path, "board.csv", V2))
    assert (format, models[0].model) == ("open-llm-2", "zoo/zebra")
    assert scores(models)["IFEval"] == 46.1
    assert list(scores(models)) == ["Average", "IFEval", "BBH", "MATH Lvl 5", "GPQA", "MUSR", "MMLU-PRO"]


def test_version_2_as_json_of_rows_and_as_its_page_reads_it(tmp_path):
    header, row = (line.split(",") for line in V2.splitlines())
    as_rows = [dict(zip(header, row, strict=True))]
    assert scores(read(written(tmp_path, "rows.json", as_rows))[1])["MMLU-PRO"] == 27
    format, models = read(written(tmp_path, "page.json", [PAGE]))
    assert (format, models[0].model, scores(models)) == (
        "open-llm-2",
        "zoo/zebra",
        {"Average": 30.1, "IFEval": 46.1},
    )


def test_of_single_judgments_the_mean_of_both_turns_counts_without_those_that_failed(tmp_path):
    marks = [judgment("zebra", 9), judgment("okapi", 4), judgment("zebra", 6.5, turn=2), judgment("zebra", -1)]
    file = BenchmarkFile(lines(tmp_path, marks))
    *rows, failed = file.models()
    models = [row for row in rows if isinstance(row, ScoredModel)]
    assert len(models) == len(rows)
    assert failed == RefusedRow(4, "its judge gave no mark")
    assert means(models) == [
        ScoredModel(1, "zebra", (Score("MT-bench, judge gpt-4", 7.75, "of 10"),)),
        ScoredModel(2, "okapi", (Score("MT-bench, judge gpt-4", 4.0, "of 10"),)),
    ]


def test_marks_of_two_judges_are_two_benchmarks(tmp_path):
    rows = [judgment("zebra", 9), judgment("zebra", 5, judge=("claude", "single-v1"))]
    found = means(it for it in BenchmarkFile(lines(tmp_path, rows)).models() if isinstance(it, ScoredModel))
    assert [scores(found, row) for row in (1, 2)] == [{"MT-bench, judge gpt-4": 9}, {"MT-bench, judge claude": 5}]


def test_a_table_of_model_and_score_is_of_mt_bench(tmp_path):
    format, models = read(written(tmp_path, "mt_bench_means.csv", "model,score\nzebra,7.9\nokapi,\ntapir,79\n"))
    assert (format, scores(models)) == ("mt-bench", {"MT-bench": 7.9})
    assert models[1] == ScoredModel(2, "okapi", ())
    assert models[2] == RefusedRow(3, "its score is 79, not between 0 and 10")


def test_alpaca_eval_has_its_models_in_a_column_without_a_name(tmp_path):
    format, models = read(written(tmp_path, "leaderboard.csv", ALPACA))
    assert (format, models[0].model) == ("alpaca-eval", "zebra")
    assert scores(models) == {"win rate": 64.3, "length-controlled win rate": 55.25}
    assert scores(models, 2) == {"win rate": 50}


def test_the_file_of_alpaca_evals_page_is_read_too(tmp_path):
    format, models = read(written(tmp_path, "leaderboard.csv", ALPACA_PAGE))
    assert (format, models[0].model, scores(models)) == ("alpaca-eval", "Zebra (best-of-16)", {"win rate": 34.8})


def test_a_board_of_lmarena_has_a_benchmark_for_each_category(tmp_path):
    format, models = read(written(tmp_path, "leaderboard-text.json", BOARD))
    assert format == "arena-catalog"
    assert BenchmarkFile(tmp_path / "leaderboard-text.json").source == "LMArena leaderboard-text"
    assert models[0] == ScoredModel(1, "gpt-4", (Score("creative writing", 1163.5, "points"),))
    assert scores(models, 2) == {"full": 1162.0}
    assert models[2] == RefusedRow(3, "its 'rating' is 'high', not a number")
    assert models[3] == RefusedRow(4, "it is not a model with its rating")


def test_the_community_table_is_read_with_its_blanks_as_csv_and_as_markdown(tmp_path):
    format, models = read(written(tmp_path, "leaderboard.csv", COMMUNITY_CSV))
    assert (format, [it.model for it in models]) == ("llm-leaderboard", ["alpaca-13b", "cerebras-7b"])
    assert [scores(models, row) for row in (1, 2)] == [{"Chatbot Arena Elo": 1008}, {"LAMBADA (zero-shot)": 0.636}]
    format, models = read(written(tmp_path, "README.md", COMMUNITY_TABLE))
    assert (format, models[0].model, scores(models)) == ("llm-leaderboard", "alpaca-13b", {"MMLU (few-shot)": 0.739})
    assert models[1] == ScoredModel(2, "bloom-176b", ())
    assert models[2] == RefusedRow(3, "it has 1 columns where the first line names 5")
    assert len(models) == 3


def test_any_table_is_read_where_its_columns_are_named(tmp_path):
    path = written(tmp_path, "own.csv", "Model name,mmlu_score,other\nzebra,0.4,9\nokapi,n/a,9\n")
    with pytest.raises(MalformedFile, match=r"of no known format.*with --mapping"):
        BenchmarkFile(path)
    format, models = read(path, mapped({"model": "Model name", "MMLU": "mmlu_score"}))
    assert (format, scores(models), scores(models, 2)) == ("mapped", {"MMLU": 0.4}, {})
    with pytest.raises(MalformedFile, match="it is not mapped: the nearest lacks the columns 'mmlu'"):
        BenchmarkFile(path, mapped({"model": "Model name", "MMLU": "mmlu"}))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",0.5", "'Model Name' is missing"),
        ("x" * 101 + ",0.5", "longer than 100 characters"),
        ("zebra\x01,0.5", "cannot be read"),
        ("zebra,about 5", "'about 5', not a number"),
        ("zebra,inf", "'inf', not a number"),
        ("zebra,1,2", "it has 3 columns"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_the_others_follow(tmp_path, row, reason):
    path = written(tmp_path, "table.csv", f"Model Name,MMLU\n{row}\nokapi,0.5\n")
    refused, good = read(path)[1]
    assert reason in refused.reason
    assert good.scores == (Score("MMLU", 0.5),)


def test_a_table_of_model_and_score_that_is_not_called_mt_bench_is_nobodys(tmp_path):
    path = written(tmp_path, "arena_leaderboard.csv", "model,score,CI\nzebra,7.9,1\n")
    with pytest.raises(MalformedFile, match=r"may be anyone's: --format mt-bench .*with --mapping"):
        BenchmarkFile(path)
    assert scores(read(path, mapped({"model": "model", "Arena": "score"}))[1]) == {"Arena": 7.9}


def test_an_object_of_scores_by_model_is_a_table(tmp_path):
    value = {"zebra": {"score": 0.5, "by_task": {"math": 3, "code": None}, "odd": [1]}, "okapi": {"score": None}}
    path = written(tmp_path, "scores.json", value)
    columns = {"model": "model", "Score": "score", "Maths": "by_task.math"}
    found = read(path, mapped(columns))[1]
    assert [scores(found, row) for row in (1, 2)] == [{"Score": 0.5, "Maths": 3}, {}]
    with pytest.raises(MalformedFile, match="with --mapping"):
        BenchmarkFile(path)


@pytest.mark.parametrize("value", [{"date": "2031", "zebra": {"score": 1}}, {"zebra": 1}, {}])
def test_an_object_of_something_else_is_called_an_object(tmp_path, value):
    with pytest.raises(MalformedFile, match="it is one JSON object, not a list of rows"):
        BenchmarkFile(written(tmp_path, "x.json", value))


HARNESS = {
    "results": {
        "hellaswag": {"alias": "hellaswag", "acc,none": 0.51, "acc_stderr,none": 0.004, "acc_norm,none": 0.7},
        "gsm8k": {"exact_match,strict-match": 0.2, "exact_match,flexible-extract": 0.25, "alias": "gsm8k"},
        "old": {"acc": 0.4, "acc_stderr": None},
        "odd": None,
    },
    "configs": {},
    "versions": {"hellaswag": 1.0},
    "config": {"model": "hf", "model_args": "pretrained=zoo/zebra,dtype=float16"},
    "n-shot": None,
}


@pytest.mark.parametrize(("named", "model"), [({"model_name": "zebra"}, "zebra"), ({"model_name": None}, "zoo/zebra")])
def test_results_of_the_evaluation_harness_are_scores_of_its_model(tmp_path, named, model):
    format, found = read(written(tmp_path, "results_2031.json", HARNESS | named))
    assert format == "lm-eval-harness"
    assert {each.model for each in found if isinstance(each, ScoredModel)} == {model}
    assert {score.benchmark: score.value for each in found[:3] for score in each.scores} == {
        "hellaswag acc": 0.51,
        "hellaswag acc_norm": 0.7,
        "gsm8k exact_match strict-match": 0.2,
        "gsm8k exact_match flexible-extract": 0.25,
        "old acc": 0.4,
    }
    assert found[3] == RefusedRow(4, "it has no metrics")


def test_a_share_of_more_than_a_hundred_percent_is_refused(tmp_path):
    refused = read(written(tmp_path, "leaderboard.csv", ALPACA.replace("64.3", "643")))[1][0]
    assert refused == RefusedRow(1, "its 'win_rate' is 643, not between 0 and 100")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.md", "no table"),
        ("x.json", "{"),
        ("x.json", '{"a": {"b": 1}}'),
        ("x.txt", "model,score"),
        ("x.csv", ""),
        pytest.param("x.json", '{"a":' * 100_000, id="nested too deeply"),
    ],
)
def test_a_file_of_no_known_shape_is_refused_whole(tmp_path, name, content):
    with pytest.raises(MalformedFile):
        BenchmarkFile(written(tmp_path, name, content))


def test_a_forced_format_is_the_one_that_is_read_or_says_what_it_lacks(tmp_path):
    path = written(tmp_path, "means.csv", "model,score\nzebra,7.9\n")
    assert read(path, "mt-bench")[0] == "mt-bench"
    with pytest.raises(MalformedFile, match="it is not open-llm-1: the nearest lacks the columns 'ARC'"):
        BenchmarkFile(path, "open-llm-1")


def test_a_packed_board_is_read_and_a_damaged_one_refused(tmp_path):
    packed = tmp_path / "leaderboard-text.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(BOARD).encode()))
    assert read(packed)[0] == "arena-catalog"
    packed.write_bytes(packed.read_bytes()[:40])
    with pytest.raises(MalformedFile):
        BenchmarkFile(packed)
