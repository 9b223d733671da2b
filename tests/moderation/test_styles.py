"""How models are asked for a verdict, and that their words are read without a guess."""

import pytest

from arena.backends.base import Message
from arena.backends.prompt_templates import TEMPLATES
from arena.moderation.categories import CATEGORIES, name_of, sentence_of
from arena.moderation.styles import style, styles
from arena.moderation.verdict import Passage

GUARDS = ("llama_guard", "llama_guard_2", "llama_guard_3")
QUESTION = Message("user", "What is a tide?")
ANSWER = Passage("The sea {policy} breathes.", "answer", (QUESTION,))


@pytest.mark.parametrize(
    ("name", "said", "state", "categories"),
    [
        ("llama_guard", "safe", "safe", ()),
        ("llama_guard", "\n\nsafe\n", "safe", ()),
        ("llama_guard", "unsafe\nO3", "unsafe", ("crime",)),
        ("llama_guard", "unsafe\nO1,O6", "unsafe", ("violence", "self_harm")),
        ("llama_guard_2", "unsafe\nS4, S11", "unsafe", ("children", "sexual")),
        ("llama_guard_3", "\n\nunsafe\nS9", "unsafe", ("weapons",)),
        ("llama_guard_3", "unsafe\nS5\n", "unsafe", ("defamation",)),
        ("llama_guard_3", "Unsafe.", "unsafe", ("other",)),
        ("llama_guard_3", "", "unparsed", ()),
        ("llama_guard_3", "unsafe\nS99", "unparsed", ()),
        ("llama_guard", "unsafe\nS1", "unparsed", ()),
        ("llama_guard_3", "unsafe S1", "unparsed", ()),
        ("llama_guard_3", "safe\nS1", "unparsed", ()),
        ("llama_guard_3", "safe\n\nBut it could be unsafe.", "unparsed", ()),
        ("llama_guard_3", "This is not unsafe.", "unparsed", ()),
        ("llama_guard_3", "I cannot help with that.", "unparsed", ()),
        ("llama_guard_3", "unsafe\nS1\nS2", "unparsed", ()),
        ("policy", "unsafe\nS2, S12", "unsafe", ("crime", "sexual")),
        ("policy", "unsafe\nS3", "unparsed", ()),
        ("granite_guardian", "No", "safe", ()),
        ("granite_guardian", "Yes\n<confidence> High </confidence>", "unsafe", ("other",)),
        ("shieldgemma", "No, it does not violate the principle.", "safe", ()),
        ("shieldgemma", "Yesterday", "unparsed", ()),
        ("shieldgemma", "Maybe", "unparsed", ()),
        ("shieldgemma", " ", "unparsed", ()),
    ],
)
def test_words_are_a_verdict_only_in_the_form_that_was_asked_for(name, said, state, categories):
    verdict = style(name).read(said)
    assert (verdict.state, verdict.categories) == (state, categories)


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_knows_the_category_of_each_code_in_its_task(name):
    codes = style(name).codes
    jinja = TEMPLATES[name].jinja
    assert [code for code in codes if f"{code}: " not in jinja] == []
    assert f"{code_after(list(codes)[-1])}: " not in jinja


def code_after(code: str) -> str:
    return f"{code[0]}{int(code[1:]) + 1}"


def test_every_category_of_a_style_has_words():
    assert {category for each in styles().values() for category in each.codes.values()} <= set(CATEGORIES)
    assert str(name_of("weapons")) == "weapons"
    assert sentence_of("no such thing") == sentence_of("other")


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_gets_the_conversation_up_to_what_is_judged(name):
    assert style(name).messages(ANSWER) == (QUESTION, Message("assistant", ANSWER.text))
    assert style(name).messages(Passage("Hello"), "S1: Pineapple.") == (
        Message("system", "S1: Pineapple."),
        Message("user", "Hello"),
    )


def test_a_model_that_follows_instructions_gets_the_policy_the_prompt_and_the_answer():
    system, asked = style("policy").messages(ANSWER, "S1: is about pineapple")
    assert "S1: is about pineapple" in system.content
    assert "<prompt>\nWhat is a tide?\n</prompt>" in asked.content
    assert "<text>\nThe sea {policy} breathes.\n</text>" in asked.content


def test_the_policy_of_a_style_holds_where_an_entry_has_none():
    assert "explosives" in style("policy").messages(Passage("Hello"))[0].content
    assert "Dangerous" in style("shieldgemma").messages(ANSWER)[0].content
    assert style("granite_guardian").messages(ANSWER) == (
        Message("system", "harm"),
        QUESTION,
        Message("assistant", ANSWER.text),
    )
