"""The speed of imports and exports of votes: `python -m benchmarks.data [ROWS] [MILLION]`.

Each line is one command as an operator gives it, on a scratch SQLite database, with its start and its board: rows a
second over the whole of it, the time of all processors, and the most memory of its largest process, and of all of its
processes at once, shared pages counted once. ROWS votes with conversations for each format, MILLION votes without.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import numpy as np
import psutil

from arena.formats.exports.base import messages
from arena.formats.exports.writing import FORMATS, writer
from arena.formats.votes.base import TurnTexts, VoteRecord
from benchmarks.votes import WORDS, simulate

MODELS = 100
SENTENCE = "The sea is salty because rain wears rocks away and rivers carry what it takes of them down. "
Rows = Iterator[dict[str, Any]]


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    million = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="bench-data-") as made:
        folder = Path(made)
        print(f"{'':46}{'rows':>10}{'seconds':>10}{'a second':>10}{'CPU s':>10}{'peak MB':>10}{'all MB':>10}")
        imports(folder, rows)
        identity(folder, rows)
        exports(folder, rows)
        whole_million(folder, million)


def imports(folder: Path, rows: int) -> None:
    for name in FILES:
        apart(write_records, folder, name, rows)
        (path,) = folder.glob(f"in-{name}.*")
        var = new_site(folder, name)
        measure(f"import_votes --format {name}", rows, var, "import_votes", str(path), "--format", name)
        path.unlink()


def exports(folder: Path, rows: int) -> None:
    var = folder / "lmsys-33k"
    for name in (*FORMATS, "board-csv", "board-json"):
        output = str(folder / "out" / name)
        measure(f"export --format {name}", rows, var, "export", "--format", name, "--with-imported", "--output", output)


def whole_million(folder: Path, rows: int) -> None:
    path = folder / "million.csv"
    apart(write_plain, path, rows)
    var = new_site(folder, "million")
    measure("import_votes, no conversations, no board", rows, var, "import_votes", str(path), "--unpublished")
    measure("the same again: nothing new, and the board", rows, var, "import_votes", str(path))
    output = str(folder / "out" / "million")
    measure("export --format csv", rows, var, "export", "--format", "csv", "--with-imported", "--output", output)


def apart(write: Callable[..., None], *arguments: object) -> None:
    """Run the work in a process of its own: on Linux a command's peak begins at what its parent holds."""
    process = get_context("spawn").Process(target=write, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{write.__name__} failed")


def write_records(folder: Path, name: str, rows: int) -> None:
    FILES[name](folder, name, list(records(rows)))


def write_plain(path: Path, rows: int) -> None:
    votes = simulate(MODELS, rows, styled=False)
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["model_a", "model_b", "winner"])
        table.writerows(zip(votes.names[votes.a], votes.names[votes.b], WORDS[votes.outcome], strict=True))


def new_site(folder: Path, name: str) -> Path:
    var = folder / name
    var.mkdir()
    run(var, "migrate", "-v0")
    return var


def identity(folder: Path, rows: int) -> None:
    """Print what it costs to know votes by what they say, as a share of the import of the same rows without it."""
    for name in ("lmsys-33k", "csv"):
        apart(write_records, folder, name, rows)
        (path,) = folder.glob(f"in-{name}.*")
        var = new_site(folder, f"identity-{name}")
        environment = os.environ | {"ARENA_VAR": str(var), "DJANGO_SETTINGS_MODULE": "arena.settings"}
        subprocess.run([sys.executable, "-m", "benchmarks.identity", str(path)], env=environment, check=True)
        path.unlink()


def measure(what: str, rows: int, var: Path, *command: str) -> None:
    start = time.perf_counter()
    usage, together = run(var, *command)
    seconds = time.perf_counter() - start
    processors = usage.ru_utime + usage.ru_stime
    peaks = f"{usage.ru_maxrss / 1024:10.0f}{together / 2**20:10.0f}"
    print(f"{what:46}{rows:10,}{seconds:10.1f}{rows / seconds:10,.0f}{processors:10.1f}{peaks}", flush=True)


def run(var: Path, *command: str) -> tuple[resource.struct_rusage, int]:
    """Run `manage.py` to its end and return what it used, and the most memory of all its processes at once in bytes."""
    environment = os.environ | {"ARENA_VAR": str(var), "REDIS_URL": "redis://127.0.0.1:1/0"}
    # As `manage.py up` runs the worker that publishes.
    environment |= {"OPENBLAS_NUM_THREADS": "1"}
    with (var / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "manage.py", *command], env=environment, stdout=log, stderr=log)
        together = Thread(target=watch, args=(process.pid, peaks := [0]))
        together.start()
        _, status, usage = os.wait4(process.pid, 0)
        together.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{(var / 'log').read_text()}")
    return usage, peaks[0]


def watch(pid: int, peaks: list[int]) -> None:
    """Keep the most memory that the process and its children have at once, until it has ended."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while True:
            peaks[0] = max(peaks[0], sum(map(own_share, [process, *process.children(recursive=True)])))
            time.sleep(0.1)


def own_share(process: psutil.Process) -> int:
    """Return the process's memory, what it shares with others counted in parts; 0 where it has ended."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def records(rows: int) -> Iterator[VoteRecord]:
    """Yield votes with conversations. One in five has two turns; an answer has some 600 characters."""
    votes = simulate(MODELS, rows, styled=False)
    lengths = np.random.default_rng(1).integers(2, 12, (rows, 2)).tolist()
    for row in range(rows):
        answers = [SENTENCE * length for length in lengths[row]]
        turn = TurnTexts(f"Question {row}: why is the sea so salty everywhere?", *answers)
        yield VoteRecord(
            str(votes.names[votes.a[row]]),
            str(votes.names[votes.b[row]]),
            str(WORDS[votes.outcome[row]]),
            id=str(UUID(int=row + 1)),
            judge=f"judge-{row % 1000}",
            cast_at=datetime.fromtimestamp(1.7e9 + row, UTC),
            turns=(turn, turn) if row % 5 == 0 else (turn,),
            language="en",
        )


def exported(folder: Path, name: str, votes: list[VoteRecord], *, format: str = "") -> Path:
    """Write a file in a format that the arena exports too, and return its path."""
    known = FORMATS[format or name]
    path = folder / f"in-{name}.{known.kind}"
    with writer(known, path) as write:
        for vote in votes:
            for row in known.rows(vote):
                write(row)
    return path


def lines(folder: Path, name: str, rows: Rows) -> Path:
    path = folder / f"in-{name}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)
    return path


def kaggle(folder: Path, name: str, votes: list[VoteRecord]) -> Path:
    path = folder / f"in-{name}.csv"
    choices = {"winner_model_a": "model_a", "winner_model_b": "model_b"}
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "model_a", "model_b", "prompt", "response_a", "response_b", *choices, "winner_tie"])
        for vote in votes:
            texts = ([getattr(turn, part) for turn in vote.turns] for part in ("user_text", "answer_a", "answer_b"))
            won = [int(vote.choice == choice) for choice in choices.values()]
            table.writerow([vote.id, vote.model_a, vote.model_b, *map(json.dumps, texts), *won, int(not any(won))])
    return path


def row_100k(vote: VoteRecord) -> dict[str, Any]:
    return {
        "question_id": vote.id,
        "model_a": vote.model_a,
        "model_b": vote.model_b,
        "winner": vote.choice,
        "conversation_a": json.dumps(messages(vote, "a")),
        "conversation_b": json.dumps(messages(vote, "b")),
        "judge_hash": vote.judge,
        "tstamp": 1.7e9,
    }


def row_mt_bench(vote: VoteRecord) -> dict[str, Any]:
    row = row_100k(vote) | {"judge": vote.judge, "turn": len(vote.turns)}
    del row["judge_hash"], row["tstamp"]
    return row | {"conversation_a": messages(vote, "a"), "conversation_b": messages(vote, "b")}


def row_autoarena(vote: VoteRecord) -> dict[str, Any]:
    turn = vote.turns[0]
    texts = {"prompt": turn.user_text, "response_a": turn.answer_a, "response_b": turn.answer_b}
    winner = {"model_a": "A", "model_b": "B"}.get(vote.choice, "-")
    return {"model_a": vote.model_a, "model_b": vote.model_b, "judge": vote.judge, "winner": winner, **texts}


def row_annotation(vote: VoteRecord) -> dict[str, Any]:
    turn = vote.turns[0]
    outputs = {"instruction": turn.user_text, "output_1": turn.answer_a, "output_2": turn.answer_b}
    preference = {"model_a": 1.0, "model_b": 2.0}.get(vote.choice, 1.5)
    return {"generator_1": vote.model_a, "generator_2": vote.model_b, "preference": preference, **outputs}


FILES: dict[str, Callable[[Path, str, list[VoteRecord]], Path]] = {
    "lmsys-33k": exported,
    "kaggle-55k": kaggle,
    "arena-100k": lambda folder, name, votes: lines(folder, name, map(row_100k, votes)),
    "arena-140k": lambda folder, name, votes: exported(folder, name, votes, format="lmsys-140k"),
    "mt-bench-judgments": lambda folder, name, votes: lines(folder, name, map(row_mt_bench, votes)),
    "alpaca-eval-annotations": lambda folder, name, votes: lines(folder, name, map(row_annotation, votes)),
    "autoarena": lambda folder, name, votes: lines(folder, name, map(row_autoarena, votes)),
    "csv": exported,
}


if __name__ == "__main__":
    main()
