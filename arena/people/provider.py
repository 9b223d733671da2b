"""The operator's OpenID Connect provider: where it is, what it says of a person, and whether it answers as it should.

Its tokens are verified by its keys in any case. Of its claims the address and the groups are kept, and nothing else.
"""

import hashlib
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse

#: Its name in addresses. There is one.
PROVIDER = "company"
_DISCOVERY = "/.well-known/openid-configuration"
_SECONDS = 5
_MOST_GROUPS = 200


class InsecureAddress(requests.RequestException):
    """An address that would send a secret in the clear to another machine."""


class GuardedSession(requests.Session):
    """Asks over HTTPS only, or this machine itself; redirects are looked at too."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Return the answer. Raises InsecureAddress."""
        parts = urlsplit(request.url or "")
        if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
            raise InsecureAddress(f"{parts.scheme}://{parts.netloc} is not asked, because it is not HTTPS")
        kwargs["timeout"] = kwargs.get("timeout") or _SECONDS
        return super().send(request, **kwargs)


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return who signs in, by claims that the provider signed. Raises OAuth2Error."""
        try:
            signed = self._signed_claims(app, kwargs["response"]["id_token"])
            has_more = "userinfo_endpoint" in self.openid_config
            more = self._fetch_user_info(token.token) if has_more else {}
            if more and more["sub"] != signed["sub"]:
                raise OAuth2Error("userinfo is of another person than the token")
            claims = {**signed, **more, "uid": _uid(signed["iss"], signed["sub"])}
        except KeyError as missing:
            raise OAuth2Error(f"the provider leaves out {missing}") from missing
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        login.account.extra_data = {"email": str(claims.get("email", "")), "groups": _groups(claims)}
        return login

    def _signed_claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        verified: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return verified


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider."""
    return _asked(request, provider_id, OAuth2LoginView)


def from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in whom the provider sends back."""
    return _asked(request, provider_id, OAuth2CallbackView)


def apps() -> list[SocialApp]:
    """Return the provider as allauth knows it; none where the operator names none."""
    if not settings.OIDC_URL:
        return []
    known = {"server_url": discovery_address(), "oauth_pkce_enabled": True, "uid_field": "uid"}
    return [
        SocialApp(
            provider="openid_connect",
            provider_id=PROVIDER,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT,
            secret=settings.OIDC_SECRET,
            settings=known,
        )
    ]


def groups_of(account: User) -> list[str]:
    """Return the groups in which the provider said at the last sign-in that the account is."""
    known = SocialAccount.objects.filter(user=account).order_by("-last_login").values_list("extra_data", flat=True)
    newest = known.first()
    return [str(group) for group in newest["groups"]] if newest else []


def discovery_address() -> str:
    """Return where the provider describes itself."""
    url = settings.OIDC_URL.rstrip("/")
    return str(url if "/.well-known/" in url else url + _DISCOVERY)


def is_this_machine(host: str) -> bool:
    """Tell whether this host is the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _asked(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    if provider_id != PROVIDER or not settings.OIDC_URL:
        raise Http404
    adapter = VerifyingAdapter(request, provider_id)
    try:
        response: HttpResponse = view.adapter_view(adapter)(request)
    except (requests.RequestException, KeyError) as error:
        response = render_authentication_error(request, adapter.get_provider(), exception=error)
    return response


def _uid(issuer: str, subject: str) -> str:
    """Return the name of a person at a provider, so that another provider's person of the same name is another."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def _groups(claims: dict[str, Any]) -> list[str]:
    said = claims.get(settings.OIDC_GROUPS) or []
    listed = said if isinstance(said, list) else [said]
    return [str(group)[:200] for group in listed[:_MOST_GROUPS]]
