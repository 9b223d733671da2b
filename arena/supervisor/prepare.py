"""What must be done before the site can start: `python -m arena.supervisor.prepare`.

All in one process, because starting Python and Django takes longer than most of it; in a process of its own, because
the supervisor must stay small.
"""

import sys
from collections.abc import Callable
from functools import partial

import django
from django.conf import settings
from django.core.checks import Tags
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from arena.supervisor.errors import OPERATIONAL, complaint

_quietly = partial(call_command, verbosity=0, interactive=False)


def _prepare_models() -> None:
    """Prepare all weights, those of broken entries too: the cause may be gone. The arena starts without the others."""
    from arena.entries.prepare import prepare_weights  # once Django is set up
    from arena.entries.states import mend_entries
    from arena.models import LanguageModel

    mend_entries(LanguageModel.objects.exclude(weights=""))
    for weights, problem in prepare_weights(say=partial(print, flush=True)).items():
        print(f"{weights}: {problem}\nThe arena starts without it.", file=sys.stderr, flush=True)


_Steps = dict[str, Callable[[], object]]
_FIRST: _Steps = {
    "Checking the settings": lambda: BaseCommand().check(databases=["default"]),
    "Bringing the database up to date": lambda: _quietly("migrate"),
    "Looking for an owner": lambda: BaseCommand().check(tags=[Tags.database], databases=["default"]),
    "Collecting the static files": lambda: _quietly("collectstatic"),
}
STEPS: _Steps = {
    **_FIRST,
    "Loading the catalogue": lambda: call_command("load_catalog"),
    "Loading the prompts": lambda: call_command("load_prompts"),
    "Preparing the models": _prepare_models,
}
DEMO_STEPS: _Steps = {**_FIRST, "Filling the demo": lambda: call_command("demo")}


def main() -> int:
    """Take every step, and return 0; or say which one could not be done and why, and return 1."""
    django.setup()
    for purpose, step in (DEMO_STEPS if settings.DEMO else STEPS).items():
        print(purpose, flush=True)
        try:
            step()
        except (CommandError, *OPERATIONAL) as problem:
            print(f"{complaint(problem)}\n{purpose}: this did not work.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
