"""Token ids to text while they come. A character may take several tokens."""

from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

#: What a decoder puts where bytes are no character. Never text of the model.
NO_CHARACTER = "\ufffd"


class TextStream:
    """The text of one answer; what `add` and `rest` return, joined, is the whole of it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = DecodeStream(skip_special_tokens=True)
        self._ids: list[int] = []
        self._shown = 0

    def add(self, token: int) -> str:
        """The characters that this token completes; often none."""
        self._ids.append(token)
        return self._show(self._decoder.step(self._tokenizer, token) or "")

    def rest(self) -> str:
        """Whole characters still held back; the beginning of one that was cut off is dropped."""
        whole: str = self._tokenizer.decode(self._ids, skip_special_tokens=True)
        return self._show(whole.replace(NO_CHARACTER, "")[self._shown :])

    def _show(self, piece: str) -> str:
        piece = piece.replace(NO_CHARACTER, "")
        self._shown += len(piece)
        return piece
