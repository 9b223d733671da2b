import pytest

from arena.answers.events import Event
from arena.answers.pacing import CHARACTERS_A_TICK, Pacer, paced
from arena.models.battles import Pacing


def text(slot, words, *, attempt=1, turn=1):
    return Event(turn, slot, attempt, "text", words)


def end(slot, kind="finished", *, attempt=1):
    return Event(1, slot, attempt, kind, html=f"<p>{slot}</p>" if kind == "finished" else "")


def pacer(*events, is_whole=False, shown=()):
    made = Pacer(is_whole=is_whole, shown=dict(shown))
    for event in events:
        made.put(event)
    return made


def test_neither_side_begins_before_the_other_has_text():
    one = pacer(text("a", "fast "))
    assert one.tick() == []
    one.put(text("b", "slow "))
    assert one.tick() == [text("a", "fast "), text("b", "slow ")]


def test_a_side_that_fails_does_not_hold_up_the_other():
    one = pacer(text("a", "fast"), end("b", "failed"))
    assert one.tick() == [text("a", "fast"), end("b", "failed")]


def test_both_go_on_in_equal_steps_and_end_only_when_all_is_shown():
    one = pacer(text("a", "x" * (2 * CHARACTERS_A_TICK)), end("a"), text("b", "y" * CHARACTERS_A_TICK), end("b"))
    assert one.tick() == [
        text("a", "x" * CHARACTERS_A_TICK),
        text("b", "y" * CHARACTERS_A_TICK),
        end("b"),
    ]
    assert one.tick() == [text("a", "x" * CHARACTERS_A_TICK), end("a")]
    assert one.tick() == []


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
    assert one.tick() == [Event(1, "a", 2, "restarted")]
    one.put(text("a", "anew", attempt=2))
    assert one.tick() == [text("a", "anew", attempt=2), text("b", "three")]


def test_what_a_page_has_shown_is_not_sent_again():
    shown = {(1, "a", 1): 6, (1, "b", 1): 2}
    one = pacer(text("a", "four"), text("a", "five"), text("b", "two"), shown=shown)
    assert one.tick() == [text("a", "ve"), text("b", "o")]


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

    assert [event async for event in paced(entries(), Pacing.LOCKSTEP, {})] == []
