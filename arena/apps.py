"""The one app of the project."""

from django.apps import AppConfig


class ArenaConfig(AppConfig):
    name = "arena"

    def ready(self) -> None:
        from arena import checks  # noqa: F401  registers the checks
