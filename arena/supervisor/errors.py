"""What stands in an operator's way, in a sentence instead of a traceback.

CannotStart
├── AlreadyRunning: another `up` holds this folder
└── NoRedis: no usable redis-server on this machine
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

#: What a command meets when a database, a disk or a setting is not as it must be; anything else is a fault of ours.
OPERATIONAL = (DatabaseError, ImproperlyConfigured, OSError)
_OUT_OF_DATE = ("no such table", "no such column", "does not exist", "has no column")


class CannotStart(Exception):
    """Why the arena cannot start. The message is shown as it is, without a traceback."""


def complaint(error: Exception) -> str:
    """Return what is wrong and what to do about it."""
    if isinstance(error, DatabaseError):
        return _of_the_database(" ".join(str(error).split()))
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def _of_the_database(words: str) -> str:
    if any(sign in words for sign in _OUT_OF_DATE):
        todo = "Bring it up to date with `python manage.py migrate`, as `manage.py up` does at each start"
    else:
        todo = "See DATABASE_URL; where it is empty, the folder ARENA_VAR must be writable and have room"
    return f"The database refuses: {words}. {todo}."
