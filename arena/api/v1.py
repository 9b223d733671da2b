"""All of /api/v1/: one router a subject."""

from ninja import NinjaAPI

from arena.api import board
from arena.api.problems import answer_with_problems

api = NinjaAPI(
    title="Agon",
    version="1",
    description="The arena for programs: the board for all, battles for those who have a token.",
    urls_namespace="api",
)
answer_with_problems(api)
api.add_router("", board.router)
