"""What is looked up first, for speed, hides nothing of what the slow expressions find: each rule beside a slow twin."""

import pytest

from arena.categories import code, creative, instructions, mathematics
from arena.categories.prompt import read
from benchmarks.categories import sample

PROMPTS = [read([prompt.text]) for held_out in (False, True) for prompt in sample(held_out=held_out)]
SENTENCES = [
    "Finish the verse for me.",
    "Reply in lower case.",
    "Put one name per line.",
    "Write it in a single paragraph.",
    "Answer with headings.",
    "No emojis.",
    "Describe a vivid dream.",
    "Take on the role of a king.",
    "Roleplay with me.",
    "Tell me what happens next.",
    "Refactor this to be object-oriented.",
    "There is a race condition here.",
    "Use a while loop.",
    "Why does brew install fail on my laptop?",
    "What is 8 choose 3?",
    "Convert 5 miles to feet.",
    "How many feet are there in a mile?",
    "What is the area of the circle?",
]


@pytest.mark.parametrize(
    "prompt", [*PROMPTS, *map(read, zip(SENTENCES, strict=True))], ids=lambda prompt: ascii(prompt.text[:30])
)
def test_a_quick_look_finds_what_the_slow_one_finds(prompt):
    text = prompt.lowered
    if instructions._ENGLISH.search(text):
        assert instructions._may_match(prompt)
    if creative._ROLE.search(text) or creative._ASKED.search(text) or creative._TITLE.search(text):
        assert not prompt.terms.isdisjoint(creative._SIGNS)
    if code._PHRASES.search(text):
        assert not prompt.terms.isdisjoint(code._PHRASE_SIGNS)
    if code._SHAPES.search(prompt.text):
        assert code._PUNCTUATION.search(prompt.text)
    if mathematics._PHRASES.search(text):
        assert mathematics._DIGIT.search(text) or not prompt.terms.isdisjoint(mathematics._PHRASE_SIGNS)
    if mathematics._SHAPES.search(prompt.prose):
        assert mathematics._SYMBOL.search(prompt.prose)
