"""This arena's face: a draft that only its maker sees, a look at it, its publishing, and older versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arena.conf.branding import branding_of
from arena.console.face_form import FaceForm
from arena.console.permissions import asks, frame
from arena.console.tables import FACES
from arena.face.current import Face, current, in_language
from arena.face.publish import VersionIsTaken, complete, publish_face
from arena.face.texts import consent_version
from arena.markup import render_document
from arena.models import ArenaFace
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record
from arena.texts import texts_by_default
from arena.votes.reasons import reasons_of

HERE = {"here": "console_face"}
#: Where a session keeps the draft.
_DRAFT = "face_draft"
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OPERATE)
def face_page(request: HttpRequest) -> HttpResponse:
    """Show the form of the draft, or of what holds; sent, it leads to a look at it."""
    draft = _draft(request)
    form = FaceForm(*((request.POST, request.FILES) if request.method == "POST" else ()), before=draft or current())
    if form.is_valid():
        request.session[_DRAFT] = form.face.as_content()
        return redirect("console_face_preview")
    versions = list(ArenaFace.objects.order_by("-pk").select_related("restores")[:SHOWN])
    context: dict[str, Any] = {"form": form, "is_draft": draft is not None, "table": FACES, "versions": versions}
    context |= {"consent_version": consent_version(), "logo": branding_of(draft or current())["arena_logo"]}
    context |= HERE | frame(request)
    return render(request, "console/face.html", context, status=422 if form.is_bound else 200)


@require_safe
@asks(MayDo.OPERATE)
def preview(request: HttpRequest) -> HttpResponse:
    """Show how the draft would look, in the draft's own face."""
    draft = _draft(request)
    return _look(request, draft) if draft is not None else redirect("console_face")


@require_safe
@asks(MayDo.OPERATE)
def version_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an earlier version, in its face."""
    row = get_object_or_404(ArenaFace, pk=pk)
    return _look(request, Face.of(row.content), version=row, is_newest=row == ArenaFace.objects.newest())


@require_POST
@asks(MayDo.OPERATE)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the draft for everybody."""
    draft = _draft(request)
    if draft is None:
        messages.error(request, _("There is no draft: it was published or dropped in another window."))
        return redirect("console_face")
    try:
        row = publish_face(draft, by=request.user.get_username(), now=timezone.now())
    except VersionIsTaken:
        messages.error(request, _("Somebody else published texts under this version meanwhile. Choose another name."))
        return redirect("console_face")
    del request.session[_DRAFT]
    record(request, Action.SETTINGS_CHANGED, f"face, version {row.pk}")
    messages.success(request, _("Published. Every page shows it from now on."))
    return redirect("console_face")


@require_POST
@asks(MayDo.OPERATE)
def drop(request: HttpRequest) -> HttpResponse:
    """Drop the draft: the form shows again what holds."""
    request.session.pop(_DRAFT, None)
    messages.success(request, _("The draft is dropped. Nothing has changed."))
    return redirect("console_face")


@require_POST
@asks(MayDo.OPERATE)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an earlier version anew."""
    row = get_object_or_404(ArenaFace, pk=pk)
    publish_face(Face.of(row.content), by=request.user.get_username(), now=timezone.now(), restores=row)
    record(request, Action.SETTINGS_CHANGED, f"face, version {pk} restored")
    messages.success(request, _("Version %(number)s holds again.") % {"number": pk})
    return redirect("console_face")


def _draft(request: HttpRequest) -> Face | None:
    stored = request.session.get(_DRAFT)
    return None if stored is None else Face.of(stored)


def _look(request: HttpRequest, face: Face, **context: Any) -> HttpResponse:
    """Show the page in this face: what is given here stands before what every template has of the published one."""
    whole = complete(face)
    texts = {name: getattr(whole, name) or texts_by_default(name) for name in ("terms", "privacy")}
    shown: dict[str, Any] = {
        "welcome": render_document(in_language(face.welcome) or ""),
        "starters": in_language(face.prompts) or (),
        "reasons": [label for _value, label in reasons_of(face)],
        "texts": {name: render_document(in_language(by_code) or "") for name, by_code in texts.items()},
        "face": face,
    }
    return render(request, "console/face_preview.html", shown | branding_of(face) | context | HERE | frame(request))
