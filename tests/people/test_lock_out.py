"""The count of wrong tries, which real guesses share over all processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from arena.people.lock_out import CannotCount, LockedOut, one_try


def is_looked_at(name="mina", address="192.0.2.1"):
    """Whether a wrong try is looked at before it is refused."""
    try:
        with one_try("password", name, address):
            raise KeyError
    except LockedOut:
        return False
    except KeyError:
        return True


def test_of_guesses_that_come_at_once_five_are_looked_at():
    with ThreadPoolExecutor(20) as guessers:
        assert sum(guessers.map(lambda _: is_looked_at(), range(40))) == 5


def test_guesses_of_one_name_from_everywhere_end_at_fifty():
    assert sum(is_looked_at(address=f"192.0.2.{place}") for place in range(60)) == 50


def test_guesses_at_all_names_from_one_address_end_at_fifty():
    assert sum(is_looked_at(name=f"person {place}") for place in range(60)) == 50


def test_whoever_goes_on_at_one_address_locks_the_name_there_alone():
    assert sum(is_looked_at() for _ in range(60)) == 5
    assert is_looked_at(address="192.0.2.2")


def test_a_name_is_the_same_however_it_is_written():
    assert sum(is_looked_at(name=name) for name in ("mina", "Mina", " MINA ", "mina", "mina", "mina")) == 5


def test_right_tries_take_nothing_away():
    for _ in range(20):
        with one_try("password", "mina", "192.0.2.1"):
            pass
    assert is_looked_at()


@pytest.mark.usefixtures("no_redis")
def test_what_cannot_be_counted_is_refused():
    with pytest.raises(CannotCount), one_try("password", "mina", "192.0.2.1"):
        pass
