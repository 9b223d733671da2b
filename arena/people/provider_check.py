"""Whether the OpenID Connect provider answers as it should, in a sentence for the operator."""

from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from arena.people.provider import GuardedSession, InsecureAddress, discovery_address

_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Checked:
    """What came of asking. sentence: what to know, or what is wrong and what to do."""

    is_good: bool
    sentence: str


def check_provider() -> Checked:
    """Return whether the provider could sign people in; the client's secret shows only when somebody does."""
    if not settings.OIDC_URL:
        return _wrong(_("ARENA_OIDC_URL is empty: there is no provider to ask."))
    try:
        with GuardedSession() as session:
            return _check(session)
    except InsecureAddress:
        return _wrong(_("Only https:// is asked, or http:// on this machine. Change ARENA_OIDC_URL."))
    except requests.Timeout:
        return _wrong(_("It does not answer within five seconds."))
    except requests.exceptions.SSLError:
        return _wrong(
            _("Its certificate is refused. If its authority is your own, name its file in REQUESTS_CA_BUNDLE.")
        )
    except requests.RequestException:
        return _wrong(_("Nothing answers at %s. Is the address right, and may this machine reach it?") % _where())


def _check(session: requests.Session) -> Checked:
    document, refused = _fetched(session, discovery_address())
    if refused:
        return _wrong(refused)
    if missing := [name for name in _NEEDED if not document.get(name)]:
        return _wrong(_("Its document lacks %s. Is it an OpenID Connect provider?") % ", ".join(missing))
    if not discovery_address().startswith(str(document["issuer"]).rstrip("/")):
        return _wrong(_("It calls itself %s: set ARENA_OIDC_URL to that.") % document["issuer"])
    keys, refused = _fetched(session, document["jwks_uri"])
    if refused or not keys.get("keys"):
        return _wrong(refused or _("It publishes no keys, so that nothing it says can be verified."))
    if not settings.OIDC_CLIENT:
        return _wrong(_("It answers. Register the arena there, and set ARENA_OIDC_CLIENT and ARENA_OIDC_SECRET."))
    return Checked(True, _("It answers as %s. Whether it knows the client shows when somebody signs in.") % _where())


def _fetched(session: requests.Session, address: str) -> tuple[dict[str, Any], str]:
    """Return the JSON object at the address; or what is wrong."""
    answer = session.get(address)
    if answer.status_code != requests.codes.ok:
        return {}, _("%(where)s answers %(status)d.") % {"where": address, "status": answer.status_code}
    try:
        said = answer.json()
    except ValueError:
        said = None
    return (said, "") if isinstance(said, dict) else ({}, _("What is at %s is no JSON object.") % address)


def _wrong(sentence: str) -> Checked:
    return Checked(False, sentence)


def _where() -> str:
    return str(settings.OIDC_URL)
