"""The network address of a visitor, however its headers are forged."""

import pytest
from django.test import RequestFactory

from arena.checks import check_proxies
from arena.people.addresses import visitor_address


def asked(peer, forwarded=""):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody else is believed
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the visitor wrote the first one
        ("10.0.0.2", "1.2.3.4, 198.51.100.1, 10.0.0.3", "198.51.100.1"),  # through two proxies
        ("10.0.0.2", "10.0.0.7, 10.0.0.3", "10.0.0.7"),  # somebody inside
        ("10.0.0.2", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.2", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, unknown", "10.0.0.2"),  # what cannot be read ends the search
        ("10.0.0.2", "", "10.0.0.2"),
        ("", "198.51.100.1", ""),  # a socket of the file system has no address
    ],
)
def test_the_address_is_what_the_last_trusted_proxy_saw(settings, peer, forwarded, address):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert visitor_address(asked(peer, forwarded)) == address


def test_without_trusted_proxies_no_header_is_believed():
    assert visitor_address(asked("127.0.0.1", "198.51.100.1")) == "127.0.0.1"


def test_a_proxy_that_is_no_address_stops_the_start(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.1", "10.0.0.0/33", "proxy.local"]
    assert [(problem.id, problem.msg.split("'")[1]) for problem in check_proxies()] == [
        ("arena.E018", "10.0.0.0/33"),
        ("arena.E018", "proxy.local"),
    ]
