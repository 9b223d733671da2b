"""The one app of the project."""

from django.apps import AppConfig


class ArenaConfig(AppConfig):
    name = "arena"

    def ready(self) -> None:
        from arena import checks  # noqa: F401  registers the checks
        from arena.version import version

        # Now, because the code of a running process is of the commit that it was started on.
        version()
