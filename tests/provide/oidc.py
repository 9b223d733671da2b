"""A local OpenID Connect provider as a process: authorization code with PKCE, signed tokens, keys, userinfo.

`python -m tests.provide.oidc PORT FILE` signs in whoever is in the file, a JSON object of claims by name: its page asks
who one is, and `&person=NAME` in the address answers. Of a person with the claim "forged" another key signs the token.
"""

import base64
import hashlib
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa

ROOT = Path(__file__).resolve().parent.parent.parent
CLIENT, SECRET = "arena", "a secret of two machines"
_KEY, _OTHERS_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider:
    """The ASGI application. Codes and tokens work once, and only with the verifier of the request that they answer."""

    def __init__(self, issuer: str, people: dict[str, dict[str, Any]]) -> None:
        self.issuer, self.people = issuer, people
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive()).get("body", b"")
        asked = {name: value for name, [value, *_] in parse_qs(scope["query_string"].decode()).items()}
        posted = {name: value for name, [value, *_] in parse_qs(body.decode()).items()}
        status, kind, text, more = self.answer(scope["path"], asked, posted, dict(scope["headers"]))
        headers = [(b"content-type", kind.encode()), *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    def answer(self, path: str, asked: Any, posted: Any, headers: Any) -> tuple[int, str, str, list[Any]]:
        match path:
            case "/.well-known/openid-configuration":
                return _json(self.document())
            case "/keys":
                return _json({"keys": [_public(_KEY)]})
            case "/authorize" if "person" in asked:
                return self.let_in(asked)
            case "/authorize":
                return 200, "text/html", self.page(asked), []
            case "/token":
                return self.token(posted)
            case "/userinfo":
                token = headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
                return _json(self.people[self.tokens[token]]) if token in self.tokens else (401, "text/plain", "", [])
        return 404, "text/plain", "", []

    def document(self) -> dict[str, Any]:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()},
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def page(self, asked: dict[str, str]) -> str:
        links = (
            f'<p><a href="/authorize?{escape(urlencode(asked | {"person": name}))}">{escape(name)}</a>'
            for name in self.people
        )
        return f'<!doctype html><html lang="en"><title>Who are you?</title><h1>Who are you?</h1>{"".join(links)}'

    def let_in(self, asked: dict[str, str]) -> tuple[int, str, str, list[Any]]:
        assert asked["code_challenge_method"] == "S256"
        self.codes[code := secrets.token_urlsafe(16)] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        return 302, "text/plain", "", [(b"location", back.encode())]

    def token(self, posted: dict[str, str]) -> tuple[int, str, str, list[Any]]:
        asked = self.codes.pop(posted.get("code", ""), None)
        knows_secret = (posted.get("client_id"), posted.get("client_secret")) == (CLIENT, SECRET)
        if asked is None or not knows_secret or _challenge(posted["code_verifier"]) != asked["code_challenge"]:
            return 400, "application/json", '{"error": "invalid_grant"}', []
        self.tokens[token := secrets.token_urlsafe(16)] = asked["person"]
        return _json({"access_token": token, "token_type": "Bearer", "id_token": self.id_token(asked["person"])})

    def id_token(self, person: str) -> str:
        now, claims = int(time.time()), self.people[person]
        about = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "jti": secrets.token_hex(8)}
        key = _OTHERS_KEY if "forged" in claims else _KEY
        return jwt.encode(about | claims, key, algorithm="RS256", headers={"kid": "one"})


@contextmanager
def provider(people: dict[str, dict[str, Any]], folder: Path) -> Iterator[str]:
    """The address of a provider that knows these people, while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (file := folder / "people.json").write_text(json.dumps(people))
    process = subprocess.Popen([sys.executable, "-m", "tests.provide.oidc", str(port), str(file)], cwd=ROOT)
    try:
        _wait_for(address := f"http://127.0.0.1:{port}", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{address}/keys").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the provider did not start")


def _json(said: Any) -> tuple[int, str, str, list[Any]]:
    return 200, "application/json", json.dumps(said), []


def _public(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": "one", "alg": "RS256"}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


if __name__ == "__main__":
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    application = Provider(f"http://127.0.0.1:{port}", json.loads(file.read_text()))
    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning")
