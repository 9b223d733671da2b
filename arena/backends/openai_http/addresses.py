"""The servers that the arena may talk to: those that the operator listed, at addresses that were checked.

Whoever may edit an entry could otherwise make a worker ask things of the network it stands in. A name is looked up
once a connection, and the connection goes to the address that was checked: a name server that changes its answer in
between (DNS rebinding) wins nothing.
"""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpx

from arena.backends.base import Unavailable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: It returns the addresses of a host name as text. Raises OSError.
Resolve = Callable[[str, int], list[str]]

_PORTS = {"http": 80, "https": 443}
#: Clouds hand out credentials here, beside 169.254.0.0/16.
_METADATA = {ip_address("100.100.100.200"), ip_address("168.63.129.16"), ip_address("fd00:ec2::254")}
#: The part of IPv6 that is assigned (RFC 4291, 2.4); Python also calls old site-local addresses global.
_GLOBAL_UNICAST = ip_network("2000::/3")
#: These contain an IPv4 address, which may be a private one.
_TRANSLATED = [ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


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
        host, port = _normal(url.host), url.port or _PORTS[url.scheme]
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
        if address.is_link_local or address in _METADATA:
            return False
        return any(address in network for network in self.networks if network.version == address.version)

    def _has(self, host: str, port: int) -> bool:
        return (host, port) in self.hosts or (host, None) in self.hosts


def _is_public(address: Address) -> bool:
    if address in _METADATA or not address.is_global:
        return False
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _TRANSLATED if network.version == address.version)


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
    return httpx.URL(scheme="http", host=host).raw_host.decode("ascii").lower().rstrip(".")


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _unmapped(address: Address) -> Address:
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
