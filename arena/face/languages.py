"""The languages that this arena offers: whoever asks for another gets the first of these."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import activate, get_language

from arena.face.current import current


def offered_languages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware that stands behind Django's own, which knows every language that there is."""

    def serve(request: HttpRequest) -> HttpResponse:
        offered = current().languages
        if offered and get_language() not in offered:
            activate(settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in offered else offered[0])
            request.LANGUAGE_CODE = get_language() or settings.LANGUAGE_CODE
        return get_response(request)

    return serve
