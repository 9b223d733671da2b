"""A program that holds a token."""

from typing import Any

from tests.factories import make_token
from tests.provide.clients import new_client


class Program:
    """Calls /api/v1/ as a program does; every answer it got is in `heard`."""

    def __init__(self, secret: str = "") -> None:
        self.headers = {"authorization": f"Bearer {secret or make_token()}"}
        self.client, self.heard = new_client(), []

    def get(self, address: str, **headers: str) -> Any:
        return self._hear(self.client.get(f"/api/v1/{address}", headers=self.headers | headers))

    def post(self, address: str, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
        sent = self.headers | (headers or {})
        return self._hear(self.client.post(f"/api/v1/{address}", body, content_type="application/json", headers=sent))

    def begin(self, prompt: str = "Why is the sky blue?", **body: Any) -> Any:
        return self.post("battles", prompt=prompt, **body).json()

    def _hear(self, response: Any) -> Any:
        self.heard.append(response)
        return response
