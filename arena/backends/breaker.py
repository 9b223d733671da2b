"""A circuit breaker: an entry that keeps failing is not drawn for a while, and comes back by a probe.

Each change gives a new Breaker of plain numbers, so that whoever shares it can store it as JSON (`dataclasses.asdict`).
"""

from dataclasses import dataclass, replace

#: So many failures within the window open the breaker.
FAILURES = 3
WINDOW_SECONDS = 60.0
OPEN_SECONDS = 300.0
#: A probe without an answer for so long is lost, and another may go.
PROBE_SECONDS = 60.0


@dataclass(frozen=True)
class Breaker:
    """One entry's recent failures. All times are seconds of one clock, passed in.

    failures: when the last ones were. opened_at: when it opened; None: closed. probed_at: when the last probe left.
    """

    failures: tuple[float, ...] = ()
    opened_at: float | None = None
    probed_at: float | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the entry may be drawn."""
        return self.opened_at is None

    def may_probe(self, now: float) -> bool:
        """Return whether it is time to ask the entry if it is back, and nobody else is asking."""
        if self.opened_at is None or now - self.opened_at < OPEN_SECONDS:
            return False
        return self.probed_at is None or now - self.probed_at >= PROBE_SECONDS

    def failed(self, now: float) -> "Breaker":
        """Return the breaker after an answer that failed.

        While it is open only probes count: late answers were begun before.
        """
        if self.opened_at is not None:
            return self
        failures = (*(at for at in self.failures if now - at < WINDOW_SECONDS), now)
        return Breaker(opened_at=now) if len(failures) >= FAILURES else Breaker(failures)

    def probing(self, now: float) -> "Breaker":
        """Return the breaker as a probe leaves."""
        return replace(self, probed_at=now)

    def probed(self, now: float, *, ok: bool) -> "Breaker":
        """Return the breaker after a probe: closed and forgotten, or open for as long again."""
        return Breaker() if ok else Breaker(opened_at=now)
