"""How to call one operation with curl."""

import json
from collections.abc import Mapping
from typing import Any

#: What stands for path parameters: variables of a shell, for those who paste the line.
_PLACES = {"slug": "$MODEL", "rival": "$RIVAL", "battle_id": "$BATTLE"}

Schema = Mapping[str, Any]


def curl(method: str, url: str, told: Schema, body: Schema) -> str:
    """A line for a shell that has $TOKEN, and $MODEL or $BATTLE where the address needs one.

    told: the operation in an OpenAPI schema; body: the schema of what it takes, empty where it takes nothing.
    """
    for name, place in _PLACES.items():
        url = url.replace(f"{{{name}}}", place)
    wanted = [one for one in told.get("parameters", ()) if one["in"] == "query" and one["required"]]
    query = "&".join(f"{one['name']}={_example(one['schema'])}" for one in wanted)
    parts = ["curl"]
    if any("text/event-stream" in answer["content"] for answer in told["responses"].values()):
        parts.append("-N")
    if told.get("security"):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if body:
        sent = {name: _example(body["properties"][name]) for name in body["required"]}
        parts.append(f"--json '{json.dumps(sent)}'")
    elif method == "POST":
        parts.append("-X POST")
    return " ".join([*parts, f'"{url}{"?" * bool(query)}{query}"'])


def _example(schema: Schema) -> str:
    return str((schema.get("examples") or schema.get("enum") or ["..."])[0])
