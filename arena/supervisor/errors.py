"""Why the arena cannot start: `CannotStart` carries one sentence for the person at the terminal."""


class CannotStart(Exception):
    """The message is shown as it is, without a traceback."""
