"""The text up to the first stop string, released as early as it can be."""

from collections.abc import Iterable


class StopStrings:
    """The text of one answer, cut before a stop string; what `add` and `rest` return, joined, is the whole of it.

    How the text is cut into pieces changes nothing: the stop that is complete first counts, of several that end
    together the longest.
    """

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = tuple(filter(None, stops))
        self._held = ""
        self.has_stopped = False

    def add(self, piece: str) -> str:
        """Return what can be shown now. An end of the text with which a stop string may begin is held back."""
        if self.has_stopped:
            return ""
        text = self._held + piece
        matches = [(start + len(stop), start) for stop in self._stops if (start := text.find(stop)) >= 0]
        if matches:
            self.has_stopped, self._held = True, ""
            return text[: min(matches)[1]]
        shown = len(text) - self._begun(text)
        self._held = text[shown:]
        return text[:shown]

    def rest(self) -> str:
        """Return what was held back and became no stop string."""
        rest, self._held = self._held, ""
        return rest

    def _begun(self, text: str) -> int:
        """Return the length of the longest end of the text that is a proper beginning of a stop string."""
        longest = min(len(text), max(map(len, self._stops), default=1) - 1)
        return next((length for length in range(longest, 0, -1) if self._begins(text[-length:])), 0)

    def _begins(self, end: str) -> bool:
        return any(len(stop) > len(end) and stop.startswith(end) for stop in self._stops)
