"""Characters that come in several tokens."""

import random

import pytest
from tokenizers import Tokenizer

from arena.backends.transformers_local.prompt import PromptFormat
from arena.backends.transformers_local.text import TextStream
from tests.backends.tiny_family import write_llama_tokenizer


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


@pytest.fixture(scope="module")
def llama_tokenizer(tmp_path_factory):
    """A vocabulary as Llama 2's: what it does not know is written byte by byte."""
    folder = tmp_path_factory.mktemp("llama-text")
    write_llama_tokenizer(folder)
    return PromptFormat.read(folder).tokenizer


@pytest.mark.parametrize(
    "text", ["안녕하세요, 세상!", "the cat 👩‍👩‍👧‍👦 sat", "héllo\n\twörld", "日本語の文章です。", "a  b"]
)
def test_a_vocabulary_with_byte_tokens_gives_the_text_too(llama_tokenizer, text):
    stream = TextStream(llama_tokenizer)
    pieces = [stream.add(token) for token in llama_tokenizer.encode(text, add_special_tokens=False).ids]
    assert "".join([*pieces, stream.rest()]) == text


def test_in_a_run_of_byte_tokens_each_character_is_shown_when_it_is_complete(llama_tokenizer):
    stream = TextStream(llama_tokenizer)
    pieces = [stream.add(token) for token in llama_tokenizer.encode("안녕", add_special_tokens=False).ids]
    assert [piece for piece in pieces if piece.strip()] == ["안", "녕"]


def test_a_bad_byte_takes_nothing_back(llama_tokenizer):
    tokens = [llama_tokenizer.token_to_id(f"<0x{byte:02X}>") for byte in b"N\xff\xec\x95\x88\xec"]
    tokens += llama_tokenizer.encode(" the cat", add_special_tokens=False).ids[1:]
    stream = TextStream(llama_tokenizer)
    assert "".join([*map(stream.add, tokens), stream.rest()]) == "N안 the cat"


def test_random_tokens_of_such_a_vocabulary_never_break_it(llama_tokenizer):
    rng = random.Random(1)
    for _ in range(300):
        tokens = rng.choices(range(3, llama_tokenizer.get_vocab_size()), k=30)
        stream = TextStream(llama_tokenizer)
        assert "\ufffd" not in "".join([*map(stream.add, tokens), stream.rest()])


@pytest.mark.parametrize("family", ["bytes", "llama"])
def test_special_tokens_are_no_text_but_for_those_that_part_thoughts_from_it(tokenizer, llama_tokenizer, family):
    vocabulary = Tokenizer.from_str((tokenizer if family == "bytes" else llama_tokenizer).to_str())
    vocabulary.add_special_tokens(["<think>", "</think>", "<|tool|>"])
    written = ["<think>", "I add 🙂", "</think>", "Four 🙂.", "<|tool|>"]
    stream, said = TextStream(vocabulary), ""
    for part in written:
        said += "".join(map(stream.add, vocabulary.encode(part, add_special_tokens=False).ids))
    assert (said + stream.rest()).replace(" ", "") == "<think>Iadd🙂</think>Four🙂."
