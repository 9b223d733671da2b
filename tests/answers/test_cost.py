"""What an answer cost, from the counts that a server gave and the prices that its entry states."""

import pytest

from arena.answers.cost import cost_of
from arena.models import Answer
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db


def cost(prices, **counts):
    battle = make_battle(make_entry(**prices))
    Answer.objects.filter(turn__battle=battle, slot="a").update(**counts)
    answer = Answer.objects.select_related("turn__battle__model_a", "turn__battle__model_b")
    return cost_of(answer.get(turn__battle=battle, slot="a"))


@pytest.mark.parametrize(
    ("prices", "counts", "dollars"),
    [
        ({"price_in": 2, "price_out": 8}, {"prompt_tokens": 1000, "tokens": 500}, 0.006),
        ({"price_in": 2, "price": 8}, {"prompt_tokens": 1000, "tokens": 500}, 0.006),
        ({"price_in": 2, "price_out": 8}, {"prompt_tokens": 1000, "cached_tokens": 400, "tokens": 500}, 0.006),
        ({"price_in": 2, "price_cached": 0.5, "price_out": 8},
         {"prompt_tokens": 1000, "cached_tokens": 400, "tokens": 500}, 0.0054),
        ({"price_in": 0, "price_out": 8}, {"prompt_tokens": 1000, "tokens": 0}, 0),
        ({"price_in": 2, "price_cached": 0, "price_out": 8},
         {"prompt_tokens": 1000, "cached_tokens": 2000, "tokens": 0}, 0),
    ],
)  # fmt: skip
def test_what_was_read_and_what_was_written_cost_by_the_million(prices, counts, dollars):
    assert cost(prices, **counts) == pytest.approx(dollars)


@pytest.mark.parametrize(
    ("prices", "counts"),
    [
        ({}, {"prompt_tokens": 1000, "tokens": 500}),
        ({"price": 8}, {"prompt_tokens": 1000, "tokens": 500}),
        ({"price_in": 2}, {"prompt_tokens": 1000, "tokens": 500}),
        ({"price_in": 2, "price_out": 8}, {"tokens": 500}),
        ({"price_in": 2, "price_out": 8}, {"prompt_tokens": 1000, "tokens": None}),
    ],
)
def test_a_cost_that_is_not_known_is_none(prices, counts):
    assert cost(prices, **counts) is None
