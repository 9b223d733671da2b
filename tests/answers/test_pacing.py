import pytest

from arena.answers.events import Event
from arena.answers.pacing import CHARACTERS_A_TICK, MIN_PACE, TICK_SECONDS, Pacer, as_it_comes, paced, released
from arena.models.battles import Pacing


def text(slot, words, *, attempt=1, turn=1):
    return Event(turn, slot, attempt, "text", words)


def end(slot, kind="finished", *, attempt=1):
    return Event(1, slot, attempt, kind, html=f"<p>{slot}</p>" if kind == "finished" else "")


def pacer(*events, is_whole=False):
    made = Pacer(is_whole=is_whole)
    for event in events:
        made.put(event)
    return made


def lengths(given):
    return {slot: sum(len(e.text) for e in given if e.slot == slot) for slot in "ab"}


def test_neither_side_begins_before_the_other_has_text():
    one = pacer(text("a", "fast "))
    assert one.tick() == []
    one.put(text("b", "slow "))
    assert one.tick() == [text("a", "fast "), text("b", "slow ")]


def test_while_both_run_each_tick_gives_both_as_much_as_the_slower_has():
    one = pacer(text("a", "x" * 300), text("b", "y" * 7))
    assert lengths(one.tick()) == {"a": 7, "b": 7}
    assert one.tick() == []
    one.put(text("b", "y" * 200))
    assert lengths(one.tick()) == {"a": CHARACTERS_A_TICK, "b": CHARACTERS_A_TICK}


def test_a_side_that_is_done_still_waits_for_the_other():
    one = pacer(text("a", "x" * 300), end("a"), text("b", "y" * 5))
    assert lengths(one.tick()) == {"a": 5, "b": 5}
    assert one.tick() == []


def test_both_ends_come_when_all_of_both_is_shown():
    one = pacer(text("a", "x" * (2 * CHARACTERS_A_TICK)), end("a"), text("b", "y" * CHARACTERS_A_TICK), end("b"))
    assert one.tick() == [text("a", "x" * CHARACTERS_A_TICK), text("b", "y" * CHARACTERS_A_TICK)]
    assert one.tick() == [text("a", "x" * CHARACTERS_A_TICK), end("a"), end("b")]
    assert one.tick() == []


def test_the_longer_answer_goes_on_alone_nearly_as_both_went():
    one = pacer(text("a", "x" * 1000), end("a"))
    for _ in range(10):
        one.put(text("b", "y" * 9))
        one.tick()
    one.put(end("b"))
    assert [lengths(one.tick())["a"] for _ in range(5)] == [8] * 5


def test_beside_a_side_that_hardly_wrote_the_other_goes_on_at_least_as_one_reads():
    one = pacer(text("a", "x" * 1000), end("a"), text("b", "yyy"))
    for _ in range(20):
        one.tick()
    one.put(end("b"))
    one.put(text("b", "too late"))
    assert [lengths(one.tick())["a"] for _ in range(5)] == [MIN_PACE] * 5


@pytest.mark.parametrize("kind", ["failed", "stopped", "finished"])
def test_a_side_that_ends_without_a_word_is_told_when_the_other_has_ended_too(kind):
    one = pacer(text("a", "fast"), end("b", kind))
    assert one.tick() == []
    one.put(end("a"))
    assert one.tick() == [text("a", "fast"), end("a"), end("b", kind)]


def test_a_side_that_fails_midway_looks_like_one_that_is_short():
    failed, done = (pacer(text("a", "x" * 400), text("b", "y" * 40), end("b", kind)) for kind in ("failed", "finished"))
    assert [failed.tick() for _ in range(9)] == [done.tick() for _ in range(9)]


def test_whole_answers_come_when_both_have_ended():
    one = pacer(text("a", "fast"), end("a"), text("b", "slow"), is_whole=True)
    assert one.tick() == []
    one.put(end("b"))
    assert one.tick() == [end("a"), end("b")]


def test_an_answer_that_starts_anew_begins_with_nothing_and_both_wait_again():
    one = pacer(text("a", "one"), text("b", "two"))
    one.tick()
    one.put(Event(1, "a", 2, "restarted"))
    one.put(text("b", "three"))
    one.put(text("a", "late words of the lost worker"))
    assert one.tick() == [Event(1, "a", 2, "restarted")]
    one.put(text("a", "anew!", attempt=2))
    assert one.tick() == [text("a", "anew!", attempt=2), text("b", "three")]


def test_that_a_side_starts_anew_is_not_told_before_it_has_shown_something():
    assert pacer(text("a", "one"), Event(1, "a", 2, "restarted")).tick() == []


def test_words_that_were_taken_back_as_thoughts_are_followed_by_the_answer():
    one = pacer(text("a", "hm, "), text("b", "12345678"))
    one.tick()
    one.put(Event(1, "a", 1, "restarted"))
    one.put(text("a", "Yes."))
    assert one.tick() == [Event(1, "a", 1, "restarted"), text("a", "Yes."), text("b", "5678")]


def test_a_stopped_side_ends_with_what_was_shown_of_it():
    one = pacer(text("a", "x" * 50), text("b", "y" * 20))
    one.tick()
    one.put(text("a", "x" * 50))
    for event in (end("a", "stopped"), end("b", "stopped"), text("a", "too late")):
        one.put(event)
    assert one.tick() == [end("a", "stopped"), end("b", "stopped")]


@pytest.mark.parametrize("pieces", [["abcdef"], ["ab", "cd", "ef"], list("abcdef")])
def test_however_the_text_comes_it_arrives_whole(pieces):
    one = pacer(text("b", "b" * 1000))
    for piece in pieces:
        one.put(text("a", piece))
    one.put(end("a"))
    given = [event for _ in range(30) for event in one.tick()]
    assert "".join(e.text for e in given if e.slot == "a" and e.kind == "text") == "abcdef"
    assert "".join(e.text for e in given if e.slot == "b") == "b" * 1000


async def test_it_ends_where_the_events_end():
    async def entries():
        yield "1-0", text("a", "one")
        yield "2-0", text("b", "two")

    given = [event async for event in paced(entries(), Pacing.LOCKSTEP)]
    assert given in ([], [text("a", "one"), text("b", "two")])


def at(seconds, event):
    return f"{int(seconds * 1000)}-0", event


def test_what_is_released_at_a_moment_is_the_same_for_whoever_looks():
    entries = [at(10.01, text("a", "x" * 500)), at(10.02, text("b", "y" * 500))]
    shown = [lengths([e for _, e in released(entries, Pacing.LOCKSTEP, now=moment)]) for moment in (10.2, 10.3, 10.9)]
    assert [one["a"] for one in shown] == [one["b"] for one in shown] == [0, CHARACTERS_A_TICK, 3 * CHARACTERS_A_TICK]


def test_in_the_end_both_come_whole_and_in_as_many_parts():
    entries = [at(10 + tick * TICK_SECONDS, text("a", "ab")) for tick in range(8)]
    entries += [at(20, text("b", "z" * 16)), at(21, end("b")), at(30, end("a"))]
    given = [event for _, event in released(entries, Pacing.WHEN_DONE)]
    assert lengths(given) == {"a": 16, "b": 16}
    assert [e.slot for e in given if e.kind == "text"] == ["a"] * 8 + ["b"] * 8
    assert [e.kind for e in given[-2:]] == ["finished", "finished"]


async def live(*events, after="0"):
    async def entries():
        for number, event in enumerate(events, start=1):
            yield f"{number}-0", event

    return [entry async for entry in as_it_comes(entries(), after=after)]


async def test_live_text_comes_at_once_and_both_ends_together():
    given = await live(Event(1, "a", 1, "started"), text("a", "one"), end("a"), text("b", "two"), end("b", "failed"))
    expected = [text("a", "one"), text("b", "two"), end("a"), end("b", "failed")]
    assert [event for _, event in given] == expected


async def test_an_end_that_was_held_back_reaches_a_page_that_comes_again():
    given = await live(text("a", "one"), end("a"), text("b", "two"), end("b"), after="3-0")
    assert given == [("4-0", end("a")), ("4-0", end("b"))]
