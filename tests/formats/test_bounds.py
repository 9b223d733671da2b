"""A packed file without a line end ends early with a sentence, whatever reads it, and never fills the memory."""

import gzip
import tracemalloc

import pytest

from arena.formats import answer_files, prompt_files
from arena.formats.benchmarks.reading import BenchmarkFile
from arena.formats.refusals import MalformedFile
from arena.formats.votes.reading import VoteFile
from ratings.errors import RatingsError
from ratings.reading import read_votes

HEADER = b"model_a,model_b,winner,prompt,response,model\n"
ROW = b'{"model_a": "x", "model_b": "y", "winner": "tie", "prompt": "p", "response": "r", "model": "x"}\n'


@pytest.fixture(scope="module")
def bombs(tmp_path_factory):
    """Eighty million signs in a hundredth of that, after nothing, after a header, and after a good row."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, start in {"a.csv": b"", "b.csv": HEADER, "a.jsonl": b"", "b.jsonl": ROW, "a.json": b'["'}.items():
        with gzip.open(folder / f"{name}.gz", "wb", compresslevel=1) as file:
            file.write(start)
            for _ in range(80):
                file.write(b"a" * 1_000_000)
    return folder


READERS = {
    "votes": lambda path: list(VoteFile(path).votes()),
    "prompts": lambda path: list(prompt_files.read(path)[1]),
    "answers": lambda path: list(answer_files.read(path)),
    "benchmarks": lambda path: list(BenchmarkFile(path).models()),
    "ratings": read_votes,
}


@pytest.mark.parametrize("name", ["a.csv", "b.csv", "a.jsonl", "b.jsonl", "a.json"])
@pytest.mark.parametrize("reader", READERS)
def test_a_file_without_a_line_end_ends_early(bombs, reader, name):
    tracemalloc.start()
    with pytest.raises((MalformedFile, RatingsError)) as refused:
        READERS[reader](bombs / f"{name}.gz")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(str(refused.value)) < 500
    # Of one JSON object by model all is read: at most 200 MB.
    assert peak < (300_000_000 if (reader, name) == ("benchmarks", "a.json") else 60_000_000)
