"""The page of one's own API tokens: made, shown once, and revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from arena.models import ApiToken
from arena.models.tokens import Scope
from arena.people.tokens import NameIsTaken, issue_token, revoke_token, scopes_of

MEANINGS = {
    Scope.READ: gettext_lazy("read boards and models"),
    Scope.PLAY: gettext_lazy("battle and vote"),
    Scope.EXPORT: gettext_lazy("take votes out"),
    Scope.OPERATE: gettext_lazy("run the arena"),
}
_DAYS = [("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")), ("365", gettext_lazy("a year"))]
_LINE = {"class": "field__line", "autocomplete": "off"}


class TokenForm(forms.Form):
    """A token that somebody wants, of the scopes that their account may give away."""

    name = forms.CharField(
        max_length=60,
        widget=forms.TextInput(_LINE),
        error_messages={"required": gettext_lazy("Say which program it is for.")},
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what it opens.")},
    )
    days = forms.ChoiceField(choices=_DAYS, initial="90", widget=forms.Select(_LINE))

    def __init__(self, *data: Any, account: AbstractUser) -> None:
        super().__init__(*data)
        held = scopes_of(account)
        # As a form of this account has it; Django's stubs know fields in general only.
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope.value, MEANINGS[scope]) for scope in held]
        scopes.initial = [Scope.READ.value]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List one's own tokens, or make one and show it, once."""
    assert isinstance(request.user, AbstractUser)
    sent = (request.POST,) if request.method == "POST" else ()
    form, secret = TokenForm(*sent, account=request.user), ""
    if form.is_valid() and (secret := _made(request, form)):
        form = TokenForm(account=request.user)
    tokens = ApiToken.objects.filter(account=request.user).order_by("-pk")
    context = {"form": form, "secret": secret, "tokens": tokens, "now": timezone.now()}
    return render(request, "people/tokens.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_POST
def revoke_own_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one's own token."""
    token = get_object_or_404(ApiToken, pk=pk, account=request.user)
    if revoke_token(token, request=request, now=timezone.now()):
        messages.success(request, _("%(name)s opens nothing any more.") % {"name": token})
    return redirect("own_tokens")


def _made(request: HttpRequest, form: TokenForm) -> str:
    """Return the secret of the token that the valid form asks for; empty where its name is another's."""
    now, said = timezone.now(), form.cleaned_data
    expires = now + timedelta(days=int(said["days"]))
    limits: dict[str, Any] = {"scopes": said["scopes"], "account": request.user, "expires": expires}
    try:
        return issue_token(said["name"], **limits, request=request, now=now)
    except NameIsTaken:
        form.add_error("name", _("This name is taken. Choose another."))
        return ""
