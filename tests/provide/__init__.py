"""What the tests need beyond Python packages: found on this machine, or fetched, or missing by name."""


class Missing(Exception):
    """Neither found nor fetched; the message names it and says how to install it."""
