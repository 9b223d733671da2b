"""Where the site can be opened, and what is said when it cannot."""

import socket

import pytest

from arena.supervisor.address import require_free, site_url
from arena.supervisor.errors import CannotStart
from arena.supervisor.private_redis import free_port


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::", "http://[::1]:8000/"),
        ("arena.local", "http://arena.local:8000/"),
    ],
)
def test_the_address_can_be_opened_on_this_machine(host: str, url: str) -> None:
    assert site_url(host, 8000) == url


def test_the_address_ends_with_the_base_path() -> None:
    assert site_url("127.0.0.1", 8000, base_path="/arena/") == "http://127.0.0.1:8000/arena/"


def test_a_busy_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"port {port} .*Set ARENA_PORT .*ARENA_PORT={port + 1}"):
            require_free("127.0.0.1", port, patience=0)


def test_a_free_port_is_fine() -> None:
    require_free("127.0.0.1", free_port(), patience=0)


def test_a_port_that_cannot_be_is_named_too() -> None:
    with pytest.raises(CannotStart, match="ARENA_PORT"):
        require_free("127.0.0.1", 70000, patience=0)
