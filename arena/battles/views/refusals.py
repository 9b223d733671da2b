"""Show on pages what the arena refuses."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from arena.people.refusals import Refusal

View = Callable[..., HttpResponse]


def refusals_shown_by(page: View) -> Callable[[View], View]:
    """Let a view raise refusals: `page(request, refusal, ...)` shows them, with their status and Retry-After.

    page gets the view's own arguments after the refusal.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                response = page(request, refusal, *args, **kwargs)
                response.status_code = refusal.status
                if refusal.retry_after is not None:
                    response["Retry-After"] = str(refusal.retry_after)
                return response

        return shown

    return decorate
