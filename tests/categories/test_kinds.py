"""Prompts that mislead a rule that looks at words only, and what the pages may rely on."""

import pytest

from arena.categories import CATEGORIES, categories_of

KINDS = {category.key for category in CATEGORIES.values() if category.group == "kind"}


def kinds_of(*turns):
    return categories_of(turns) & KINDS


@pytest.mark.parametrize(
    "prompt",
    [
        "What class should I take next semester, music or art?",
        "How do people react in class when someone cries?",
        "The string broke on my guitar, where is the nearest shop?",
        "what does the error code E24 on my dishwasher mean",
        "My phone has a memory error and the app does not start",
        "how old was Napoleon when he died in 1821?",
        "How long do I cook a 12 pound turkey at 325 degrees?",
        "Is there a group for single parents in my area?",
        "When does the number 12 bus leave?",
        "I wrote a poem for my wife, do you think she will like it?",
        "Who is the villain in Frozen?",
        "what is a haiku",
        "시간 관리 어떻게 해야 하나요?",
        "영화 시나리오는 어떻게 쓰나요?",
        "시험 공부 계획표로 짜줘",
    ],
)
def test_an_everyday_question_is_of_no_kind(prompt):
    assert kinds_of(prompt) == set()


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("Write me a regex for UK postcodes", {"code"}),
        ("Why do I get a KeyError here", {"code"}),
        ("apt install fails", {"code"}),
        ("자바로 별 찍기", {"code"}),
        ("这段代码为什么报错？", {"code"}),
        ("prove sqrt 2 is irrational", {"math"}),
        ("A store sells pens at 3 for $2. How much do 18 pens cost?", {"math"}),
        ("사과 5개를 3명이 나누면 몇 개씩?", {"math"}),
        ("12 곱하기 13은?", {"math"}),
        ("Can you write a script for a YouTube video about cheese?", {"creative"}),
        ("5살 아이에게 읽어줄 동화 써줘", {"creative"}),
        ("Cuéntame un cuento sobre un dragón", {"creative"}),
        ("explain gravity, keep it under 100 words", {"instructions"}),
        ("3줄 요약: 오늘 회의에서 예산을 정했다", {"instructions"}),
        ("삼행시 지어줘 '김치'", {"creative", "instructions"}),
    ],
)
def test_a_prompt_is_of_all_the_kinds_that_it_asks_for(prompt, kinds):
    assert kinds_of(prompt) == kinds


def test_a_long_story_about_oneself_is_not_hard():
    prompt = (
        "My boyfriend and I have been together for 3 years and he recently told me that he wants to move to another "
        "city for work. I love my job here and my parents are getting older. He says we should decide by summer. "
        "Why does he put so much pressure on me? How should I talk with him about it, and what would you do in "
        "my situation?"
    )
    assert kinds_of(prompt) == set()


def test_brackets_and_operators_in_code_are_no_mathematics():
    assert kinds_of("Why is this slow?\n```c\nfor (int i = 0; i < n * 2 + 1; i++) f(x);\n```") == {"code"}


def test_what_a_follow_up_asks_for_counts_too():
    assert kinds_of("Tell me about rain.", "Now write a poem about it.") == {"creative"}


def test_what_is_asked_at_the_end_of_a_long_text_is_read():
    text = "The council met on Tuesday and talked about the bridge. " * 400
    assert kinds_of(f"{text}\nAnswer with at most 50 words.") == {"instructions"}
