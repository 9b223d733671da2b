"""The middleware that serves static files, which looks only once in a process which there are.

To look takes longer than most pages, and a test that changes a setting has its middleware set up anew.
"""

from typing import Any

from servestatic.middleware import ServeStaticMiddleware

#: What was found, by the prefix of the addresses and the folder.
_found: dict[tuple[Any, ...], tuple[Any, Any]] = {}


class LooksOnce(ServeStaticMiddleware):
    """As in the settings, but for when it looks."""

    def add_files_from_manifest(self) -> None:
        where = self.static_prefix, self.static_root
        if where in _found:
            self.files, self.directories = _found[where]
            return
        super().add_files_from_manifest()
        if self.files:  # there are none yet where a test's module imports the site
            _found[where] = self.files, self.directories


def looking_once(middleware: list[str]) -> list[str]:
    """The same list with this class in its place."""
    kept = f"{ServeStaticMiddleware.__module__}.{ServeStaticMiddleware.__qualname__}"
    assert kept in middleware
    return [f"{__name__}.{LooksOnce.__qualname__}" if name == kept else name for name in middleware]
