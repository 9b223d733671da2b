"""An answer so far, put together from what a server says of it bit by bit."""

from arena.backends.base import Completion, GenerationFailed, Piece
from arena.backends.openai_http.stream import Delta, Reason

#: Most characters of an answer: what any may have, and what each token that was asked for may add.
MIN_CHARACTERS, CHARACTERS_A_TOKEN = 2_000, 64
#: Pieces that begin with so many characters of all before them do not do so by chance.
NO_CHANCE_CHARACTERS = 12

_COUNTS = ("tokens", "prompt_tokens", "cached_tokens")


class Answer:
    """One answer. most_tokens: as many as were asked for."""

    def __init__(self, most_tokens: int) -> None:
        self._most_characters = MIN_CHARACTERS + CHARACTERS_A_TOKEN * most_tokens
        self._text, self._thoughts = _Growing(), _Growing()
        self._reason: Reason | None = None
        self._counts: dict[str, int] = {}
        self._facts: dict[str, str] = {}

    def take(self, delta: Delta) -> Piece:
        """Return what is new. Raises GenerationFailed where it is far more than was asked for."""
        self._reason = delta.reason or self._reason
        self._facts |= delta.facts
        self._count(delta)
        text = self._text.add(delta.text, is_whole=delta.is_whole)
        thoughts = self._thoughts.add(delta.thoughts, is_whole=delta.is_whole)
        if self._text.characters + self._thoughts.characters > self._most_characters:
            raise GenerationFailed(f"the server wrote more than {self._most_characters} characters")
        return Piece(text, thoughts)

    def rest(self) -> Piece:
        """Return what was held back."""
        return Piece(self._text.rest(), self._thoughts.rest())

    def completion(self) -> Completion:
        """Return how the answer ended. Raises GenerationFailed where it did not."""
        if self._reason is None:
            raise GenerationFailed("the reply ended without a reason")
        return self._ended(self._reason)

    def declined(self) -> Completion:
        """Return the end of an answer that a filter cut off."""
        return self._ended("declined")

    def _ended(self, reason: Reason) -> Completion:
        return Completion(reason, facts=self._facts, **self._counts)

    def _count(self, delta: Delta) -> None:
        # The last that was said of each: servers count on while they write.
        self._counts |= {name: value for name in _COUNTS if (value := getattr(delta, name)) is not None}


class _Growing:
    """A text whose pieces are new, or which comes anew each time with more at its end."""

    def __init__(self) -> None:
        self.characters = 0
        self._before = self._held = self._half = ""
        self._times_held = 0
        self._comes_whole = False

    def add(self, piece: str, *, is_whole: bool = False) -> str:
        """Return what is new, of whole characters. is_whole: the piece is all so far."""
        piece = self._with_whole_characters(piece)
        return self._shown(self._new(piece, is_whole or self._comes_whole)) if piece else ""

    def rest(self) -> str:
        """Return what is held back because it may have been a repetition."""
        is_whole = len(self._before) >= 3 or self._times_held > 1
        return self._shown(self._beyond(self._held) if is_whole else self._held)

    def _new(self, piece: str, is_whole: bool) -> str:
        held, times = self._held, self._times_held
        self._held, self._times_held = "", 0
        repeats = len(piece) > len(self._before) > 0 and piece.startswith(held or self._before)
        if repeats and ((piece == held and times == 1) or not (held or len(self._before) >= NO_CHANCE_CHARACTERS)):
            # "ha" and "haha", once or twice: the next one tells.
            self._held, self._times_held = piece, times + 1
            return ""
        if is_whole or (repeats and piece != held):
            self._comes_whole = self._comes_whole or not is_whole
            return self._beyond(piece)
        return held * times + piece

    def _beyond(self, whole: str) -> str:
        return whole[len(self._before) :] if whole.startswith(self._before) else ""

    def _shown(self, new: str) -> str:
        self._before += new
        self.characters += len(new)
        return new

    def _with_whole_characters(self, text: str) -> str:
        """Return the text with whole characters only; a lone half is dropped.

        JSON may name a character by two halves, and a chunk may end between them.
        """
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
