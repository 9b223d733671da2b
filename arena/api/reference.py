"""What a program may ask, read out of an OpenAPI schema for a page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from arena.api.examples import curl

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
    """answer: the name of the shape that comes back; empty where it is no JSON. curl: one that works in a shell."""

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
    subjects: tuple[Subject, ...]
    shapes: tuple[Shape, ...]


def reference(schema: Schema, *, site: str) -> Reference:
    """All operations by subject. site: where the arena is, such as "https://arena.example.org"."""
    shapes = schema["components"]["schemas"]
    subjects: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            subjects.setdefault(told["tags"][0], []).append(_operation(path, method.upper(), told, shapes, site))
    return Reference(
        subjects=tuple(Subject(name, tuple(found)) for name, found in subjects.items()),
        shapes=tuple(_shape(name, told) for name, told in shapes.items() if name.endswith("Out")),
    )


def _operation(path: str, method: str, told: Schema, shapes: Schema, site: str) -> Operation:
    body = _body(told, shapes)
    return Operation(
        anchor=told["operationId"],
        method=method,
        path=path,
        summary=told["summary"],
        description=_description(told),
        needs_token=bool(told.get("security")),
        fields=(*map(_parameter, told.get("parameters", ())), *_members(body, where="body")),
        answer=_answer(told),
        curl=curl(method, site + path, told, body),
    )


def _body(told: Schema, shapes: Schema) -> Schema:
    sent = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    return shapes[_name(sent["schema"]["$ref"])] if sent else {}


def _answer(told: Schema) -> str:
    good = next(answer for status, answer in told["responses"].items() if str(status).startswith("2"))
    sent = good.get("content", {}).get("application/json", {}).get("schema", {})
    return _name(sent["$ref"]) if "$ref" in sent else ""


def _parameter(told: Schema) -> Field:
    schema = told["schema"]
    return Field(told["name"], _kind(schema), told["in"], told["required"], _default(schema))


def _shape(name: str, told: Schema) -> Shape:
    return Shape(name, _description(told), tuple(_members(told)))


def _description(told: Schema) -> str:
    """Without the marks of Markdown, which a schema may hold and a page does not."""
    return str(told.get("description", "")).replace("`", "")


def _members(told: Schema, *, where: str = "") -> Iterator[Field]:
    for name, schema in told.get("properties", {}).items():
        yield Field(name, _kind(schema), where, name in told.get("required", ()), _default(schema))


def _default(schema: Schema) -> str:
    found = schema.get("default")
    return "" if found is None else json.dumps(found) if isinstance(found, bool) else str(found)


def _kind(schema: Schema) -> str:
    """Such as "integer or null", "list of RowOut" or "one of tie, both_bad"."""
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return _name(schema["$ref"])
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("type", ""))


def _name(address: str) -> str:
    return address.rpartition("/")[2]
