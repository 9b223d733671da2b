"""Conditional requests: a program that asks again and again gets an answer once, and 304 until it changes."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from arena.models import RatingSnapshot


def conditional(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the view with an ETag that begins with the newest board's id, and 304 for who has this answer already."""

    @wraps(run)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = run(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        # The id alone would not do: a card may change, and an entry come or rest, between two boards.
        digest = hashlib.sha256(response.content).hexdigest()[:16]
        etag = f'"{RatingSnapshot.objects.newest_id()}-{digest}"'
        response["ETag"] = etag
        response["Cache-Control"] = "public, no-cache"
        unchanged_or_whole = get_conditional_response(request, etag=etag, response=response)
        assert isinstance(unchanged_or_whole, HttpResponse)
        return unchanged_or_whole

    return answer
