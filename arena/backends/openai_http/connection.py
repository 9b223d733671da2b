"""One exchange with a server, at an address that was checked. Whoever stops waiting for it hangs up."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from threading import Thread
from typing import Any

import httpx

from arena.backends.base import Unavailable
from arena.backends.openai_http.addresses import Address, Resolve
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.failures import Transient, refusal

Body = Mapping[str, Any] | None

REFUSAL_BYTES = 4096


class Connection:
    """Exchanges with a server, one after the other. most_tokens: how many tokens an answer is given."""

    def __init__(self, endpoint: Endpoint, limits: Limits, resolve: Resolve, *, most_tokens: int = 0) -> None:
        self._endpoint, self._resolve, self.most_tokens = endpoint, resolve, most_tokens
        self._timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
        self._socket: socket.socket | None = None

    @asynccontextmanager
    async def open(self, method: str, path: str, body: Body = None) -> AsyncIterator[httpx.Response]:
        """Provide the reply, its body unread.

        Raises BackendError for any status other than 200, also while the body is read.
        """
        try:
            async with self._client() as client:
                response = await self._send(client, method, self._endpoint.url(path), body)
                try:
                    await self._refuse(response)
                    yield response
                except BaseException:
                    self._cut()
                    raise
                finally:
                    await response.aclose()
        except (httpx.HTTPError, OSError) as error:
            raise self._unavailable(error) from error

    def _cut(self) -> None:
        """Let the server know at once that nobody reads on, so that its slot becomes free."""
        if self._socket is not None:
            # The socket may be closed already.
            with suppress(OSError):
                # A server that fills our buffer learns of the end only by a reset; without one it hangs for a minute.
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _client(self) -> httpx.AsyncClient:
        # No proxy and no .netrc from the environment, no redirects: only the checked address is asked.
        return httpx.AsyncClient(verify=trusted(), trust_env=False, follow_redirects=False, timeout=self._timeout)

    async def _send(self, client: httpx.AsyncClient, method: str, url: httpx.URL, body: Body) -> httpx.Response:
        *others, last = await _in_a_thread(lambda: self._endpoint.hosts.addresses(url, self._resolve))
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await client.send(self._request(client, method, url, body, address), stream=True)
        return await client.send(self._request(client, method, url, body, last), stream=True)

    def _request(
        self, client: httpx.AsyncClient, method: str, url: httpx.URL, body: Body, address: Address
    ) -> httpx.Request:
        """Return a request that goes to the address and is meant for the host.

        The host stands in the Host header and in the certificate that TLS expects.
        """
        # No reply is ever unpacked, so none can be larger than what was sent.
        headers = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
        credentials = self._endpoint.credentials()
        if credentials and url.scheme == "http" and address.is_global:
            raise Unavailable("a key is not sent over plain http to a public address: base_url must begin with https")
        headers |= credentials
        extensions = {"sni_hostname": url.host, "trace": self._trace}
        at = url.copy_with(host=str(address))
        return client.build_request(method, at, json=body, headers=headers, extensions=extensions)

    async def _trace(self, event: str, happened: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = happened["return_value"].get_extra_info("socket")

    async def _refuse(self, response: httpx.Response) -> None:
        if response.status_code != 200:
            said = await self._beginning(response)
            raise refusal(response.status_code, response.headers, said, most_tokens=self.most_tokens)
        encoding = response.headers.get("content-encoding", "identity")
        if encoding != "identity":
            raise Unavailable(f"the server packed its reply ({encoding[:40]!r}) though it was asked not to")

    async def _beginning(self, response: httpx.Response) -> str:
        read = b""
        async for part in response.aiter_raw():
            read += part
            if len(read) >= REFUSAL_BYTES:
                break
        return self._endpoint.hide_key(read[:REFUSAL_BYTES].decode("utf-8", "replace"))

    def _unavailable(self, error: Exception) -> Unavailable:
        description = f"{type(error).__name__}: {self._endpoint.hide_key(str(error))}"
        if isinstance(error, httpx.ReadTimeout):
            return Unavailable(f"the server said nothing for {self._timeout.read:g} s")
        return Transient(f"no reply from {self._endpoint.base_url}: {description}")


async def _in_a_thread(look_up: Callable[[], list[Address]]) -> list[Address]:
    """Return what `look_up` does, without holding up the loop."""
    # A thread of its own, and a daemon: looking up a name cannot be interrupted, and must not keep the worker from
    # ending; those of the loop's executor would.
    loop, found = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def settle(set_it: Callable[[Any], None], value: Any) -> None:
        if not found.done():
            set_it(value)

    def run() -> None:
        try:
            outcome: tuple[Callable[[Any], None], Any] = (found.set_result, look_up())
        except BaseException as error:  # noqa: BLE001 (raised again where it is waited for)
            outcome = (found.set_exception, error)
        # RuntimeError: nobody waits any more, and the loop is closed.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, *outcome)

    Thread(target=run, name="look-up", daemon=True).start()
    addresses: list[Address] = await found
    return addresses


@cache
def trusted() -> ssl.SSLContext:
    """Return the context of the authorities that httpx brings and those of this machine.

    A server inside a company has its own authority.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
