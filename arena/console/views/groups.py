"""Groups of voters and rooms: made, opened and closed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from arena.console.permissions import asks, frame
from arena.console.tables import GROUPS
from arena.models import RatingSnapshot, VoterGroup
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.people.groups import close_room, groups, make_group, open_room

MAX_HOURS = 24 * 60


class GroupForm(forms.Form):
    name = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("Write a name first.")})
    claim = forms.CharField(max_length=200, required=False)


class RoomForm(forms.Form):
    name = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("Write a name first.")})
    hours = forms.IntegerField(
        min_value=1,
        max_value=MAX_HOURS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Write a number of hours from 1 to 1440.")
        ),
    )


@require_safe
@asks(MayDo.OPERATE)
def groups_page(request: HttpRequest) -> HttpResponse:
    return _page(request, group_form=GroupForm(), room_form=RoomForm())


@require_POST
@asks(MayDo.OPERATE)
def add(request: HttpRequest) -> HttpResponse:
    """Make a group."""
    form = GroupForm(request.POST)
    if not form.is_valid():
        return _page(request, group_form=form, room_form=RoomForm(), status=422)
    group = make_group(**form.cleaned_data, by=request.user.get_username(), now=timezone.now())
    record(request, Action.SETTINGS_CHANGED, f"group {group.slug}")
    messages.success(request, _("%(name)s is made. Invite people into it.") % {"name": group.name})
    return redirect("console_groups")


@require_POST
@asks(MayDo.OPERATE)
def open_one(request: HttpRequest) -> HttpResponse:
    """Open a room."""
    form = RoomForm(request.POST)
    if not form.is_valid():
        return _page(request, group_form=GroupForm(), room_form=form, status=422)
    now = timezone.now()
    closes_at = now + timedelta(hours=form.cleaned_data["hours"])
    room = open_room(form.cleaned_data["name"], closes_at=closes_at, by=request.user.get_username(), now=now)
    record(request, Action.SETTINGS_CHANGED, f"room {room.slug}", closes_at=closes_at.isoformat())
    return redirect(f"{reverse('console_groups')}#room-{room.slug}")


@require_POST
@asks(MayDo.OPERATE)
def close(request: HttpRequest) -> HttpResponse:
    """Close a room before its time."""
    room = get_object_or_404(VoterGroup.objects.rooms(), slug=request.POST.get("room", ""))
    if close_room(room, now=timezone.now()):
        record(request, Action.SETTINGS_CHANGED, f"room {room.slug} closed")
        messages.success(request, _("%(name)s is closed. Its board stays.") % {"name": room.name})
    return redirect("console_groups")


def _page(request: HttpRequest, *, status: int = 200, **forms: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {
        "here": "console_groups",
        "table": GROUPS,
        "boards": RatingSnapshot.objects.categories_with_votes(),
        "rows": groups(now=timezone.now()),
        "address": request.build_absolute_uri(reverse("enter_code")),
    }
    return render(request, "console/groups.html", context | forms | frame(request), status=status)
