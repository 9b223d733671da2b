"""The page about the API: rendered here from the schema, so that it needs no script of somebody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from arena.api.kinds import KINDS
from arena.api.reference import reference


class ReferencePage(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        site = request.build_absolute_uri("/").rstrip("/")
        context = {
            "reference": reference(api.get_openapi_schema(), site=site),
            "schema": self.get_openapi_url(api, kwargs),
            "problems": [(kind, status, title) for kind, (status, title) in KINDS.items()],
        }
        return render(request, "api/reference.html", context)
