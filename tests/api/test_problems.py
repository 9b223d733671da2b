import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from arena import urls
from arena.api.kinds import KINDS
from tests.api.calling import Program

pytestmark = pytest.mark.django_db

ABOUT = "/api/v1/docs#problem-"


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    assert int(response["Content-Length"]) == len(response.content)
    body = json.loads(response.content)
    assert set(body) >= {"type", "title", "status", "detail"}
    assert body["status"] == response.status_code
    return body


def test_a_wrong_value_is_named_with_its_place(client):
    body = problem(client.get("/api/v1/leaderboard?limit=0&snapshot=x"))
    assert (body["status"], body["type"]) == (422, f"{ABOUT}invalid")
    assert {error["where"] for error in body["errors"]} == {"query.limit", "query.snapshot"}


def test_a_wrong_address_and_a_wrong_method_are_problems(client):
    assert problem(client.get("/api/v1/nothing"))["title"] == "Not Found"
    unknown = problem(client.get("/api/v1/models/nobody"))
    assert (unknown["status"], unknown["type"]) == (404, f"{ABOUT}not-found")
    refused = client.post("/api/v1/leaderboard")
    assert problem(refused)["status"] == 405
    assert set(refused["Allow"].split(", ")) == {"GET", "HEAD"}


def test_what_django_refuses_is_a_problem_too(client):
    assert problem(client.get("/api/v1/models", headers={"host": "evil.example"}))["status"] == 400


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("body", ["{", "prompt=Why", "[" * 100_000, b'{"prompt": "\xff"}'])
def test_a_body_that_is_not_json_is_a_problem(body, kind):
    program = Program()
    told = problem(program.client.post("/api/v1/battles", body, content_type=kind, headers=program.headers))
    assert (told["status"], told["type"]) == (400, f"{ABOUT}not-json")


def test_a_body_that_is_too_large_is_a_problem(settings):
    program, body = Program(), '{"prompt": "' + "x" * 300_000 + '"}'
    sent = program.client.post("/api/v1/battles", body, content_type="application/json", headers=program.headers)
    told = problem(sent)
    assert (told["status"], told["type"]) == (413, f"{ABOUT}too-large")
    assert "262,144 bytes" in told["detail"]


@pytest.mark.parametrize("body", [{}, {"prompt": 5}, {"prompt": None}])
def test_a_wrong_member_of_a_body_is_named_as_the_program_names_it(body):
    told = problem(Program().post("battles", **body))
    assert [error["where"] for error in told["errors"]] == ["body.prompt"]


def broken(request):
    raise RuntimeError("ZEBRA-7 broke")


def page(request):
    return HttpResponse("Not here.", status=404)


urlpatterns = [path("api/v1/broken", broken), path("page", page), *urls.urlpatterns]


def test_what_breaks_says_nothing_of_what_broke(settings):
    settings.ROOT_URLCONF = __name__
    response = Client(raise_request_exception=False).get("/api/v1/broken")
    assert problem(response)["status"] == 500
    assert b"ZEBRA-7" not in response.content


def test_errors_of_pages_stay_pages(settings):
    settings.ROOT_URLCONF = __name__
    assert Client().get("/page").text == "Not here."


def test_every_kind_has_a_status_and_a_title():
    assert all(400 <= status < 600 and title for status, title in KINDS.values())
