"""Show which voters move the board most, and say which of them are one person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from arena.console.forms import OnePerson
from arena.console.permissions import asks, frame
from arena.console.tables import LINKS, VOTERS
from arena.models import Voter, VoterLink
from arena.models.audit import Action
from arena.models.links import LinkRule
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.people.links import link_voters, unlink_voter

SHOWN = 30


@require_safe
@asks(MayDo.REVIEW)
def voters_page(request: HttpRequest) -> HttpResponse:
    return _page(request, OnePerson())


@require_POST
@asks(MayDo.REVIEW)
def link(request: HttpRequest) -> HttpResponse:
    """Say that the voters that were ticked are one person."""
    form = OnePerson(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    into, *others = form.cleaned_data["voters"]
    said = {"reason": form.cleaned_data["reason"], "by": request.user.get_username(), "now": timezone.now()}
    new = [voter for voter in others if link_voters(voter, into, rule=LinkRule.OPERATOR, **said)]
    for voter in new:
        record(request, Action.VOTERS_LINKED, f"{voter} = {into}", reason=said["reason"])
    messages.success(request, _told(len(new)))
    return redirect("console_voters")


@require_POST
@asks(MayDo.REVIEW)
def unlink(request: HttpRequest) -> HttpResponse:
    """Say that a voter is nobody else any more."""
    try:
        voter = get_object_or_404(Voter, pk=request.POST.get("voter", ""))
    except ValidationError as error:
        raise Http404 from error
    by = request.user.get_username()
    if unlink_voter(voter, rule=LinkRule.OPERATOR, by=by, now=timezone.now()):
        record(request, Action.VOTERS_LINKED, f"{voter} = {voter}")
        messages.success(request, _("Taken back. The intervals follow within half a minute."))
    return redirect("console_voters")


def _page(request: HttpRequest, form: OnePerson, *, status: int = 200) -> HttpResponse:
    from arena.scoring.influential_voters import influential_voters  # with SciPy, which few pages are to wait for

    rows = influential_voters(SHOWN)
    context: dict[str, Any] = {
        "here": "console_voters",
        "form": form,
        "table": VOTERS,
        "rows": rows,
        "ticked": set(request.POST.getlist("voters")),
        "is_too_many": rows is None,
        "link_table": LINKS,
        "links": VoterLink.objects.that_hold().filter(rule=LinkRule.OPERATOR).order_by("-pk"),
    }
    return render(request, "console/voters.html", context | frame(request), status=status)


def _told(new: int) -> str:
    if not new:
        return _("They were one person already. Nothing has changed.")
    words = ngettext(
        "%(n)s voter counts as another one from now on.", "%(n)s voters count as another one from now on.", new
    )
    return " ".join((words % {"n": new}, _("The intervals follow within half a minute.")))
