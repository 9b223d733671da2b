"""Characters that come in several tokens."""

import random

import pytest

from arena.backends.transformers_local.prompt import PromptFormat
from arena.backends.transformers_local.text import TextStream


@pytest.fixture
def tokenizer(models):
    return PromptFormat.read(models / "tiny").tokenizer


@pytest.mark.parametrize(
    "text", ["안녕하세요, 세상!", "👩‍👩‍👧‍👦 and 🙂", "def f():\n\treturn 'héllo'", "  two  spaces "]
)
def test_the_pieces_joined_are_the_text(tokenizer, text):
    stream = TextStream(tokenizer)
    pieces = [stream.add(token) for token in tokenizer.encode(text).ids]
    assert "".join([*pieces, stream.rest()]) == text
    assert not any("\ufffd" in piece for piece in pieces)


@pytest.mark.parametrize(("text", "whole"), [("cat 🙂", "cat "), ("가갂", "가")])
def test_a_character_that_was_cut_off_is_dropped(tokenizer, text, whole):
    stream = TextStream(tokenizer)
    tokens = tokenizer.encode(text).ids
    assert "".join(stream.add(token) for token in tokens[:-1]) + stream.rest() == whole


def test_bytes_that_are_no_character_are_left_out(tokenizer):
    rng = random.Random(1)
    for _ in range(300):
        tokens = rng.choices(range(tokenizer.get_vocab_size()), k=30)
        stream = TextStream(tokenizer)
        joined = "".join(stream.add(token) for token in tokens) + stream.rest()
        assert joined == tokenizer.decode(tokens).replace("\ufffd", "")
