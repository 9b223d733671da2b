"""The rules are as good as docs/methodology.md says, on prompts that they were not written with."""

import re
from pathlib import Path

from arena.categories import RULES_VERSION
from benchmarks.categories import JUDGED, sample, score

METHODOLOGY = Path(__file__).resolve().parents[2] / "docs" / "methodology.md"
ROW = re.compile(r"^\| (\w+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


def stated():
    rows = ROW.findall(METHODOLOGY.read_text(encoding="utf-8"))
    return {
        key: (int(labelled), float(precision), float(recall), float(f1))
        for key, labelled, precision, recall, f1 in rows
    }


def test_the_rules_are_no_worse_than_stated_on_what_was_held_out():
    scores = score(sample(held_out=True))
    for key, (labelled, *shares) in stated().items():
        of = scores[key]
        assert of.labelled == labelled
        assert all(
            round(found, 2) >= share for found, share in zip((of.precision, of.recall, of.f1), shares, strict=True)
        ), key


def test_every_category_that_is_judged_has_its_figures():
    assert set(stated()) == set(JUDGED)


def test_the_figures_are_those_of_these_rules():
    assert f'"{RULES_VERSION}"' in METHODOLOGY.read_text(encoding="utf-8")


def test_a_third_is_held_out_and_no_prompt_is_in_both_parts():
    seen, held_out = ({prompt.text for prompt in sample(held_out=part)} for part in (False, True))
    assert len(seen) + len(held_out) == 448
    assert not seen & held_out
    assert 0.3 < len(held_out) / 448 < 0.37
