"""Answers that say who wrote them are found in ten languages, and those that only speak of a name are not."""

import time

import pytest

from arena.votes.self_identification import EntryNames, Said, who_it_says
from benchmarks.self_naming import gold, score

SMOL = EntryNames(frozenset({"SmolLM2 135M, brief"}), frozenset({"Hugging Face"}))
LARGE = ("de", "en", "es", "fr", "ko", "zh")


@pytest.fixture(scope="module")
def lines():
    return gold()


def test_the_gold_set_has_a_hundred_lines_of_each_kind_in_six_languages(lines):
    for language in LARGE:
        innocent = sum(line.label is Said.NOTHING for line in lines if line.language == language)
        assert innocent >= 100
        assert sum(line.language == language for line in lines) - innocent >= 100
    assert len({line.language for line in lines}) == 10


def test_nine_in_ten_are_found_and_few_others(lines):
    result = score(lines)
    assert result.recall >= 0.90
    assert result.precision >= 0.95


@pytest.mark.parametrize("language", LARGE)
def test_each_large_language_is_found_well(lines, language):
    assert score(line for line in lines if line.language == language).recall >= 0.85


def test_what_the_rules_were_not_written_with_is_found_as_well(lines):
    result = score(line for line in lines if line.is_held_out)
    assert (result.recall >= 0.90, result.precision >= 0.95) == (True, True)


def said(answer, prompt=""):
    return who_it_says(answer, SMOL, prompt=prompt)


def test_a_claim_of_another_name_is_told_apart():
    assert said("I'm SmolLM.") is Said.ITSELF
    assert said("I am ChatGPT, trained by OpenAI.") is Said.ANOTHER
    assert said("I am a helpful assistant.") is Said.NOTHING


def test_an_alias_in_another_script_is_a_name_of_the_entry():
    names = EntryNames(frozenset({"Heron 7B", "헤론"}))
    assert who_it_says("저는 헤론입니다.", names) is Said.ITSELF
    assert who_it_says("저는 헤론을 봤습니다.", names) is Said.NOTHING


def test_a_name_is_known_without_its_size_and_not_by_any_word_in_it():
    names = EntryNames(frozenset({"Curious Heron Large 7B"}))
    assert who_it_says("I am Curious Heron.", names) is Said.ITSELF
    assert who_it_says("I am curious.", names) is Said.NOTHING


def test_what_the_prompt_asks_decides_over_a_short_answer():
    assert said("Yes, I am.", "Are you SmolLM?") is Said.ITSELF
    assert said("No, I am not.", "Are you SmolLM?") is Said.NOTHING
    assert said("Yes, in some ways.", "Are you better than SmolLM?") is Said.NOTHING
    assert said("Hugging Face.", "Who made you?") is Said.ITSELF
    assert said("Hugging Face.", "Who made the Transformers library?") is Said.NOTHING


@pytest.mark.parametrize(
    "denial",
    [
        "I can't say whether I am SmolLM.",
        "If I was trained by Hugging Face, I do not know it.",
        "Ich wurde nicht von Hugging Face entwickelt.",
        "Je ne peux pas dire si je suis SmolLM.",
        "No fui creado por Hugging Face.",
        "저는 SmolLM이 아닙니다.",
        "我不是由Hugging Face训练的。",
    ],
)
def test_who_denies_or_doubts_a_name_has_not_given_it(denial):
    assert said(denial) is Said.NOTHING


def test_a_story_a_translation_and_code_speak_for_others():
    assert said("I am SmolLM, the smallest of dragons.", "Write a story about a dragon.") is Said.NOTHING
    assert said("Je suis SmolLM.", "Translate into French: I am SmolLM.") is Said.NOTHING
    assert said('```\nprint("I am SmolLM")\n```') is Said.NOTHING
    assert said("As a model trained by Hugging Face, I write no stories.", "Write a story.") is Said.ITSELF


def test_signs_that_nobody_sees_and_markup_hide_no_name():
    for hidden in ("I am **Smol\u200bLM**.", "I\u2019m S-m-o-l-L-M.", "My name is ＳｍｏｌＬＭ.", "I am “SmolLM”"):
        assert said(hidden) is Said.ITSELF, hidden


@pytest.mark.parametrize(
    "part",
    [
        "I am ",
        "i am a model SmolLM by ",
        '"',
        "`",
        "SmolLM ",
        "a-b-",
        "저는 ",
        "我是",
        "x: y\n",
        "my maker, my maker ",
        "*",
        "n't ",
    ],
)
def test_a_long_text_of_one_thing_over_and_over_is_read_in_no_time(part):
    text = part * (400_000 // len(part))
    start = time.process_time()
    said(text + "SmolLM")
    assert time.process_time() - start < 2
