"""The page of one's account, and what is changed there: address, password and sessions."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView, LogoutView
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django.views.generic.edit import FormView

from arena.people.provider import groups_of
from arena.people.sessions import end_sessions_of, sessions_of
from arena.people.voters import forget_key


@login_required
@require_safe
@never_cache
def account_page(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, how, and where else."""
    account = request.user
    assert isinstance(account, User)
    kinds = set(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    context = {
        "address": EmailAddress.objects.get_primary_email(account) or account.email,
        "has_second_factor": Authenticator.Type.TOTP in kinds,
        "has_password": account.has_usable_password(),
        "by_provider": SocialAccount.objects.filter(user=account).exists(),
        "provider_name": settings.OIDC_NAME,
        "groups": groups_of(account),
        "sessions": sessions_of(account, current=request.session.session_key or ""),
    }
    return render(request, "account/account.html", context)


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one other session of this account, or all others."""
    assert isinstance(request.user, User)
    chosen = request.POST.get("session", "")
    only = int(chosen) if chosen.isdigit() else None
    ended = end_sessions_of(request.user, but=request.session.session_key, only=only)
    messages.success(request, _("Signed out there.") if ended else _("That session had ended already."))
    return redirect("account")


class SignOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    """Signing out; this browser is nobody's then."""

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what signing out means."""
        shown: HttpResponse = self.render_to_response(self.get_context_data())
        return shown

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session."""
        response: HttpResponse = super().post(*args, **kwargs)
        forget_key(response)
        return response


@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class ChangeAddress(EmailView):  # type: ignore[misc]  # allauth has no types
    """The page on which one changes the address of one's account."""


@method_decorator(sensitive_post_parameters(), name="dispatch")
@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class SetPassword(FormView):  # type: ignore[type-arg]  # generic for mypy only
    """The page of a new password. Whoever proved a moment ago who they are need not know the old one."""

    form_class = SetPasswordForm
    template_name = "account/password.html"
    success_url = reverse_lazy("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made of."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        """Store it; every other session of the account ends."""
        form.save()
        finalize_password_change(self.request, form.user)
        get_adapter(self.request).add_message(self.request, messages.SUCCESS, message=_("The password is set."))
        return super().form_valid(form)
