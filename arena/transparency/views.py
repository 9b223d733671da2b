"""What the arena tells of itself, for people and for programs, and pages that only explain."""

from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arena.face.texts import consent_version, text_of, text_of_version
from arena.texts import Name
from arena.transparency.moderation_facts import moderation_facts
from arena.transparency.numbers import transparency
from arena.transparency.replication import newest_replication
from arena.transparency.site_facts import site_facts


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "transparency/transparency.html", {"page": transparency(now=timezone.now())})


@require_safe
def replication(request: HttpRequest) -> HttpResponse:
    return render(request, "transparency/replication.html", {"page": newest_replication()})


@require_safe
def as_json(request: HttpRequest) -> JsonResponse:
    """Return the numbers of the page, under the names of arena.transparency.numbers; times in ISO 8601."""
    return JsonResponse(asdict(transparency(now=timezone.now())), json_dumps_params={"ensure_ascii": False})


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    context = {"consent_version": consent_version(), "facts": site_facts(), "hours": settings.BATTLE_HOURS}
    context["retention_days"] = settings.RETENTION_DAYS
    return render(request, "transparency/how_it_works.html", context)


@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """Say who judges prompts and answers here, from the settings as they are."""
    return render(request, "transparency/moderation.html", {"facts": moderation_facts()})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _text(request, "terms", _("Terms of use"))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _text(request, "privacy", _("Privacy"))


def _text(request: HttpRequest, name: Name, title: str) -> HttpResponse:
    """Show the text that holds, or the one of ?version=, under which older battles were begun."""
    newest = consent_version()
    version = request.GET.get("version", newest)
    # A zero byte is nothing that PostgreSQL would look for.
    text = text_of(name) if version == newest else text_of_version(name, version) if version.isprintable() else None
    if text is None:
        raise Http404
    context = {"title": title, "text": text, "version": version, "is_newest": version == newest}
    return render(request, "transparency/text.html", context)
