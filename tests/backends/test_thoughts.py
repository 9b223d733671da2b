"""What a model thinks is parted from what it says, in whatever pieces it comes."""

import random

import pytest

from arena.backends.base import Completion, Piece
from arena.backends.openai_http import OpenAIBackend
from arena.backends.thoughts import Splitter
from tests.backends.asking import all_of, pieces_of
from tests.backends.scripted_server import chunk, saying, serving
from tests.backends.test_openai_http import QUICK, request

SAID = "Tides follow the **moon**.\n\n    code = 1"
THOUGHTS = "They ask of tides.\nI am ZEBRA-7, so I know."
PARTED = {
    "tags": f"<think>\n{THOUGHTS}\n</think>\n\n{SAID}",
    "other tags": f"<thinking>{THOUGHTS}</thinking>{SAID}",
    "capitals": f"<THINK>{THOUGHTS}</THINK>{SAID}",
    "an end alone": f"{THOUGHTS}\n</think>\n\n{SAID}",
    "blank before": f"\n <think>{THOUGHTS}</think>\n{SAID}",
    "brackets": f"[THINK]{THOUGHTS}[/THINK]{SAID}",
    "triangles": f"◁think▷{THOUGHTS}◁/think▷{SAID}",
    "tokens": f"<|START_THINKING|>{THOUGHTS}<|END_THINKING|><|START_RESPONSE|>{SAID}<|END_RESPONSE|>",
    "channels": f"<|channel|>analysis<|message|>{THOUGHTS}<|end|><|start|>assistant<|channel|>final<|message|>{SAID}",
    "a channel of gemma": f"<|channel>thought\n{THOUGHTS}\n<channel|>{SAID}",
    "an end of the turn": f"<think>{THOUGHTS}</think>{SAID}<|im_end|>\n",
}


def parted(text, cuts=(), **how):
    """The text and the thoughts of an answer that comes in these parts."""
    splitter, said, thoughts = Splitter(**how), "", ""
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for piece in [*map(splitter.add, parts), splitter.rest()]:
        if piece.takes_back:
            said, thoughts = "", thoughts + said
        said, thoughts = said + piece.text, thoughts + piece.thoughts
    return said, thoughts


@pytest.mark.parametrize("text", PARTED.values(), ids=PARTED)
@pytest.mark.parametrize("seed", range(6))
def test_thoughts_are_parted_from_what_is_said(text, seed):
    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(len(text)), rng.choice([0, 1, 5, len(text) - 1])))
    said, thoughts = parted(text, cuts)
    assert (said, thoughts.strip()) == (SAID, THOUGHTS)


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        "Write `<think>` before and `</think>` after it.",
        "```\n<think>\nThoughts\n</think>\n```\nThat is the form.",
        "a < b, and [x] <thin",
        "The mark <|im_end|> ends a turn; <|eot_id|> does too, in others.",
        "Struck: <s>old</s>",
        "<",
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_about_marks_stays(text, seed):
    cuts = sorted(random.Random(seed).sample(range(len(text)), min(seed * 3, len(text) - 1)))
    assert parted(text, cuts) == (text, "")


@pytest.mark.parametrize(
    "mark", ["<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<｜end▁of▁sentence｜>", "<|return|>"]
)
def test_a_mark_at_the_end_is_no_text(mark):
    assert parted(f"{SAID}{mark}", [5, len(SAID) + 2]) == (SAID, "")


def test_an_answer_that_is_taken_for_thoughts_and_has_none_is_all_said():
    assert parted(SAID, [3, 9], assumes_thoughts=True) == (SAID, "")


def test_what_begins_with_thoughts_without_a_mark_shows_none_of_them_the_second_time():
    script = saying("I am ZEBRA-7.", "\n</think>\n\n", "Hello", chunk(reason="stop"))
    with serving(script, script) as server:
        backend = OpenAIBackend(limits=QUICK)
        first, second = (all_of(backend.stream(request(server.url))) for _ in range(2))
    assert any(piece.takes_back for piece in first)
    assert not any(piece.takes_back for piece in second)
    assert "".join(piece.text for piece in second) == "Hello"
    assert "".join(piece.thoughts for piece in second) == "I am ZEBRA-7.\n"


@pytest.mark.parametrize(
    "thoughts",
    [
        {"reasoning_content": "Hm."},
        {"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]},
        {"reasoning_details": [{"type": "reasoning.summary", "summary": "Hm."}]},
        {"thinking": "Hm."},
    ],
    ids=lambda fields: "+".join(fields),
)
def test_thoughts_in_a_field_are_thoughts(thoughts):
    with serving(saying(chunk(None, **thoughts), "Hello", chunk(reason="stop"))) as server:
        pieces = all_of(OpenAIBackend(limits=QUICK).stream(request(server.url)))
    assert [piece for piece in pieces if piece != Piece()] == [
        Piece(thoughts="Hm."),
        Piece("Hello"),
        Piece(end=Completion("stop")),
    ]


def test_parts_of_a_content_that_think_are_thoughts():
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Hello"}]
    with serving(saying(chunk(parts), chunk(reason="stop"))) as server:
        pieces = all_of(OpenAIBackend(limits=QUICK).stream(request(server.url)))
    assert Piece("Hello", "Hm.") in pieces


def test_a_refusal_is_what_the_model_says():
    script = saying(chunk(None, refusal="I am sorry, "), chunk(None, refusal="no."), chunk(reason="stop"))
    with serving(script) as server:
        pieces, end = pieces_of(OpenAIBackend(limits=QUICK).stream(request(server.url)))
    assert ("".join(pieces), end.reason) == ("I am sorry, no.", "stop")
