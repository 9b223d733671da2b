"""Nobody can keep a worker busy with a prompt."""

import random
import time

import pytest

from arena.categories import categories_of

SIZE = 100_000
#: On an idle core; the least of some runs leaves out what the machine did meanwhile.
SECONDS = 0.05
RUNS = 5
PIECES = [
    *("a", " ", "1", "1 ", "1,", "(", "[1", "<", "$", "$a^", "`", "`a\n", "```\n", "\t \n", "\0", "Ab", "x=1 "),
    *("中", "あ", "가", "가나다라마바사 ", "😀", "ы", "e\u0301", "\ud800"),
    *(
        "write ",
        "write a very long thing about ",
        "show that ",
        "in a ",
        "reply ",
        "only ",
        "how many 1 ",
        "you are a x ",
    ),
    *("SELECT a ", "function a(", "def a", "aError", "if (", "a an the short ", "convert 1,1,1"),
]


def seconds(*turns):
    start = time.process_time()
    categories_of(turns)
    return time.process_time() - start


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_hundred_thousand_characters_take_little_time(piece):
    categories_of(["This loads the model of languages, once."])
    text = (piece * SIZE)[:SIZE]
    assert min(seconds(text) for _ in range(RUNS)) < SECONDS


def test_a_hundred_thousand_characters_of_anything_take_little_time():
    rng = random.Random(1)
    text = "".join(rng.choice("ab1 ({[=가中あы`$\\\n.,?") for _ in range(SIZE))
    assert min(seconds(text) for _ in range(RUNS)) < SECONDS


def test_many_messages_take_little_time():
    turns = ["Write a story about 3 + 4. " * 4000] * 50
    assert min(seconds(*turns) for _ in range(RUNS)) < SECONDS
