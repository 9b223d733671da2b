"""What an answer cost, by its entry's prices and the tokens that its server counted."""

from arena.models import Answer

_MILLION = 1_000_000


def cost_of(answer: Answer) -> float | None:
    """Return the US dollars that the answer cost; None where a price or a count is not known.

    Tokens that the server had read before cost `price_cached`, and as much as the others where that is not stated.
    Thoughts are among the tokens that are written.
    """
    entry = answer.entry
    price_out = entry.price if entry.price_out is None else entry.price_out
    if entry.price_in is None or price_out is None or answer.prompt_tokens is None or answer.tokens is None:
        return None
    price_cached = entry.price_in if entry.price_cached is None else entry.price_cached
    cached = min(answer.cached_tokens or 0, answer.prompt_tokens)
    read = (answer.prompt_tokens - cached) * entry.price_in + cached * price_cached
    return (read + answer.tokens * price_out) / _MILLION
