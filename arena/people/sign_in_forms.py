"""Forms in which something can be guessed: each wrong try counts."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms

from arena.people.addresses import visitor_address
from arena.people.lock_out import CannotTry, count_try, one_try


class AskForCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    def clean_email(self) -> str:
        """Return the address. Each letter counts as a try, so that nobody is flooded with them."""
        email = str(self.cleaned_data["email"])
        with _refused_in_words():
            count_try("letter", email, visitor_address(context.request))
        return str(super().clean_email())


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    def clean_code(self) -> str:
        """Return the code that was sent. Raises ValidationError."""
        with _counted("code", _who()):
            return str(super().clean_code())


class EmailCodeForm(ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # allauth has no types
    def clean_code(self) -> str:
        """Return the code that was sent. Raises ValidationError."""
        with _counted("address", str(self.email)):
            return str(super().clean_code())


class SecondFactorForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    def clean_code(self) -> str:
        """Return the code of the app, or a recovery code. Raises ValidationError."""
        with _counted("second factor", str(self.user.pk)):
            return str(super().clean_code())


class SecondFactorAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    def clean_code(self) -> str:
        """Return the code of the app, or a recovery code. Raises ValidationError."""
        with _counted("second factor", str(self.user.pk)):
            return str(super().clean_code())


@contextmanager
def _counted(kind: str, name: str) -> Iterator[None]:
    with _refused_in_words(), one_try(kind, name, visitor_address(context.request)):
        yield


@contextmanager
def _refused_in_words() -> Iterator[None]:
    try:
        yield
    except CannotTry as refusal:
        raise forms.ValidationError(refusal.sentence) from refusal


def _who() -> str:
    """Return of whom a code is asked: of who is signed in, or of who is signing in."""
    request = context.request
    if request.user.is_authenticated:
        return str(request.user.pk)
    login = request._login_stage.login
    return str(login.user.pk if login.user else login.email)
