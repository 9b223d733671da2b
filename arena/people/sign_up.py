"""Who may make an account: people with an address at a domain that the operator names."""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from arena.models.voters import MayDo


def may_sign_up(request: HttpRequest) -> bool:
    """Tell whether this visitor may make an account."""
    return bool(settings.SIGN_IN_DOMAINS)


def domain_is_allowed(request: HttpRequest, email: str) -> bool:
    """Tell whether an account may have this address."""
    domains = {domain.casefold().lstrip("@") for domain in settings.SIGN_IN_DOMAINS}
    return not domains or email.rpartition("@")[2].casefold() in domains


def let_play(account: User) -> None:
    """Let a new account play, where the arena is not open to all anyway."""
    account.groups.add(*Group.objects.filter(name=MayDo.PLAY))


def sign_up_context(request: HttpRequest) -> dict[str, bool]:
    """Return what templates ask of who may come in."""
    return {"offers_sign_up": may_sign_up(request)}
