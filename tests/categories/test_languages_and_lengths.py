"""One language each, and lengths that mean the same in scripts without spaces."""

import pytest

from arena.categories import CATEGORIES, RULES_VERSION, categories_of

LANGUAGES = {category.key for category in CATEGORIES.values() if category.group == "language"}
LENGTHS = {category.key for category in CATEGORIES.values() if category.group == "length"}


def language_of(prompt):
    (language,) = categories_of([prompt]) & LANGUAGES
    return language


def lengths_of(*turns):
    return categories_of(turns) & LENGTHS


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("What is 2+2?", "english"),
        ("What does 사랑해 mean?", "english"),
        ("Wie geht es dir heute?", "german"),
        ("Pourquoi pas ?", "french"),
        ("hola", "spanish"),
        ("ㅋㅋ", "korean"),
        ("이 오류가 왜 나요?\nTypeError: 'int' object is not iterable", "korean"),
        ("这个函数是什么意思？ def f(x)", "chinese"),
        ("おすすめは？", "japanese"),
        ("Почему небо синее и что такое рассвет?", "russian"),
        ("Чому небо синє і коли воно червоне?", "other_language"),
        ("ما هي أفضل طريقة لتعلم اللغة؟", "other_language"),
        ("ok", "other_language"),
        ("2 + 2 = ?", "other_language"),
        ("```python\nprint('what the')\n```", "other_language"),
    ],
)
def test_a_prompt_has_exactly_one_language(prompt, language):
    assert language_of(prompt) == language


@pytest.mark.parametrize(
    "prompt", ["hi", "What is DNA?", "안녕하세요", "오늘 저녁 뭐 먹지", "你好", "天空为什么蓝？", "- - - - - hm"]
)
def test_fewer_than_five_words_are_short(prompt):
    assert "short" in lengths_of(prompt)


@pytest.mark.parametrize(
    "prompt", ["What is it made of?", "파이썬으로 리스트 정렬하는 방법 알려줘", "白衬衫上的咖啡渍怎么去除？"]
)
def test_five_words_are_not_short(prompt):
    assert "short" not in lengths_of(prompt)


@pytest.mark.parametrize(("letter", "enough"), [("a", 2000), ("가", 500), ("中", 500)])
def test_about_five_hundred_tokens_are_long(letter, enough):
    assert "long" in lengths_of(letter * enough)
    assert "long" not in lengths_of(letter * (enough - 1))


def test_all_messages_of_a_battle_make_its_length():
    assert lengths_of("hi") == {"short"}
    assert lengths_of("hi", "How are you doing today?") == {"multi_turn"}
    assert lengths_of("word " * 300, "word " * 300) == {"long", "multi_turn"}


@pytest.mark.parametrize("turns", [[], [""], ["", "  \n"]])
def test_an_erased_battle_is_in_no_category(turns):
    assert categories_of(turns) == frozenset()


def test_an_erased_message_is_no_turn():
    assert "multi_turn" not in categories_of(["How are you doing today?", ""])


def test_every_key_that_the_rules_give_has_a_name_and_a_version():
    given = categories_of(["Write code for x^2 + 1 = 0 in 3 steps", "and a story"])
    assert given <= set(CATEGORIES)
    assert all(key == category.key and category.label and category.description for key, category in CATEGORIES.items())
    assert RULES_VERSION
