"""Pages that only explain."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arena.site_facts import site_facts
from arena.texts import text_of


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    context = {"consent_version": settings.CONSENT_VERSION, "facts": site_facts(), "hours": settings.BATTLE_HOURS}
    return render(request, "pages/how_it_works.html", context)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/text.html", {"title": _("Terms of use"), "text": text_of("terms")})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/text.html", {"title": _("Privacy"), "text": text_of("privacy")})
