#!/usr/bin/env python
"""Every command of the arena: `python manage.py help`."""

import os
import sys

from django.core.management import execute_from_command_line

from arena.supervisor.errors import OPERATIONAL, complaint


def main() -> None:
    """Run the command that was typed; `--traceback` shows where an error came from."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")
    try:
        execute_from_command_line(sys.argv)
    except OPERATIONAL as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(complaint(error))


if __name__ == "__main__":
    main()
