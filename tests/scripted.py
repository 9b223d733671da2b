"""A backend that plays a script."""

from collections.abc import AsyncGenerator, Generator

from asgiref.sync import sync_to_async

from arena.backends.base import Completion, Piece, Request


class ScriptedBackend:
    """Plays what `script` yields, texts or pieces, and ends with the completion that it returns, if any.

    A script may ask the database, as it runs where the test does.
    """

    def script(self, request: Request) -> Generator[str | Piece, None, Completion | None]:
        raise NotImplementedError

    async def stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        script, is_over = self.script(request), False
        while not is_over:
            piece = await sync_to_async(_next)(script)
            is_over = piece.end is not None
            yield piece

    def count_tokens(self, request: Request) -> int:
        return 0


def _next(script: Generator[str | Piece, None, Completion | None]) -> Piece:
    try:
        said = next(script)
    except StopIteration as end:
        return Piece(end=end.value or Completion("stop"))
    return said if isinstance(said, Piece) else Piece(said)
