"""The network address of a visitor, as far as proxies that the operator trusts tell it. It is never stored."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def visitor_address(request: HttpRequest) -> str:
    """Return the address of whoever asks, or "" where the connection has none.

    Proxies add on the right of X-Forwarded-For; what stands left of the last one that is trusted, anybody may have
    written.
    """
    peer = _read(request.META.get("REMOTE_ADDR", ""))
    told = request.headers.get("X-Forwarded-For", "").split(",")
    while peer is not None and told and _is_trusted(peer):
        if (next_one := _read(told.pop())) is None:
            break
        peer = next_one
    return "" if peer is None else str(peer)


def unreadable(networks: Sequence[str]) -> list[str]:
    """Return those that are neither an address nor a network."""
    return [each for each in networks if not _is_network(each)]


def comes_through_proxy(request: HttpRequest) -> bool:
    """Tell whether a proxy that the operator trusts is at the other end, so that its headers hold."""
    peer = _read(request.META.get("REMOTE_ADDR", ""))
    return peer is not None and _is_trusted(peer)


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=4)
def _networks(written: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(each, strict=False) for each in written if _is_network(each))


def _is_network(written: str) -> bool:
    try:
        ip_network(written, strict=False)
    except ValueError:
        return False
    return True


def _read(written: str) -> Address | None:
    """Return the address, without the port that some proxies add; None for what is no address."""
    written = written.strip()
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        address = ip_address(written)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
