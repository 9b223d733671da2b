"""How people sign in: what is set, and whether the provider answers."""

from django.conf import settings
from django.contrib import messages
from django.core.mail.backends.smtp import EmailBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods

from arena.console.permissions import asks, frame
from arena.models.voters import MayDo
from arena.people.provider import PROVIDER
from arena.people.provider_check import check_provider


@require_http_methods(["GET", "HEAD", "POST"])
@asks(MayDo.OWN)
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Show what is set; on POST ask the provider."""
    if request.method == "POST":
        checked = check_provider()
        (messages.success if checked.is_good else messages.error)(request, checked.sentence)
        return redirect("console_sign_in")
    context = {
        "here": "console_sign_in",
        "domains": settings.SIGN_IN_DOMAINS,
        "provider": settings.OIDC_URL,
        "client": settings.OIDC_CLIENT,
        "callback": request.build_absolute_uri(reverse("openid_connect_callback", args=[PROVIDER])),
        "second_factor": settings.SECOND_FACTOR,
        "header": settings.IDENTITY_HEADER,
        "sends_mail": issubclass(import_string(settings.EMAIL_BACKEND), EmailBackend),
    }
    return render(request, "console/sign_in.html", context | frame(request))
