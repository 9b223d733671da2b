"""The one app of the project."""

import gc

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ArenaConfig(AppConfig):
    name = "arena"

    def ready(self) -> None:
        from arena import checks  # noqa: F401  registers the checks
        from arena.console.groups import make_groups
        from arena.people import sign_in_log  # noqa: F401  listens to sign-ins
        from arena.version import version

        # After Django's own receiver, which makes the permissions.
        post_migrate.connect(make_groups, sender=self)
        # Now, because the code of a running process is of the commit that it was started on.
        version()
        # What is made at the start stays, and to look through it again would hold a page up for 40 ms at a time.
        gc.freeze()
