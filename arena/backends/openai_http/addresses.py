"""The servers that the arena may talk to: those that the operator listed, at addresses that were checked.

Whoever may edit an entry could otherwise make a worker ask things of the network it stands in. A name is looked up
once a connection, and the connection goes to the address that was checked: a name server that changes its answer in
between (DNS rebinding) wins nothing. The arena's own Redis, database and web server are no model servers, and stores of
others on this machine neither: their ports are open only where the list names them.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from arena.backends.base import Unavailable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: It returns the addresses of a host name as text. Raises OSError.
Resolve = Callable[[str, int], list[str]]

_PORTS = {"http": 80, "https": 443}
#: The ports of the stores that an arena may have, where an address names none, or another store stands beside it.
_STORES = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}
#: Clouds hand out credentials here, beside 169.254.0.0/16.
_METADATA = {
    ip_address(text) for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
}
#: The part of IPv6 that is assigned (RFC 4291, 2.4); Python also calls old site-local addresses global.
_GLOBAL_UNICAST = ip_network("2000::/3")
#: What IANA's registries of special-purpose addresses set apart. Python's `is_global` knows most of it, by release.
_SPECIAL = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
]  # fmt: skip
#: These hold an IPv4 address in their last 32 bits: NAT64 (RFC 6052, 8215), and the old IPv4-compatible ones.
_IPV4_AT_THE_END = [ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host in the system's order. Raises OSError."""
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host} is no name of a host") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in infos))


@dataclass(frozen=True)
class RemoteHosts:
    """The list of ARENA_REMOTE_HOSTS: hosts, with a port or any, and networks."""

    hosts: frozenset[tuple[str, int | None]]
    networks: tuple[Network, ...]

    @classmethod
    def read(cls, listed: Iterable[str]) -> "RemoteHosts":
        """Return the list of items such as "api.example.com", "gpu.lan:8000", "[::1]:8000" and "10.0.0.0/24".

        Raises Unavailable.
        """
        hosts, networks = set(), []
        for item in listed:
            try:
                if "/" in item:
                    networks.append(ip_network(item.strip()))
                else:
                    hosts.add(_host_and_port(item.strip()))
            except (ValueError, httpx.InvalidURL) as error:
                raise Unavailable(f"ARENA_REMOTE_HOSTS: {item!r} is no host, host:port or network") from error
        return cls(frozenset(hosts), tuple(networks))

    def addresses(self, url: httpx.URL, resolve: Resolve = resolve) -> list[Address]:
        """Return where to connect to for this URL: all addresses of its host, each of them allowed.

        Raises Unavailable, with the sentence for the operator; OSError where the name cannot be looked up.
        """
        try:
            host, port = _normal(url.host), url.port or _PORTS[url.scheme]
        except ValueError as error:
            raise Unavailable(f"{url.raw_host.decode('ascii')!r} is no name of a host") from error
        if not self._lists_host(host, port):
            raise Unavailable(f"{host}:{port} is not listed in ARENA_REMOTE_HOSTS, so nothing is sent there")
        addresses = [_unmapped(ip_address(text.partition("%")[0])) for text in resolve(host, port)]
        if not addresses:
            raise OSError(f"{host} has no address")
        for address in addresses:
            if not self._allows(address, port):
                raise Unavailable(
                    f"{host} is at {address}, which is not public: list that address in ARENA_REMOTE_HOSTS too"
                )
            if self._is_closed(host, address, port, resolve):
                at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
                raise Unavailable(
                    f"{at} is the port of a store or of the arena itself: if a model server is there, list {at} in "
                    "ARENA_REMOTE_HOSTS, with its port"
                )
        return addresses

    def _lists_host(self, host: str, port: int) -> bool:
        if self._has(host, port):
            return True
        address = _address(host)
        return address is not None and self._allows_in_network(address)

    def _allows(self, address: Address, port: int) -> bool:
        if address.is_unspecified or address.is_multicast:
            return False
        return self._has(str(address), port) or self._allows_in_network(address) or _is_public(address)

    def _allows_in_network(self, address: Address) -> bool:
        if any(each.is_link_local or each in _METADATA for each in _with_what_it_holds(address)):
            return False
        return any(address in network for network in self.networks if network.version == address.version)

    def _is_closed(self, host: str, address: Address, port: int, resolve: Resolve) -> bool:
        """Tell whether one of the arena's own services is there, and the list does not name it with its port."""
        if {(host, port), (str(address), port)} & self.hosts:
            return False
        if port in _STORES.values() and _is_here(address):
            return True
        return any(_is_at(address, service, resolve) for service, at in _own_services() if at == port)

    def _has(self, host: str, port: int) -> bool:
        return (host, port) in self.hosts or (host, None) in self.hosts


def _is_public(address: Address) -> bool:
    if address in _METADATA or not address.is_global:
        return False
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _SPECIAL if network.version == address.version)


def _with_what_it_holds(address: Address) -> Iterator[Address]:
    """Yield the address and the IPv4 addresses in it, to which a translator would send what goes there."""
    yield address
    if isinstance(address, IPv4Address):
        return
    if any(address in network for network in _IPV4_AT_THE_END):
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    yield from filter(None, (address.sixtofour, *(address.teredo or ())))


def _own_services() -> Iterator[tuple[str, int]]:
    """Yield host and port of Redis, the database and the web server, as the settings name them."""
    yield settings.HOST, settings.PORT
    for text in (settings.REDIS_URL, settings.DATABASE_URL):
        with suppress(ValueError):
            url = urlsplit(text)
            if url.hostname and (port := url.port or _STORES.get(url.scheme)):
                yield url.hostname, port


def _is_at(address: Address, host: str, resolve: Resolve) -> bool:
    """Tell whether a service that listens at this host can be reached at the address."""
    try:
        found = [_address(host)] if _address(host) else [*map(ip_address, resolve(host, 0))]
    except (OSError, ValueError):
        return False
    return address in found or (_is_here(address) and any(each is not None and _is_here(each) for each in found))


def _is_here(address: Address) -> bool:
    """Tell whether this machine has the address: only then a socket can be bound to it."""
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as bound, suppress(OSError):
        bound.bind((str(address), 0))
        return True
    return False


def _host_and_port(item: str) -> tuple[str, int | None]:
    if _address(item):
        return _normal(item), None
    split = urlsplit(f"//{item}")
    if not split.hostname or split.path or split.query or split.fragment or "@" in item:
        raise ValueError(item)
    return _normal(split.hostname), split.port


def _normal(host: str) -> str:
    address = _address(host)
    if address:
        return str(_unmapped(address))
    url = httpx.URL(scheme="http", host=host)
    if not url.host:  # to read it decodes Punycode, and raises UnicodeError, a ValueError, where there is none
        raise ValueError(host)
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _unmapped(address: Address) -> Address:
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
