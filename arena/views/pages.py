"""Pages that only explain."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/how_it_works.html", {"consent_version": settings.CONSENT_VERSION})
