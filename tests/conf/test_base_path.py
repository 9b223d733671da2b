"""Addresses below a base path: what the site makes of requests, and that no file holds an address of its own."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error
from django.urls import get_resolver

from arena.checks import check_base_path
from arena.conf.base_path import below

ROOT = Path(__file__).resolve().parents[2]
#: An address that begins at the root of the host, in an attribute, a string of a script, or a link of Markdown.
TEMPLATE = re.compile(r"""=\s*["']/(?!>)|\bwss?:|["'](?:/[a-z][\w-]*)+/?["'?#]""")
SCRIPT = re.compile(r"""["'`]/(?:[\w$#?-]|["'`])""")
MARKDOWN = re.compile(r"\]\(/")
#: What the first part of an address of the site can be.
ADDRESSES: list[Any] = list(get_resolver().reverse_dict.values())
FIRST = {each[0][0][0].partition("/")[0] for each in ADDRESSES} | {
    "api",
    "admin",
    "static",
    "ws",
}
PYTHON = re.compile(rf"/(?:{'|'.join(filter(None, FIRST))})(?:[/?#]|$)")


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("/arena/leaderboard/", "/arena/leaderboard/"),
        ("/leaderboard/", "/arena/leaderboard/"),
        ("/", "/arena/"),
        ("/arena", "/arena"),
        ("/arenas/", "/arena/arenas/"),
    ],
)
async def test_a_request_has_the_base_path_whether_a_proxy_took_it_off_or_not(asked, seen):
    assert await path_behind("/arena/", asked) == seen


async def test_without_a_base_path_every_request_stays_as_it_is():
    assert await path_behind("/", "/leaderboard/") == "/leaderboard/"


async def path_behind(base, asked):
    paths = []

    async def site(scope, receive, send):
        paths.append(scope["path"])

    await below(base, site)({"type": "http", "path": asked}, None, None)
    return paths[0]


NAMES = """
import django
django.setup()
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from arena.conf.pages import socket_address
print(reverse("home"), reverse("admin:index"), socket_address("leaderboard_socket"), static("arena/arena.css"))
print(settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH, settings.LANGUAGE_COOKIE_PATH)
"""


@pytest.mark.parametrize("typed", ["arena", "/arena", "/arena/"])
def test_every_kind_of_address_begins_with_the_base_path_however_it_is_typed(typed):
    told = subprocess.run(
        [sys.executable, "-c", NAMES], env={**os.environ, "ARENA_BASE_PATH": typed}, capture_output=True, text=True
    )
    pages, cookies = told.stdout.splitlines()
    assert re.sub(r"\.[0-9a-f]{12}\.css", ".css", pages) == (
        "/arena/ /arena/admin/ /arena/ws/leaderboard/ /arena/static/arena/arena.css"
    )
    assert set(cookies.split()) == {"/arena/"}


@pytest.mark.parametrize("base", ["/models/", "/ws/x/", "/static/", "/a b/", "/../", "/a//b/"])
def test_a_base_path_that_cannot_be_or_that_is_a_page_is_an_error(settings, base):
    settings.BASE_PATH = base
    (found,) = check_base_path()
    assert (found.id, type(found)) == ("arena.E013", Error)


@pytest.mark.parametrize("base", ["/", "/arena/", "/tools/arena_2/"])
def test_other_base_paths_are_fine(settings, base):
    settings.BASE_PATH = base
    assert check_base_path() == []


@pytest.mark.parametrize(
    ("folder", "ending", "address"),
    [
        ("templates", "html", TEMPLATE),
        ("arena/static/arena", "js", SCRIPT),
        ("arena/static/arena", "css", re.compile(r"url\(['\"]?/")),
        ("arena/texts", "md", MARKDOWN),
    ],
    ids=["templates", "scripts", "styles", "texts"],
)
def test_no_page_holds_an_address_that_begins_at_the_host(folder, ending, address):
    files = list((ROOT / folder).rglob(f"*.{ending}"))
    assert files
    assert [hit for file in files for hit in found_in(file, address)] == []


def found_in(file, address):
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    return [f"{file.relative_to(ROOT)}:{number}: {line.strip()}" for number, line in lines if address.search(line)]


def test_no_code_holds_an_address_that_begins_at_the_host():
    files = [file for file in (ROOT / "arena").rglob("*.py") if "migrations" not in file.parts]
    assert files
    assert [f"{file.relative_to(ROOT)}: {text}" for file in files for text in addresses_in(file)] == []


def addresses_in(file):
    """Strings that are an address. A decorator's are not: the API's operations stand below where it is mounted."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    mounted = {
        id(part) for node in ast.walk(tree) for each in getattr(node, "decorator_list", ()) for part in ast.walk(each)
    }
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in mounted]
    return [text for text in texts if isinstance(text, str) and PYTHON.match(text)]
