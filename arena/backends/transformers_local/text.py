"""The text of token ids while they come. A character may take several tokens."""

from codecs import getincrementaldecoder

from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

from arena.backends.thoughts import is_mark

#: A decoder's mark for bytes that are not a character. It is never text of the model.
NO_CHARACTER = "\ufffd"
#: So many last tokens tell the decoder where the next one stands.
CONTEXT = 8


class TextStream:
    """The text of one answer; what `add` and `rest` return, joined, is the whole of it.

    Vocabularies such as Llama 2's write a rare character as tokens of one byte each. The library decodes a run of them
    only as a whole, and a single bad byte takes back all that was shown of it; here each character counts when it is
    complete, and bytes that are none are dropped. Special tokens are no text, but for those that part thoughts from it.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = DecodeStream(skip_special_tokens=True)
        self._bytes = _byte_tokens(tokenizer)
        self._marks = _marks(tokenizer)
        self._run = getincrementaldecoder("utf-8")("ignore")
        self._is_in_run = False
        self._ids: list[int] = []
        self._shown = 0

    def add(self, token: int) -> str:
        """Return the characters that this token completes; often none."""
        if token in self._marks:
            return self._mark(token)
        before, byte = self._ids[-CONTEXT:], self._bytes.get(token)
        self._ids.append(token)
        if byte is not None:
            self._is_in_run = True
            return self._show(self._run.decode(byte))
        if self._is_in_run:
            self._is_in_run = False
            self._run.reset()
            self._decoder = DecodeStream(ids=before, skip_special_tokens=True)
        return self._show(self._decoder.step(self._tokenizer, token) or "")

    def rest(self) -> str:
        """Return the whole characters still held back; the beginning of one that was cut off is dropped."""
        if self._bytes:
            return ""
        whole: str = self._tokenizer.decode(self._ids, skip_special_tokens=True)
        return self._show(whole.replace(NO_CHARACTER, "")[self._shown :])

    def _mark(self, token: int) -> str:
        before = self.rest()
        self._run.reset()
        self._is_in_run = False
        self._ids, self._shown = [], 0
        self._decoder = DecodeStream(skip_special_tokens=True)
        return before + self._marks[token]

    def _show(self, piece: str) -> str:
        piece = piece.replace(NO_CHARACTER, "")
        self._shown += len(piece)
        return piece


def _byte_tokens(tokenizer: Tokenizer) -> dict[int, bytes]:
    """Return the byte that each token of one byte stands for; none in vocabularies whose every piece is of bytes."""
    names = {value: tokenizer.token_to_id(f"<0x{value:02X}>") for value in range(256)}
    return {token: bytes([value]) for value, token in names.items() if token is not None}


def _marks(tokenizer: Tokenizer) -> dict[int, str]:
    """Return the special tokens that part thoughts from text. The others are skipped, as they say nothing."""
    added = tokenizer.get_added_tokens_decoder()
    return {number: token.content for number, token in added.items() if token.special and is_mark(token.content)}
