"""The page about the API, made from its OpenAPI schema. It is rendered here, so it needs no script of somebody else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from arena.api.examples import curl
from arena.api.kinds import KINDS

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One parameter, or one member of a JSON object. where: path, query, header or body; empty for an answer's."""

    name: str
    kind: str
    where: str = ""
    is_required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation of the API.

    answer: the name of the shape that comes back, empty where it is no JSON. curl: a line that works in a shell.
    """

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    fields: tuple[Field, ...]
    answer: str
    curl: str


@dataclass(frozen=True)
class Subject:
    """The operations on one subject."""

    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Shape:
    """One kind of JSON object that comes back."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Reference:
    """All operations, and all shapes that come back."""

    subjects: tuple[Subject, ...]
    shapes: tuple[Shape, ...]


class ReferencePage(DocsBase):
    """The page /api/v1/docs."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        site = request.build_absolute_uri("/").rstrip("/")
        context = {
            "reference": reference(api.get_openapi_schema(), site=site),
            "schema": self.get_openapi_url(api, kwargs),
            "problems": [(kind, status, title) for kind, (status, title) in KINDS.items()],
        }
        return render(request, "api/reference.html", context)


def reference(schema: Schema, *, site: str) -> Reference:
    """Return all operations by subject. site: where the arena is, such as "https://arena.example.org"."""
    shapes = schema["components"]["schemas"]
    subjects: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            subjects.setdefault(operation["tags"][0], []).append(
                _operation(path, method.upper(), operation, shapes, site)
            )
    return Reference(
        subjects=tuple(Subject(name, tuple(operations)) for name, operations in subjects.items()),
        shapes=tuple(_shape(name, shape) for name, shape in shapes.items() if name.endswith("Out")),
    )


def _operation(path: str, method: str, operation: Schema, shapes: Schema, site: str) -> Operation:
    body = _body(operation, shapes)
    return Operation(
        anchor=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        description=_description(operation),
        needs_token=bool(operation.get("security")),
        fields=(*map(_parameter, operation.get("parameters", ())), *_members(body, where="body")),
        answer=_answer(operation),
        curl=curl(method, site + path, operation, body),
    )


def _body(operation: Schema, shapes: Schema) -> Schema:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return shapes[_name(sent["schema"]["$ref"])] if sent else {}


def _answer(operation: Schema) -> str:
    good = next(answer for status, answer in operation["responses"].items() if str(status).startswith("2"))
    sent = good.get("content", {}).get("application/json", {}).get("schema", {})
    return _name(sent["$ref"]) if "$ref" in sent else ""


def _parameter(parameter: Schema) -> Field:
    schema = parameter["schema"]
    return Field(parameter["name"], _kind(schema), parameter["in"], parameter["required"], _default(schema))


def _shape(name: str, shape: Schema) -> Shape:
    return Shape(name, _description(shape), tuple(_members(shape)))


def _description(described: Schema) -> str:
    """Return the description without the marks of Markdown, which a schema may hold and a page does not."""
    return str(described.get("description", "")).replace("`", "")


def _members(shape: Schema, *, where: str = "") -> Iterator[Field]:
    for name, schema in shape.get("properties", {}).items():
        yield Field(name, _kind(schema), where, name in shape.get("required", ()), _default(schema))


def _default(schema: Schema) -> str:
    default = schema.get("default")
    if default is None:
        return ""
    return json.dumps(default) if isinstance(default, bool) else str(default)


def _kind(schema: Schema) -> str:
    """Return the kind in words, such as "integer or null", "list of RowOut" or "one of tie, both_bad"."""
    if "anyOf" in schema:
        return " or ".join(_kind(choice) for choice in schema["anyOf"])
    if "$ref" in schema:
        return _name(schema["$ref"])
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("type", ""))


def _name(address: str) -> str:
    return address.rpartition("/")[2]
