"""What a page is sent of answers while they grow."""

from arena.answers.events import Event
from arena.answers.growing import Page, merged
from arena.markup import render_answer
from tests.answers.shown import Shown


def event(kind, text="", *, slot="a", attempt=1, html=""):
    return Event(1, slot, attempt, kind, text, html)


def sent(*events):
    page = Page()
    return [message for message in map(page.message, events) if message]


def test_the_first_words_begin_the_page_and_the_next_say_only_what_is_new():
    first, second = sent(event("text", "so **bo"), event("text", "ld"))
    assert first["whole"] is True
    assert second == {"turn": 1, "slot": "a", "attempt": 1, "kind": "text", "html": "ld"}


def test_the_end_brings_what_the_page_has_not_and_the_language():
    text = "The sea is **wide** and deep, and so it is.\n\nIt is *salty* too."
    page = Shown()
    messages = sent(event("text", text), event("finished", html=render_answer(text)))
    for message in messages:
        page.add(message)
    assert f'<div lang="en">{page.html("a")}</div>' == render_answer(text)
    assert messages[1]["lang"] == "en"
    assert len(messages[1]["html"]) < 10


def test_an_end_without_words_before_it_is_the_whole():
    (message,) = sent(event("finished", html="<p>All.</p>"))
    assert message["whole"] is True


def test_the_other_side_and_another_attempt_have_pages_of_their_own():
    messages = sent(
        event("text", "a one"), event("text", "b one", slot="b"), event("text", "two", attempt=2), event("text", "late")
    )
    assert [
        message["html"].endswith(end) for message, end in zip(messages, ("a one", "b one", "two"), strict=True)
    ] == [True] * 3


def test_of_many_events_a_page_hears_each_answer_once_and_then_the_ends():
    told = merged(
        [
            event("started"),
            event("text", "lost"),
            event("restarted"),
            event("failed", slot="b"),
            event("text", "o", attempt=2),
            event("text", "lost too"),
            event("text", "ne", attempt=2),
            event("finished", attempt=2),
        ]
    )
    assert [(one.kind, one.text, one.slot) for one in told] == [
        ("text", "one", "a"),
        ("finished", "", "a"),
        ("failed", "", "b"),
    ]


def test_words_that_are_taken_back_in_the_same_attempt_are_gone():
    page = Shown()
    for message in sent(event("text", "thoughts"), *merged([event("restarted"), event("text", "An answer")])):
        page.add(message)
    assert page.text("a") == "An answer"
