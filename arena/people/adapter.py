"""What the arena decides of signing in where django-allauth asks: who may sign up, what a wrong try costs, and where
one goes from there."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arena.models.audit import Action
from arena.people.account_voters import join_voters
from arena.people.accounts import opens_console
from arena.people.addresses import visitor_address
from arena.people.audit import record
from arena.people.groups import follow_claims
from arena.people.lock_out import CannotTry, one_try
from arena.people.provider import GuardedSession, apps, groups_of
from arena.people.sign_up import domain_is_allowed, invitation_at, let_play, may_sign_up, take_up
from arena.people.voters import forget_key, voter_of_cookie

logger = logging.getLogger(__name__)

#: How long ago one may have signed in and still change how one signs in, in seconds.
_JUST_NOW = 300
_SAID_BY_THE_PAGE = {
    f"account/messages/{name}.txt" for name in ("logged_in", "logged_out", "login_code_sent", "email_confirmation_sent")
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether this visitor may make an account."""
        return may_sign_up(request)

    def clean_email(self, email: str) -> str:
        """Return an address that an account may have. Raises ValidationError."""
        # Of what the provider says the domain is looked at later, where it is known who was invited.
        by_provider = self.request.resolver_match.url_name == "openid_connect_callback"
        if by_provider or domain_is_allowed(email):
            return email
        raise forms.ValidationError(_("Take an address at %s.") % ", ".join(settings.SIGN_IN_DOMAINS))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return nobody's address: allauth would keep it with the session, and the arena keeps none."""
        return "0.0.0.0"  # noqa: S104  nothing listens there

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the account of this name and password, or None. Raises ValidationError for who may not try."""
        name = str(credentials.get("username") or credentials.get("email") or "")
        try:
            with one_try("password", name, visitor_address(request)):
                return self._authenticate(request, **credentials)
        except CannotTry as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
        except _WrongPassword:
            return None

    def _authenticate(self, request: HttpRequest, **credentials: Any) -> User:
        account = super().authenticate(request, **credentials)
        if account is None:
            raise _WrongPassword
        assert isinstance(account, User)
        return account

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign the account in, whose voter is from now on the one of this browser too."""
        before = voter_of_cookie(request)
        super().login(request, user)
        join_voters(user, before, now=timezone.now())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Return where one goes. The browser gives up its own key: the next who signs in here is another person."""
        if kwargs["signup"] and (invitation := invitation_at(kwargs["redirect_url"], now=timezone.now())):
            take_up(invitation, user, request=request, now=timezone.now())
            kwargs["redirect_url"] = None
        elif kwargs["signup"]:
            let_play(user)
            record(request, Action.JOINED)
        if "sociallogin" in (kwargs.get("signal_kwargs") or {}):
            follow_claims(user.own_voter.voter, groups_of(user), now=timezone.now())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        forget_key(response)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the console's address for those who may open one of its pages, else the first page's."""
        assert isinstance(request.user, User)
        return reverse("console_start" if opens_console(request.user) else "home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return the same for those who are new."""
        return self.get_login_redirect_url(request)

    def get_login_stages(self) -> list[str]:
        """Return what one has to pass, with our own rule for accounts without an address."""
        ours = {"allauth.account.stages.EmailVerificationStage": "arena.people.stages.AddressStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Tell whether one has to say again who one is; not in the first minutes, nor where there is no way to."""
        account = self.request.user
        if not self.get_reauthentication_methods(account):
            return False
        records = get_authentication_records(self.request, account)
        is_new = bool(records) and timezone.now().timestamp() - records[-1]["at"] < _JUST_NOW
        return not is_new and super().is_reauthentication_required(app=app, **kwargs)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the holder of an address that an account has it already."""
        address = self.request.build_absolute_uri(reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"sign_in_url": address})

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Keep a sentence for the next page, unless that page says it by being there."""
        if message_template not in _SAID_BY_THE_PAGE:
            super().add_message(request, level, message_template, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def get_totp_issuer(self) -> str:
        """Return what the app shows above the code."""
        return str(settings.SITE_NAME)

    def get_totp_label(self, user: User) -> str:
        """Return whose code it is."""
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        """Return the picture that the app reads, black on white in either theme, as an element of the page."""
        import qrcode  # for one page
        from qrcode.image.svg import SvgPathFillImage

        drawn: str = qrcode.make(url, image_factory=SvgPathFillImage, border=2).to_string(encoding="unicode")
        return drawn[drawn.index("<svg") :]


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Return the operator's provider, which is in the settings and never in the database."""
        return [app for app in apps() if provider in (None, app.provider, app.provider_id)]

    def get_requests_session(self) -> GuardedSession:
        """Return what asks the provider."""
        return GuardedSession()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Tell whether whom the provider knows may make an account: by an invitation, or the address that it names."""
        if invitation_at(sociallogin.get_redirect_url(request), now=timezone.now()):
            return True
        email = sociallogin.account.extra_data["email"]
        return may_sign_up(request) and (not email or domain_is_allowed(email))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Tell the operator why, in the log: whoever signs in reads only that it did not work."""
        why = kwargs.get("exception") or kwargs.get("error") or "an answer that nobody here asked for"
        logger.warning("Signing in by %s failed: %s", settings.OIDC_URL, why)
        record(request, Action.SIGN_IN_REFUSED, settings.OIDC_NAME)


class _WrongPassword(Exception):
    """It ends the try as a wrong one."""
