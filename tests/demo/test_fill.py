"""The demo: invented models that look like a living arena, and never like real ones."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.demo.fill import fill_demo
from arena.demo.texts import demo_models, demo_prompts
from arena.entries.catalog import catalog_files, read_catalog
from arena.imports.answers import KNOWN_GENERATORS
from arena.models import Answer, LanguageModel, Prompt, RatingSnapshot, Vote, VoteExclusion
from arena.scoring.check_invariants import check_invariants
from arena.votes.self_identification import reveals_author
from tests.factories import make_entry

LINE = {"en": "Demo: invented models, answers written by the makers of Agon.", "ko": "데모: 모델은 모두 지어낸 것이고"}
#: What real models are called.
FAMILIES = re.findall(
    r"\w+",
    """
    alpaca bard bloom chatglm claude command cohere dbrx deepseek dolly ernie exaone falcon gemini gemma glm gpt grok
    guanaco hyperclova internlm jamba kimi koala llama llava magistral mistral mixtral mpt nemotron nova o1 o3 olmo orca
    palm phi pythia qwen reka smollm solar stablelm starcoder tulu vicuna wizard yi zephyr
    """,
)


@pytest.fixture
def demo(db, settings, tmp_path):
    """Filled with fewer votes than a visitor finds, as of this moment."""
    settings.DEMO, settings.VAR = True, tmp_path
    now = timezone.now()
    assert fill_demo(votes=24, now=now)
    return now


def facts():
    models = (LanguageModel, Prompt, Vote, VoteExclusion, Answer, RatingSnapshot)
    return [model.objects.count() for model in models]


def test_an_empty_arena_gets_a_board_with_a_past_and_a_second_time_changes_nothing(demo, client, capsys):
    page = client.get("/leaderboard/").text
    assert all(model.fields["display_name"] in page for model in demo_models())
    times = list(Vote.objects.order_by("cast_at").values_list("cast_at", flat=True))
    assert len(times) == 24
    assert demo - timedelta(days=35) < times[0] < demo - timedelta(days=14) < times[-1] < demo
    assert RatingSnapshot.objects.filter(category="overall").count() > 8
    assert check_invariants(now=demo) == []
    before = facts()
    call_command("demo")
    assert "there already" in capsys.readouterr().out
    assert facts() == before


@pytest.mark.usefixtures("demo")
def test_every_page_says_that_it_is_a_demo_and_the_first_leads_to_a_recorded_battle(client):
    slug = demo_models()[0].slug
    pages = ("/", "/chat/", "/leaderboard/", "/leaderboard/charts/", f"/models/{slug}/", "/transparency/", "/nowhere/")
    for address, language in product(pages, LINE):
        assert LINE[language] in client.get(address, headers={"accept-language": language}).text, address
    page = client.get("/", headers={"accept-language": "ko"}).text
    offered = re.findall(r'name="recorded" value="(\d+)"', page)
    assert set(Prompt.objects.filter(pk__in=offered).values_list("language", flat=True)) == {"ko"}
    assert "<textarea" not in page
    battle = client.post("/battles/", {"recorded": offered[0]}, follow=True)
    assert "These answers are recorded" in battle.text
    assert LINE["en"] in battle.text


def test_an_arena_that_is_none_does_not_say_so(client, db):
    assert LINE["en"] not in client.get("/").text


def test_an_arena_with_models_of_its_own_gets_no_invented_ones(db, settings, tmp_path):
    settings.DEMO, settings.VAR = True, tmp_path
    make_entry()
    with pytest.raises(CommandError, match="models of its own"):
        call_command("demo")
    assert LanguageModel.objects.count() == 1


def test_an_arena_that_is_no_demo_is_not_filled(db):
    with pytest.raises(CommandError, match="ARENA_DEMO"):
        call_command("demo")


def test_no_invented_name_is_that_of_a_real_model(tmp_path):
    invented = {model.fields["display_name"] for model in demo_models()} | {model.slug for model in demo_models()}
    words = {word for name in invented for word in re.findall(r"[a-z]+", name.lower())}
    assert words.isdisjoint(FAMILIES)
    real = {entry.fields["display_name"] for entry in read_catalog(catalog_files(tmp_path)).entries} | set(
        KNOWN_GENERATORS
    )
    assert {name.lower() for name in invented}.isdisjoint(name.lower() for name in real)


def test_each_prompt_has_answers_of_at_least_four_models_and_none_says_who_wrote_it():
    prompts, slugs = demo_prompts(), {model.slug for model in demo_models()}
    entries = [LanguageModel(**model.fields) for model in demo_models()]
    assert [sum(prompt.language == language for prompt in prompts) for language in LINE] == [10, 6]
    for prompt in prompts:
        assert len(prompt.answers) >= 4, prompt.text
        assert set(prompt.answers) <= slugs, prompt.text
        assert not reveals_author(prompt.answers.values(), entries), prompt.text
