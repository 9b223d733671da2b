"""Calls of single operations with curl."""

import json
from collections.abc import Mapping
from typing import Any

#: What stands for path parameters: variables of a shell, for those who paste the line.
_PLACES = {"slug": "$MODEL", "rival": "$RIVAL", "battle_id": "$BATTLE"}

Schema = Mapping[str, Any]


def curl(method: str, url: str, operation: Schema, body: Schema) -> str:
    """Return a line for a shell that has $TOKEN, and $MODEL or $BATTLE where the address needs one.

    operation: as an OpenAPI schema has it. body: the schema of what it takes, empty where it takes nothing.
    """
    for name, place in _PLACES.items():
        url = url.replace(f"{{{name}}}", place)
    wanted = [each for each in operation.get("parameters", ()) if each["in"] == "query" and each["required"]]
    query = "&".join(f"{each['name']}={_example(each['schema'])}" for each in wanted)
    parts = ["curl"]
    if any("text/event-stream" in answer["content"] for answer in operation["responses"].values()):
        parts.append("-N")
    if operation.get("security"):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if body:
        sent = {name: _example(body["properties"][name]) for name in body["required"]}
        parts.append(f"--json '{json.dumps(sent)}'")
    elif method == "POST":
        parts.append("-X POST")
    return " ".join([*parts, f'"{url}{"?" * bool(query)}{query}"'])


def _example(schema: Schema) -> str:
    return str((schema.get("examples") or schema.get("enum") or ["..."])[0])
