"""What holds for every address that takes no argument."""

import pytest
from django.urls import get_resolver, reverse

pytestmark = pytest.mark.django_db

NAMED = get_resolver().reverse_dict
ADDRESSES = [
    reverse(name)
    for name in NAMED
    if isinstance(name, str) and any(not parameters for found, *_ in NAMED.getlist(name) for _, parameters in found)
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_answered_as_get_is(client, address):
    """Monitors and link previews ask so."""
    got, asked = client.get(address), client.head(address)
    assert (asked.status_code, asked.headers.get("Content-Type")) == (got.status_code, got.headers.get("Content-Type"))
    assert asked.content == b""


def test_a_browser_that_looks_for_an_icon_finds_the_mark(client):
    sent_to = client.get("/favicon.ico", follow=True).redirect_chain
    assert [address.split(".")[0] for address, _status in sent_to] == ["/static/arena/mark"]
