"""All of /api/v1/: one router a subject."""

from ninja import NinjaAPI

from arena.api import battles, board, votes
from arena.api.problems import answer_with_problems
from arena.api.refusals import answer_with_refusals

api = NinjaAPI(
    title="Agon",
    version="1",
    description="The arena for programs: the board for all, battles for those who have a token.",
    urls_namespace="api",
)
answer_with_problems(api)
answer_with_refusals(api)
for subject in (board, battles, votes):
    api.add_router("", subject.router)
