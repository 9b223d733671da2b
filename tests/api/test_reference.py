import re
import shlex

import pytest

from arena.api.kinds import KINDS
from arena.api.v1 import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return client.get("/api/v1/docs").text


def operations():
    return [(method, path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods]


def test_every_operation_has_its_place_and_an_example(page):
    assert len(operations()) > 10
    for method, path in operations():
        assert f"<b>{method.upper()}</b> <code>{path}</code>" in page
    assert page.count("<code>curl ") == len(operations())


def test_every_problem_that_is_told_is_explained(page):
    assert all(f'id="problem-{kind}"' in page for kind in KINDS)


def test_every_shape_that_is_named_is_on_the_page(page):
    named = set(re.findall(r'href="#(\w+)"', page)) - {"main"}
    assert len(named) > 4
    assert all(f'id="{name}"' in page for name in named)


def test_the_contents_lead_to_every_part_of_the_page(page):
    contents = re.search(r'<nav class="contents".*?</nav>', page, flags=re.DOTALL).group()
    named = re.findall(r'href="#([\w-]+)"', contents)
    parts = re.findall(r'<(?:section|h2)[^>]* id="([\w-]+)"', page.replace(contents, ""))
    assert len(parts) > 20
    assert named == parts


def test_an_example_is_what_a_shell_can_run(page):
    example = re.search(r"<code>(curl [^<]*/battles&quot;)</code>", page).group(1)
    words = shlex.split(example.replace("&quot;", '"').replace("&#x27;", "'"))
    assert words[-3:] == ["--json", '{"prompt": "Why is the sky blue?"}', "http://testserver/api/v1/battles"]


def test_the_page_asks_no_other_site_for_anything(client):
    response = client.get("/api/v1/docs")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', response.text)


def test_the_schema_is_there_and_so_is_the_way_to_the_page(client):
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.")
    assert 'href="/api/v1/docs"' in client.get("/leaderboard/").text


def test_the_schema_says_what_a_prompt_may_be(client):
    shapes = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for shape in ("NewBattle", "NewTurn"):
        prompt = shapes[shape]["properties"]["prompt"]
        assert (prompt["minLength"], prompt["maxLength"]) == (1, 12_000)
        said = [bool(re.search(prompt["pattern"], text)) for text in ("Why?", " \nx\n", "", " \n", "a\0b", "a\ufffd")]
        assert said == [True, True, False, False, False, False]
