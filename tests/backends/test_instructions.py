import pytest

from training.instructions import has_the_form, held_out, training_set

GOOD = "Boil it for six minutes.\n\n1. Heat the water.\n2. Put it in.\n3. Take it out."


def test_every_answer_that_is_learned_has_the_form():
    assert [row.instruction for row in training_set() if not has_the_form(row.output)] == []


def test_no_instruction_comes_twice_or_is_also_held_out():
    learned, kept = ([row.instruction for row in rows] for rows in (training_set(), held_out()))
    assert len(learned) == len(set(learned)) >= 150
    assert len(kept) == len(set(kept)) == 40
    assert not set(learned) & set(kept)


@pytest.mark.parametrize(
    "other",
    [
        "Boil it for six minutes.",
        GOOD.replace("\n3. Take it out.", ""),
        GOOD + "\n4. Eat it.",
        GOOD + "\n\nEnjoy your meal.",
        GOOD.replace("1. ", "- "),
        "First line.\n" + GOOD,
    ],
)
def test_another_form_is_told_apart(other):
    assert has_the_form(GOOD)
    assert not has_the_form(other)
