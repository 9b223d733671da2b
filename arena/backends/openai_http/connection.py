"""One exchange with a server, at an address that was checked, which another thread may cut off."""

import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cache
from threading import Event
from typing import Any

import httpx

from arena.backends.base import Unavailable
from arena.backends.openai_http.addresses import Address, Resolve
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.failures import Transient, refusal

Body = Mapping[str, Any] | None

REFUSAL_BYTES = 4096


class Aborted(Exception):
    """The end of an exchange for which nobody waits any more, since `abort` was called."""


class Connection:
    """Exchanges with a server, one after the other. `abort` ends the present one at once and refuses all later ones."""

    def __init__(self, endpoint: Endpoint, limits: Limits, resolve: Resolve) -> None:
        self._endpoint, self._resolve = endpoint, resolve
        self._timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
        self._aborted = Event()
        self._socket: socket.socket | None = None

    def abort(self) -> None:
        """Cut the connection, so that the server's slot becomes free and our reading thread wakes up."""
        self._aborted.set()
        if self._socket is not None:
            # The socket may be closed already, or handed over to TLS, where the next event sees the flag.
            with suppress(OSError):
                # A server that fills our buffer learns of the end only by a reset; without one it hangs for a minute.
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._socket.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Let time pass between two tries. Raises Aborted."""
        if self._aborted.wait(seconds):
            raise Aborted

    @contextmanager
    def open(self, method: str, path: str, body: Body = None) -> Iterator[httpx.Response]:
        """Provide the reply, its body unread.

        Raises BackendError for any status other than 200, also while the body is read; Aborted.
        """
        try:
            with (
                self._client() as client,
                closing(self._send(client, method, self._endpoint.url(path), body)) as response,
            ):
                self._refuse(response)
                yield response
        except (httpx.HTTPError, OSError) as error:
            if self._aborted.is_set():
                raise Aborted from error
            raise self._unavailable(error) from error

    def _client(self) -> httpx.Client:
        # No proxy and no .netrc from the environment, no redirects: only the checked address is asked.
        return httpx.Client(verify=trusted(), trust_env=False, follow_redirects=False, timeout=self._timeout)

    def _send(self, client: httpx.Client, method: str, url: httpx.URL, body: Body) -> httpx.Response:
        *others, last = self._endpoint.hosts.addresses(url, self._resolve)
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return client.send(self._request(client, method, url, body, address), stream=True)
        return client.send(self._request(client, method, url, body, last), stream=True)

    def _request(
        self, client: httpx.Client, method: str, url: httpx.URL, body: Body, address: Address
    ) -> httpx.Request:
        """Return a request that goes to the address and is meant for the host.

        The host stands in the Host header and in the certificate that TLS expects.
        """
        # No reply is ever unpacked, so none can be larger than what was sent.
        headers = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
        if self._endpoint.key:
            if url.scheme == "http" and address.is_global:
                raise Unavailable(
                    "a key is not sent over plain http to a public address: base_url must begin with https"
                )
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        extensions = {"sni_hostname": url.host, "trace": self._trace}
        at = url.copy_with(host=str(address))
        return client.build_request(method, at, json=body, headers=headers, extensions=extensions)

    def _trace(self, event: str, happened: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = happened["return_value"].get_extra_info("socket")
            if self._aborted.is_set():
                raise Aborted

    def _refuse(self, response: httpx.Response) -> None:
        if response.status_code != 200:
            raise refusal(response.status_code, response.headers, self._beginning(response))
        encoding = response.headers.get("content-encoding", "identity")
        if encoding != "identity":
            raise Unavailable(f"the server packed its reply ({encoding[:40]!r}) though it was asked not to")

    def _beginning(self, response: httpx.Response) -> str:
        read = b""
        for part in response.iter_raw():
            read += part
            if len(read) >= REFUSAL_BYTES:
                break
        return self._endpoint.hide_key(read[:REFUSAL_BYTES].decode("utf-8", "replace"))

    def _unavailable(self, error: Exception) -> Unavailable:
        description = f"{type(error).__name__}: {self._endpoint.hide_key(str(error))}"
        if isinstance(error, httpx.ReadTimeout):
            return Unavailable(f"the server said nothing for {self._timeout.read:g} s")
        return Transient(f"no reply from {self._endpoint.base_url}: {description}")


@cache
def trusted() -> ssl.SSLContext:
    """Return the context of the authorities that httpx brings and those of this machine.

    A server inside a company has its own authority.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
