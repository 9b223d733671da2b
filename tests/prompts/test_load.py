import tomllib
from collections import Counter
from io import StringIO
from itertools import chain
from random import Random

import pytest
from django.core.management import call_command

from arena.models import Battle, Prompt, PromptSet
from arena.prompts.load import OUR_PROMPTS, Loaded, load_prompts
from tests.factories import make_battle

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def written(folder, *texts):
    path = folder / "ours.toml"
    path.write_text(f'name = "Ours"\nlicence = "CC0 1.0"\n[prompts.en]\nmaths = {list(texts)}\n')
    return path


def test_our_own_prompts_are_loaded_with_their_languages_and_topics():
    assert load_prompts() == Loaded("agon", added=40)
    prompt_set = PromptSet.objects.get()
    assert (prompt_set.slug, prompt_set.is_recorded, prompt_set.licence) == ("agon", False, "Apache-2.0")
    languages = Counter(Prompt.objects.values_list("language", flat=True))
    assert languages == {"en": 24, "ko": 16}
    assert len(Prompt.objects.suggested("ko").at_random(99, Random(1))) == 16
    assert set(Counter(Prompt.objects.values_list("language", "topic")).values()) == {2, 3}


def test_our_own_prompts_are_short_and_each_in_its_language():
    for language, topics in tomllib.loads(OUR_PROMPTS.read_text())["prompts"].items():
        for text in chain.from_iterable(topics.values()):
            assert 10 < len(text) <= 200
            assert any("가" <= character <= "힣" for character in text) == (language == "ko")


def test_loading_again_changes_nothing_and_says_so():
    texts = [StringIO(), StringIO()]
    for out in texts:
        call_command("load_prompts", stdout=out)
    assert [out.getvalue() for out in texts] == ["agon: 40 prompts added, 0 removed\n", "agon: nothing new\n"]
    assert Prompt.objects.count() == 40


def test_loading_what_is_loaded_takes_one_query(django_assert_num_queries):
    load_prompts()
    with django_assert_num_queries(1):
        load_prompts()


def test_an_edited_prompt_is_a_new_one_and_the_others_stay_as_they_were(tmp_path):
    load_prompts(written(tmp_path, "One and one?", "Two and two?"))
    kept = Prompt.objects.get(text="Two and two?")
    assert load_prompts(written(tmp_path, "What is one and one?", "Two and two?")) == Loaded("ours", 1, 1)
    assert set(Prompt.objects.values_list("text", flat=True)) == {"What is one and one?", "Two and two?"}
    assert Prompt.objects.get(text="Two and two?") == kept


def test_a_prompt_that_a_battle_refers_to_is_neither_changed_nor_removed(tmp_path):
    load_prompts(written(tmp_path, "One and one?"))
    used = Prompt.objects.get()
    Battle.objects.filter(pk=make_battle().pk).update(prompt=used)
    assert load_prompts(written(tmp_path, "What is one and one?")) == Loaded("ours", added=1)
    used.refresh_from_db()
    assert used.text == "One and one?"


def test_what_the_operator_deletes_stays_away_until_the_file_changes(tmp_path):
    load_prompts(written(tmp_path, "One and one?"))
    Prompt.objects.all().delete()
    assert load_prompts(written(tmp_path, "One and one?")) == Loaded("ours")
    assert not Prompt.objects.exists()


def test_the_prompts_of_other_sets_are_left_alone(tmp_path):
    other = PromptSet.objects.create(slug="mine", name="Mine")
    Prompt.objects.create(set=other, key="1", text="What is mine?")
    load_prompts(written(tmp_path, "One and one?"))
    assert other.prompts.count() == 1
