"""Files of the systems in docs/lineage.md, from the operator's command to the page where a visitor finds them."""

import json
import re
from pathlib import Path

import pyarrow.parquet
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from arena.models import Battle, Prompt
from tests.factories import write_answers

pytestmark = pytest.mark.django_db


def _file(folder: Path, name: str, *rows: object) -> str:
    """Return the path of a new file, of JSON lines or, for the name of a list, of one JSON list."""
    text = json.dumps(rows) if name.endswith(".json") else "\n".join(map(json.dumps, rows))
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def _cells(page: str) -> list[str]:
    return [cell.strip() for cell in re.findall(r">([^<>]+)<", page) if cell.strip()]


def _votes(folder: Path, *models: str) -> None:
    """Put these models on the board, each better than those that come after it."""
    pairs = [(a, b) for place, a in enumerate(models) for b in models[place + 1 :]]
    rows = [{"model_a": a, "model_b": b, "winner": "model_a"} for a, b in pairs]
    call_command("import_votes", _file(folder, "votes.jsonl", *rows))


def test_recorded_answers_of_llama_2_alpaca_and_vicuna_meet_in_a_blind_battle(client: Client, tmp_path: Path):
    names = ("llama-2-7b-chat-hf", "alpaca-7b", "vicuna-7b-v1.3")
    row = {"instruction": "What is a tide?", "output": "The sea breathes.", "dataset": "koala"}
    files = [_file(tmp_path, f"{name}.json", row | {"generator": name}) for name in names]
    call_command("import_answers", *files)
    client.post(reverse("start"), {"recorded": Prompt.objects.get(text="What is a tide?").pk})
    battle = write_answers(Battle.objects.get())
    page = client.get(reverse("battle", args=[battle.pk])).text
    assert page.count("The sea breathes.") == 2
    assert not any(name in page for name in names)
    revealed = client.post(reverse("vote", args=[battle.pk]), {"choice": "tie"}, follow=True).text
    assert sum(name in revealed for name in names) == 2


def test_seed_tasks_of_self_instruct_are_suggested_to_visitors(client: Client, tmp_path: Path):
    seed = {"instruction": "Find the odd one.", "instances": [{"input": "one, two, apple", "output": "apple"}]}
    path = _file(tmp_path, "seed_tasks.jsonl", seed)
    call_command("load_prompts", path, "--name", "My tasks", "--licence", "CC0-1.0")
    assert "Find the odd one." in client.get("/?surprise").text


def test_first_turns_of_sharegpt_are_suggested_to_visitors(client: Client, tmp_path: Path):
    said = [{"from": "human", "value": "Why is the sea salty?"}, {"from": "gpt", "value": "Rivers."}]
    path = _file(tmp_path, "chats.jsonl", {"id": "x", "conversations": said})
    call_command("load_prompts", path, "--name", "My chats", "--licence", "CC0-1.0")
    assert "Why is the sea salty?" in client.get("/?surprise").text


def test_judgments_of_mt_bench_are_votes_on_the_board_and_marks_beside_it(client: Client, tmp_path: Path):
    judge = {"question_id": 81, "turn": 1, "tstamp": 1687222812.2, "judge": ["gpt-4", "pair-v2"]}
    pair = {"model_1": "vicuna-13b-v1.3", "model_2": "alpaca-13b", "g1_winner": "model_1", "g2_winner": "model_1"}
    call_command("import_votes", _file(tmp_path, "gpt-4_pair.jsonl", judge | pair))
    judge |= {"judge": ["gpt-4", "single-v1"], "user_prompt": "", "judgment": ""}
    single = [judge | {"model": pair["model_1"], "score": 8}, judge | {"model": pair["model_2"], "score": 4.5}]
    call_command("import_benchmarks", _file(tmp_path, "gpt-4_single.jsonl", *single))
    board, beside = client.get("/leaderboard/").text, _cells(client.get("/benchmarks/").text)
    assert board.index("vicuna-13b-v1.3") < board.index("alpaca-13b")
    assert {"vicuna-13b-v1.3", "8.00", "alpaca-13b", "4.50"} <= set(beside)


def test_votes_of_chatbot_arena_make_its_leaderboard_and_go_out_as_they_came(client: Client, tmp_path: Path):
    said = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]
    sides = {"model_a": "vicuna-13b", "model_b": "koala-13b", "conversation_a": said, "conversation_b": said}
    rest = {"judge": "arena_user_973", "turn": 1, "anony": True, "language": "English", "tstamp": 1682351591.1322}
    row = sides | rest | {"question_id": "58210e39b3fd4441a2bd4a518bb44c2d", "winner": "model_a"}
    call_command("import_votes", _file(tmp_path, "lmsys.jsonl", row))
    page = client.get("/leaderboard/").text
    assert page.index("vicuna-13b") < page.index("koala-13b")
    call_command("export", "--format", "lmsys-33k", "--with-imported", "--output", str(tmp_path / "out"))
    (out,) = pyarrow.parquet.read_table(tmp_path / "out/votes.parquet").to_pylist()
    assert {name: out[name] for name in (*sides, "winner")} == {name: row[name] for name in (*sides, "winner")}


def test_the_open_llm_leaderboard_stands_beside_the_ratings(client: Client, tmp_path: Path):
    _votes(tmp_path, "meta-llama/Llama-2-7b-chat-hf", "tiiuae/falcon-7b")
    table = "Model,Average ⬆️,ARC,HellaSwag,MMLU,TruthfulQA,Winogrande,GSM8K\n"
    row = "meta-llama/Llama-2-7b-chat-hf,54.0,52.9,78.6,48.3,45.6,74.6,\n"
    (tmp_path / "open_llm.csv").write_text(table + row, encoding="utf-8")
    call_command("import_benchmarks", str(tmp_path / "open_llm.csv"))
    cells = _cells(client.get("/benchmarks/").text)
    assert {"ARC", "HellaSwag", "MMLU", "TruthfulQA", "52.9", "78.6", "48.3", "45.6"} <= set(cells)


def test_the_community_table_keeps_its_blanks_beside_the_ratings(client: Client, tmp_path: Path):
    _votes(tmp_path, "alpaca-13b", "bloom-176b")
    table = "Model Name,Publisher,Open?,MMLU (few-shot),LAMBADA (zero-shot)\nalpaca-13b,Stanford,no,,\n"
    (tmp_path / "community.csv").write_text(table + "bloom-176b,BigScience,yes,0.299,\n", encoding="utf-8")
    call_command("import_benchmarks", str(tmp_path / "community.csv"))
    cells = _cells(client.get("/benchmarks/").text)
    assert cells[cells.index("bloom-176b") :].index("0.299") > 0
    assert "LAMBADA (zero-shot)" not in cells
