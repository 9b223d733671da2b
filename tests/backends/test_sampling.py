"""Which token comes next, on four tokens with known chances."""

from collections import Counter

import pytest

from arena.backends.base import Decoding

CHANCES = [0.1, 0.6, 0.05, 0.25]


def draw(times, **decoding):
    """How often each token was drawn, as shares."""
    import torch

    from arena.backends.transformers_local.sampling import next_token

    rng = torch.Generator().manual_seed(1)
    logits = torch.tensor(CHANCES).log() + 100  # models' logits may lie anywhere
    drawn = Counter(next_token(logits, Decoding(**decoding), rng) for _ in range(times))
    return [drawn[token] / times for token in range(4)]


def test_temperature_zero_takes_the_likeliest():
    assert draw(20, temperature=0) == [0, 1, 0, 0]


def test_temperature_one_draws_with_the_models_own_chances():
    assert draw(4000, temperature=1, top_p=1) == pytest.approx(CHANCES, abs=0.03)


def test_a_high_temperature_flattens_the_chances():
    flat = [chance**0.5 for chance in CHANCES]
    assert draw(4000, temperature=2, top_p=1) == pytest.approx([f / sum(flat) for f in flat], abs=0.03)


@pytest.mark.parametrize(("top_p", "kept"), [(0.5, {1}), (0.7, {1, 3}), (0.9, {0, 1, 3}), (0.99, {0, 1, 2, 3})])
def test_top_p_keeps_the_fewest_likeliest_tokens_that_reach_it(top_p, kept):
    shares = draw(1000, temperature=1, top_p=top_p)
    assert {token for token, share in enumerate(shares) if share} == kept
    whole = sum(CHANCES[token] for token in kept)
    assert [shares[token] for token in kept] == pytest.approx([CHANCES[token] / whole for token in kept], abs=0.06)


def test_a_tiny_temperature_is_nearly_greedy_and_never_breaks():
    assert draw(20, temperature=2e-38, top_p=0.9) == [0, 1, 0, 0]
