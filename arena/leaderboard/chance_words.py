"""A chance as pages print it."""


def chance_in_words(percent: float) -> str:
    """Such as "64", and never 0 or 100: no rating makes anything certain."""
    if percent < 0.5:
        return "<1"
    return ">99" if percent >= 99.5 else f"{percent:.0f}"
