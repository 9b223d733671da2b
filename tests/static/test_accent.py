"""The colours that an accent is measured against are those of the pages, and every accent that passes can be read."""

import re
from pathlib import Path

import pytest

from arena.face.colours import DARK, LEAST, LIGHT, contrast, holds, nearest, normal, on_accent

CSS = (Path(__file__).resolve().parents[2] / "arena" / "static" / "arena" / "arena.css").read_text("utf-8")


def token(name):
    return re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", CSS).groups()


def test_the_accent_is_measured_against_what_stands_behind_it():
    behind = [token(name) for name in ("paper", "raised", "code")]
    assert LIGHT.backgrounds == tuple(light for light, _ in behind)
    assert DARK.backgrounds == tuple(dark for _, dark in behind)


def test_our_own_accent_holds_in_both_themes():
    light, dark = token("accent")
    assert holds(light, LIGHT)
    assert holds(dark, DARK)
    assert (on_accent(light), on_accent(dark)) == token("on-accent")


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WebAIM's checker says 4.47 cut off


@pytest.mark.parametrize("colour", ["#ffff00", "#ff8800", "#00ff00", "#0000ff", "#ff00ff", "#000000", "#ffffff"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_nearest_colour_holds_and_keeps_its_hue(colour, theme):
    found = nearest(colour, theme)
    assert holds(found, theme)
    assert min(contrast(found, behind) for behind in theme.backgrounds) >= LEAST
    assert found == colour or contrast(found, theme.backgrounds[-1]) < LEAST + 0.15, "and no step further than it must"


@pytest.mark.parametrize(
    ("typed", "colour"), [("#0F5", "#00ff55"), (" 0f5f5c ", "#0f5f5c"), ("teal", None), ("", None)]
)
def test_a_colour_is_read_however_it_is_typed(typed, colour):
    assert normal(typed) == colour
