import json
from dataclasses import asdict

import pytest

from arena.backends.breaker import Breaker


def after(*failures):
    breaker = Breaker()
    for at in failures:
        breaker = breaker.failed(at)
    return breaker


def test_three_failures_in_a_minute_take_an_entry_out():
    assert after(0, 30).is_closed
    assert not after(0, 30, 59).is_closed


def test_three_failures_over_more_than_a_minute_do_not():
    assert after(0, 30, 60).is_closed
    assert after(0, 59, 61, 119, 121).is_closed


@pytest.mark.parametrize(("now", "may"), [(10, False), (309, False), (310, True), (9999, True)])
def test_after_five_minutes_a_probe_may_go(now, may):
    assert after(0, 5, 10).may_probe(now) is may


def test_a_working_entry_is_not_probed():
    assert not after(0, 5).may_probe(9999)


def test_one_probe_goes_at_a_time_and_a_lost_one_is_followed_by_another():
    probing = after(0, 5, 10).probing(310)
    assert not probing.is_closed
    assert [probing.may_probe(now) for now in (310, 369, 370)] == [False, False, True]


def test_a_probe_that_goes_well_brings_the_entry_back_without_a_memory():
    back = after(0, 5, 10).probing(310).probed(311, ok=True)
    assert back.is_closed
    assert back.failed(312).failed(313).is_closed


def test_a_probe_that_fails_keeps_it_out_for_as_long_again():
    out = after(0, 5, 10).probing(310).probed(311, ok=False)
    assert [out.may_probe(now) for now in (312, 610, 611)] == [False, False, True]


def test_answers_begun_before_do_not_keep_it_out_longer():
    assert after(0, 5, 10, 200).may_probe(310)


def test_it_can_be_shared_as_json():
    breaker = after(0, 5, 10).probing(310)
    stored = json.loads(json.dumps(asdict(breaker)))
    assert Breaker(**stored | {"failures": tuple(stored["failures"])}) == breaker
