"""Invite people, see who was invited, and take an invitation back."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from arena.console.permissions import asks, frame
from arena.console.tables import INVITATIONS
from arena.models import Invitation, VoterGroup
from arena.models.invitations import Opens
from arena.models.voters import MayDo
from arena.people.invitations import Wish, invite, path_of, revoke_invitation
from arena.people.modes import Access
from arena.people.roles import ROLES, TITLES

HERE = {"here": "console_invitations"}
#: The newest, which are those that anybody asks about.
_SHOWN = 200
_WITHOUT_ACCOUNT = [
    (Opens.PLAY.value, gettext_lazy("no account: reads and plays, where the arena opens by links")),
    (Opens.READ.value, gettext_lazy("no account: reads, where the arena opens by links")),
]
_DAYS = [
    ("1", gettext_lazy("a day")),
    ("7", gettext_lazy("a week")),
    ("30", gettext_lazy("30 days")),
    ("", gettext_lazy("as long as it is not revoked")),
]


_MODES = {
    Access.OPEN: gettext_lazy("Now everybody may read and play, with an invitation or without."),
    Access.LINK: gettext_lazy("Now whoever has an account or an invitation link may read."),
    Access.SIGN_IN: gettext_lazy("Now only accounts may read."),
}
_LINE = {"class": "field__line", "autocomplete": "off"}


class InvitationForm(forms.Form):
    name = forms.CharField(
        max_length=100, widget=forms.TextInput(_LINE), error_messages={"required": gettext_lazy("Say whom it is for.")}
    )
    opens = forms.ChoiceField(choices=[*TITLES.items(), *_WITHOUT_ACCOUNT], initial="voter", widget=forms.Select(_LINE))
    group = forms.ModelChoiceField(VoterGroup.objects.all(), required=False, empty_label="", widget=forms.Select(_LINE))
    days = forms.ChoiceField(choices=_DAYS, initial="7", required=False, widget=forms.Select(_LINE))
    quota = forms.IntegerField(
        min_value=1,
        max_value=100_000,
        initial=1,
        required=False,
        widget=forms.NumberInput(_LINE),
        error_messages={"invalid": gettext_lazy("Write a number, or nothing for any number of people.")},
    )

    def wish(self) -> Wish:
        """Return the invitation that the valid form asks for."""
        said = self.cleaned_data
        role = said["opens"] if said["opens"] in ROLES else ""
        return Wish(
            name=said["name"],
            opens=Opens.ACCOUNT if role else Opens(said["opens"]),
            role=role,
            group=said["group"],
            expires=timezone.now() + timedelta(days=int(said["days"])) if said["days"] else None,
            quota=said["quota"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OWN)
def invitations_page(request: HttpRequest) -> HttpResponse:
    """List the invitations, or make one and show its link, which is stored nowhere."""
    form, address = InvitationForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        _invitation, token = invite(form.wish(), request=request, now=timezone.now())
        address, form = request.build_absolute_uri(path_of(token)), InvitationForm()
    context = {"form": form, "address": address, "table": INVITATIONS, "rows": _rows()}
    context["who_comes_in"] = _MODES[Access(settings.ACCESS)]
    return render(
        request, "console/invitations.html", context | HERE | frame(request), status=422 if form.is_bound else 200
    )


@require_POST
@asks(MayDo.OWN)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back: it lets nobody in any more, and no browser that came in by it without an account."""
    invitation = get_object_or_404(Invitation, pk=pk)
    if revoke_invitation(invitation, request=request, now=timezone.now()):
        messages.success(request, _("%(name)s lets nobody in any more.") % {"name": invitation})
    return redirect("console_invitations")


def _rows() -> list[dict[str, object]]:
    titles = TITLES | dict(_WITHOUT_ACCOUNT)
    newest = Invitation.objects.select_related("group").order_by("-pk")[:_SHOWN]
    return [{"invitation": each, "opens": titles.get(each.role or each.opens, "")} for each in newest]
