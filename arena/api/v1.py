"""The whole of /api/v1/: one router for each subject."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from arena.api import battles, board, votes
from arena.api.authentication import reader
from arena.api.problems import MEDIA_TYPE, PROBLEM, PROBLEM_REF, answer_with_problems
from arena.api.reference import ReferencePage
from arena.conf.branding import arena_name


class Api(NinjaAPI):
    """Ninja's API, with our names and problems in its schema."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name that a generated client gives the operation."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the schema with the arena's name, and with the problems that ninja does not know of."""
        schema = super().get_openapi_schema(**options)
        schema["info"]["title"] = arena_name()
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for methods in schema["paths"].values():
            methods.pop("head", None)  # the same without a body
        for operation in (each for methods in schema["paths"].values() for each in methods.values()):
            operation["responses"]["default"] = {"description": "A problem", "content": {MEDIA_TYPE: PROBLEM_REF}}
        return schema


api = Api(
    version="1",
    description="The arena for programs: the board for all, battles for those who have a token.",
    urls_namespace="api",
    docs=ReferencePage(),
    # What asks for no token of its own: reading.
    auth=reader,
)
answer_with_problems(api)
for subject in (board, battles, votes):
    api.add_router("", subject.router)
