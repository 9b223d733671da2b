"""Errors for programs: RFC 9457, application/problem+json, for whatever goes wrong below /api/.

The texts are English: they are for those who write programs, and none of them names an entry.
"""

import json
from asyncio import iscoroutinefunction
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from arena.api.kinds import KINDS, REFUSALS
from arena.battles.begin import TooManyOpenBattles
from arena.people.refusals import Refusal

MEDIA_TYPE = "application/problem+json"

#: As a schema, and where OpenAPI finds it.
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Some kinds have further members, such as `errors` or `battles`.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
PROBLEM_REF = {"schema": {"$ref": "#/components/schemas/Problem"}}

#: What is said of errors that have no kind of their own.
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    401: "Send the header: Authorization: Bearer <token>.",
    403: "This is not open to you.",
    405: "This address does not take this method. The header Allow names those that it takes.",
    429: "Too many requests came. Try again in a while.",
    500: "Something broke on our side. What it was is in the log.",
}


class Problem(Exception):
    """An error as a program reads it. kind: one of KINDS. retry_after: seconds. fields: further members of it."""

    def __init__(self, kind: str, detail: str, *, retry_after: int | None = None, **fields: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.retry_after, self.fields = kind, detail, retry_after, fields


def answer_with_problems(api: NinjaAPI) -> None:
    """Let this API answer errors, and all that the arena refuses, with problems."""
    api.add_exception_handler(Problem, _of_problem)
    api.add_exception_handler(ValidationError, _of_validation)
    api.add_exception_handler(AuthenticationError, _of_authentication)
    api.add_exception_handler(RequestDataTooBig, _of_size)
    api.add_exception_handler(Http404, _of_address)
    api.add_exception_handler(HttpError, _of_status)
    for refusal, (_, detail) in REFUSALS.items():
        api.add_exception_handler(refusal, partial(_of_refusal, detail=detail))


@sync_and_async_middleware
def problems(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return middleware that makes problems of Django's own errors, such as a wrong address, method or host."""
    if iscoroutinefunction(get_response):

        async def wait(request: HttpRequest) -> HttpResponseBase:
            return _as_problem(request, await get_response(request))

        return wait
    return lambda request: _as_problem(request, get_response(request))


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_error = request.path.startswith(f"{settings.BASE_PATH}api/") and response.status_code >= 400
    if is_error and isinstance(response, HttpResponse) and response.headers.get("Content-Type") != MEDIA_TYPE:
        status = response.status_code
        if status == HTTPStatus.UNAUTHORIZED:  # of a closed arena, which let nobody so far as the API
            return _of_authentication(request, None)
        response.content = _body(status, DETAILS.get(status, DETAILS[400] if status < 500 else DETAILS[500]))
        response.headers["Content-Type"] = MEDIA_TYPE
        response.headers["Content-Length"] = str(len(response.content))
    return response


def _of_problem(request: HttpRequest, problem: Problem | type[Problem]) -> HttpResponse:
    assert isinstance(problem, Problem)
    status, title = KINDS[problem.kind]
    about = f"{reverse('api:openapi-view')}#problem-{problem.kind}"
    response = _response(status, problem.detail, type=about, title=title, **problem.fields)
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


def _of_refusal(request: HttpRequest, refusal: Any, *, detail: str) -> HttpResponse:
    problem = Problem(refusal.kind, detail, retry_after=refusal.retry_after, **_battles_in_the_way(refusal))
    return _of_problem(request, problem)


def _battles_in_the_way(refusal: Refusal) -> dict[str, list[str]]:
    if isinstance(refusal, TooManyOpenBattles):
        return {"battles": [str(battle.pk) for battle in refusal.battles]}
    return {}


def _of_validation(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    wrong = [{"where": _place(each["loc"]), "detail": each["msg"]} for each in error.errors]
    return _of_problem(request, Problem("invalid", "Each of `errors` says where and why.", errors=wrong))


def _place(location: Sequence[str | int]) -> str:
    """Return the place such as "query.limit" or "body.prompt", without the name that the body has in our code."""
    kind, *names = map(str, location)
    return ".".join([kind, *names[kind == "body" :]])


def _of_authentication(request: HttpRequest, error: Any) -> HttpResponse:
    response = _of_problem(request, Problem("no-token", "Send the header: Authorization: Bearer <token>."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _of_status(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """Answer what ninja refuses by itself: bodies that it cannot parse."""
    assert isinstance(error, HttpError)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return _of_problem(request, Problem("not-json", "Send one JSON object, in UTF-8."))
    return _response(error.status_code, str(error))


def _of_size(request: HttpRequest, error: Any) -> HttpResponse:
    return _of_problem(request, Problem("too-large", f"At most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes fit."))


def _of_address(request: HttpRequest, error: Any) -> HttpResponse:
    return _of_problem(request, Problem("not-found", DETAILS[404]))


def _response(status: int, detail: str, **fields: Any) -> HttpResponse:
    return HttpResponse(_body(status, detail, **fields), status=status, content_type=MEDIA_TYPE)


def _body(status: int, detail: str, **fields: Any) -> bytes:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return json.dumps(body | fields).encode()
