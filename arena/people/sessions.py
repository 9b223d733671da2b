"""The sessions of an account: what its page tells of them, and their end."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

#: By what a browser and a system are known. The first that fits: most browsers name others' engines too.
_BROWSERS = {"Firefox/": "Firefox", "Edg": "Edge", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac": "macOS"}
_SYSTEMS |= {"Linux": "Linux"}


@dataclass(frozen=True)
class Session:
    """A browser in which an account is signed in. browser: such as "Firefox, Linux"."""

    pk: int
    browser: str
    since: datetime
    is_current: bool


def sessions_of(account: User, *, current: str) -> list[Session]:
    """Return where this account is signed in. current: the key of the session that asks."""
    return [
        Session(each.pk, _browser(each.user_agent), each.created_at, each.session_key == current)
        for each in UserSession.objects.purge_and_list(account)
    ]


def end_sessions_of(account: User, *, but: str | None = None, only: int | None = None) -> int:
    """End the sessions of this account, and return how many. but: the key of one that stays. only: the pk of one."""
    chosen = UserSession.objects.filter(user=account).exclude(session_key=but)
    if only is not None:
        chosen = chosen.filter(pk=only)
    ended = list(chosen)
    for session in ended:
        session.end()
    return len(ended)


def _browser(user_agent: str) -> str:
    found = [next((name for mark, name in known.items() if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or _("another program")
