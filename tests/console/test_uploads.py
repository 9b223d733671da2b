"""Who may send more than a form's words: it is asked before a body lies on the disk."""

import pytest
from asgiref.sync import async_to_sync

from arena.console.uploads import most_bytes, upload_bytes
from tests.console.people import member_of
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db(transaction=True)


def allowed(client, *, path="/manage/imports/", method="POST", length=1_000_000):
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"cookie", cookies.encode()), (b"content-length", str(length).encode())]
    return async_to_sync(upload_bytes)({"method": method, "path": path, "headers": headers})


def test_whoever_may_bring_files_in_sends_whole_ones_on_the_two_pages_that_take_them():
    operator = member_of("operate")
    assert {allowed(operator), allowed(operator, path="/manage/prompts/")} == {most_bytes()}
    assert allowed(operator, path="/manage/exports/") == 0
    assert allowed(operator, path="/battles/") == 0
    assert allowed(operator, method="GET") == 0


def test_nobody_else_does():
    assert allowed(new_client()) == 0
    assert allowed(member_of("review", "analyse")) == 0


def test_of_a_file_that_is_refused_in_any_case_nothing_is_kept():
    assert allowed(member_of("operate"), length=most_bytes() + 1) == 0
