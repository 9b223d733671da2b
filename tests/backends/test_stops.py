"""Stop strings in text that comes in pieces."""

import random

import pytest

from arena.backends.transformers_local.stops import StopStrings


def through(stops, pieces):
    """All that is shown, and whether it was stopped."""
    stream = StopStrings(stops)
    return "".join([stream.add(piece) for piece in pieces] + [stream.rest()]), stream.has_stopped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I am well.\nUser: and", "I am well."),
        ("I am well.\nUse", "I am well.\nUse"),
        ("\n\nUser:", "\n"),
        ("\nUser:", ""),
        ("Users: 3", "Users: 3"),
        ("", ""),
    ],
)
def test_the_text_ends_before_the_stop(text, shown):
    assert through(["\nUser:", "### In"], text) == (shown, shown != text)


def test_text_is_shown_as_soon_as_no_stop_can_begin_with_it():
    stream = StopStrings(["\nUser:"])
    assert [stream.add(piece) for piece in ["well", "\nUs", "eful", "\n"]] == ["well", "", "\nUseful", ""]
    assert stream.rest() == "\n"


def test_nothing_is_shown_after_a_stop():
    stream = StopStrings(["##"])
    assert [stream.add("a##b"), stream.add("c"), stream.rest()] == ["a", "", ""]


def test_of_stops_that_end_together_the_longest_counts():
    assert through(["USER:", " USER:"], ["hi USER:"]) == ("hi", True)


@pytest.mark.parametrize("stops", [[], [""]])
def test_without_stops_everything_is_shown_at_once(stops):
    assert StopStrings(stops).add("\nUser:") == "\nUser:"


def test_how_the_text_is_cut_into_pieces_changes_nothing():
    rng = random.Random(1)
    for _ in range(2000):
        stops = ["".join(rng.choices("ab", k=rng.randint(1, 4))) for _ in range(rng.randint(1, 3))]
        text = "".join(rng.choices("abc", k=12))
        cut = rng.randint(0, 12)
        ends = [(text.find(s) + len(s), text.find(s)) for s in stops if s in text]
        expected = text[: min(ends)[1]] if ends else text
        for pieces in (text, [text], [text[:cut], text[cut:]]):
            assert through(stops, pieces) == (expected, bool(ends))
