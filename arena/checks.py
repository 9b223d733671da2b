"""The checks of what must hold before the arena starts: no acknowledged vote is lost, and debug pages stay at home.

arena.E001  SQLite does not write ahead (journal_mode)
arena.E002  SQLite does not sync at each commit (synchronous)
arena.E003  SQLite does not lock at the start of a transaction (transaction_mode)
arena.E004  PostgreSQL does not sync (fsync)
arena.E005  PostgreSQL does not sync at each commit (synchronous_commit)
arena.E006  the database does not answer
arena.E007  a number that must be above zero is not
arena.E008  ARENA_PAIRING names no way of pairing
arena.E009  ARENA_PACING names no pacing
arena.E010  ARENA_COUNTED_SOURCES names a source that no vote has
arena.E011  ARENA_CATEGORIES names no module of categories, or one whose names cannot be stored
arena.E012  the database was made before 0.2.0
arena.E013  ARENA_BASE_PATH cannot be part of an address, or is one of the site's own
arena.E014  ARENA_NAME is empty, too long, or cannot be printed
arena.E015  ARENA_THOUGHTS is neither folded nor hidden
arena.E016  ARENA_ACCESS names no access mode
arena.E017  ARENA_ACCESS is sign_in and nobody could let anybody in
arena.E018  ARENA_TRUSTED_PROXIES has what is no address or network
arena.E020  ARENA_SECOND_FACTOR is none of off, staff and all
arena.E021  ARENA_IDENTITY_HEADER names a header, and nobody is trusted to send it
arena.E022  ARENA_MODERATION_FAIL or ARENA_PERSONAL_DATA is none of its words
arena.W001  debug pages are shown to other machines
arena.W002  other machines reach an arena whose access mode nobody chose
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from arena.models import Invitation
from arena.models.battles import Pacing
from arena.models.counts import OWN_BOARDS
from arena.models.votes import Source
from arena.people.addresses import unreadable
from arena.people.modes import Access
from arena.people.roles import has_owner

_POSITIVE = {
    "ARENA_LEASE_SECONDS": "LEASE_SECONDS",
    "ARENA_REMOTE_READ_SECONDS": "REMOTE_READ_SECONDS",
    "ARENA_REMOTE_ANSWER_SECONDS": "REMOTE_ANSWER_SECONDS",
    "ARENA_QUEUE_LIMIT": "QUEUE_LIMIT",
    "ARENA_OPEN_BATTLES": "OPEN_BATTLES_LIMIT",
    "ARENA_RECORDED_RATE": "RECORDED_RATE",
    "ARENA_LOCAL_CONCURRENCY": "LOCAL_CONCURRENCY",
    "ARENA_MODERATION_SECONDS": "MODERATION_SECONDS",
}
_ONE_OF = {
    "ARENA_MODERATION_FAIL": ("MODERATION_FAIL", ("open", "closed")),
    "ARENA_PERSONAL_DATA": ("PERSONAL_DATA", ("pass", "ask", "refuse")),
}
_DAYS = {"ARENA_RETENTION_DAYS": "RETENTION_DAYS", "ARENA_INACTIVE_DAYS": "INACTIVE_DAYS"}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BASE_PATH = re.compile(r"/([A-Za-z0-9][A-Za-z0-9._~-]*/)*")
_SQLITE_HINT = "Remove what overrides it from DATABASES in the settings: the default is {}."


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return errors for a default database that could lose a vote or refuse one under load."""
    if "default" not in (databases or ()):
        return []
    checks = {"sqlite": _sqlite, "postgresql": _postgresql}
    try:
        errors = list(checks[connection.vendor]()) if connection.vendor in checks else []
        return [*errors, *_too_old()]
    except OperationalError as error:
        hint = "Start it, or correct DATABASE_URL; empty means SQLite in ARENA_VAR."
        return [Error(f"The database does not answer: {error}", hint=hint, id="arena.E006")]


@register(Tags.security)
def check_debug(**_: Any) -> list[CheckMessage]:
    """Return a warning if debug pages, which show code and settings, are shown to other machines."""
    if not settings.DEBUG or _is_loopback(settings.HOST):
        return []
    hint = "Unset ARENA_DEBUG, or set ARENA_HOST to 127.0.0.1."
    return [Warning(f"Debug pages are shown to all who reach {settings.HOST}.", hint=hint, id="arena.W001")]


@register(Tags.security)
def check_access(**_: Any) -> list[CheckMessage]:
    """Return an error for an unknown access mode, and a warning where an arena is open to others by oversight."""
    if settings.ACCESS not in list(Access):
        hint = f"Set it to one of {', '.join(Access)}, or unset it."
        return [Error(f"ARENA_ACCESS is {settings.ACCESS!r}.", hint=hint, id="arena.E016")]
    if settings.ACCESS_IS_CHOSEN or _is_loopback(settings.HOST):
        return []
    hint = "Set ARENA_ACCESS to sign_in, link or open: docs/operations.md has a page on an arena for a company."
    message = f"Everybody who reaches {settings.HOST} may read and vote, because ARENA_ACCESS is not set."
    return [Warning(message, hint=hint, id="arena.W002")]


@register(Tags.database)
def check_owner(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return an error where only accounts come in, and none of them could let anybody else in."""
    if settings.ACCESS != Access.SIGN_IN or "default" not in (databases or ()):
        return []
    try:
        # Before the first migration nobody can be asked for: `manage.py up` asks again after it.
        if Invitation._meta.db_table not in connection.introspection.table_names() or has_owner(timezone.now()):
            return []
    except OperationalError:  # said by check_database
        return []
    hint = "Run `manage.py invite --role owner`: it prints a link that makes the first account. Then start again."
    message = "ARENA_ACCESS is sign_in, and this arena has no owner yet: nobody could come in."
    return [Error(message, hint=hint, id="arena.E017")]


@register(Tags.security)
def check_proxies(**_: Any) -> list[CheckMessage]:
    """Return an error for a proxy that would never be recognised."""
    wrong = unreadable(settings.TRUSTED_PROXIES)
    hint = "Set it to addresses and networks, such as 127.0.0.1,10.0.0.0/8, or unset it."
    return [Error(f"ARENA_TRUSTED_PROXIES has {each!r}.", hint=hint, id="arena.E018") for each in wrong]


@register()
def check_words(**_: Any) -> list[CheckMessage]:
    """Return errors for settings that are one of a few words and are none of them."""
    return [
        Error(f"{name} must be one of {', '.join(words)}.", hint="Unset it to take the default.", id="arena.E022")
        for name, (value, words) in _ONE_OF.items()
        if getattr(settings, value) not in words
    ]


@register()
def check_numbers(**_: Any) -> list[CheckMessage]:
    """Return errors for settings with which no battle could ever end or begin."""
    hint = "Unset it to take the default, which docs/operations.md names."
    wrong = [name for name, value in _POSITIVE.items() if getattr(settings, value) <= 0]
    negative = [name for name, value in _DAYS.items() if getattr(settings, value) < 0]
    return [
        *(Error(f"{name} must be above zero.", hint=hint, id="arena.E007") for name in wrong),
        *(Error(f"{name} must be zero, which is never, or more.", hint=hint, id="arena.E007") for name in negative),
    ]


@register()
def check_base_path(**_: Any) -> list[CheckMessage]:
    """Return an error for a base path with which our own addresses could not be told from those a proxy sends."""
    base, first = settings.BASE_PATH, settings.BASE_PATH.split("/")[1]
    if not _BASE_PATH.fullmatch(base):
        hint = "Set it to names of letters, digits and . _ ~ - between slashes, such as /arena/, or unset it."
    elif first and first in {"static", "ws", *_first_names(get_resolver().url_patterns)}:
        hint = f"The site has addresses of its own below /{first}/: set it to another name, such as /arena/."
    else:
        return []
    return [Error(f"ARENA_BASE_PATH is {base!r}.", hint=hint, id="arena.E013")]


@register()
def check_name(**_: Any) -> list[CheckMessage]:
    """Return an error for a name that no title or tab could show."""
    name = settings.SITE_NAME
    if name.strip() and name.isprintable() and len(name) <= 60:
        return []
    hint = "Set it to at most 60 characters on one line, or unset it."
    return [Error(f"ARENA_NAME is {name!r}.", hint=hint, id="arena.E014")]


@register()
def check_pairing(**_: Any) -> list[CheckMessage]:
    """Return an error for an unknown way of pairing: no battle could begin."""
    from arena.pairing.draw import Policy  # with NumPy and SciPy: half the time that any command takes to start

    if settings.PAIRING in list(Policy):
        return []
    hint = f"Set it to one of {', '.join(Policy)}, or unset it."
    return [Error(f"ARENA_PAIRING is {settings.PAIRING!r}.", hint=hint, id="arena.E008")]


@register()
def check_pacing(**_: Any) -> list[CheckMessage]:
    """Return an error for an unknown pacing."""
    if settings.PACING in Pacing.values:
        return []
    hint = f"Set it to one of {', '.join(Pacing.values)}, or unset it."
    return [Error(f"ARENA_PACING is {settings.PACING!r}.", hint=hint, id="arena.E009")]


@register()
def check_thoughts(**_: Any) -> list[CheckMessage]:
    """Return an error for an unknown word, which could show what is to be hidden."""
    if settings.THOUGHTS in ("folded", "hidden"):
        return []
    hint = "Set it to folded or hidden, or unset it."
    return [Error(f"ARENA_THOUGHTS is {settings.THOUGHTS!r}.", hint=hint, id="arena.E015")]


@register()
def check_second_factor(**_: Any) -> list[CheckMessage]:
    """Return an error for an unknown word, which would ask nobody for one."""
    if settings.SECOND_FACTOR in ("off", "staff", "all"):
        return []
    hint = "Set it to off, staff or all, or unset it."
    return [Error(f"ARENA_SECOND_FACTOR is {settings.SECOND_FACTOR!r}.", hint=hint, id="arena.E020")]


@register()
def check_identity_header(**_: Any) -> list[CheckMessage]:
    """Return an error for a header that would be ignored, whoever sends it."""
    if not settings.IDENTITY_HEADER or settings.TRUSTED_PROXIES:
        return []
    hint = "Set ARENA_TRUSTED_PROXIES to the proxy's address, or unset ARENA_IDENTITY_HEADER."
    return [Error("Nobody is trusted to send ARENA_IDENTITY_HEADER.", hint=hint, id="arena.E021")]


@register()
def check_counted_sources(**_: Any) -> list[CheckMessage]:
    """Return an error for a source that no vote has: a typing error would take votes off the board."""
    from arena.votes.policy import unknown_sources  # as in check_pairing

    if not (unknown := unknown_sources()):
        return []
    hint = f"Set it to some of {', '.join(Source.values)}, or unset it."
    return [Error(f"ARENA_COUNTED_SOURCES names {', '.join(unknown)}.", hint=hint, id="arena.E010")]


@register()
def check_categories(**_: Any) -> list[CheckMessage]:
    """Return an error for a module that is not there, or whose keys would be cut off or taken for other boards."""
    wrong = _wrong_with_categories()
    hint = "Unset it, or name a module with RULES_VERSION, CATEGORIES and categories_of, as arena.categories has."
    return (
        [Error(f"ARENA_CATEGORIES is {settings.CATEGORIES!r}: {wrong}.", hint=hint, id="arena.E011")] if wrong else []
    )


def _wrong_with_categories() -> str:
    from arena.votes.policy import category_rules  # as in check_pairing

    try:
        module = category_rules()
        keys, version, _ = list(module.CATEGORIES), str(module.RULES_VERSION), module.categories_of
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        return str(error)
    if odd := [key for key in keys if not _KEY.fullmatch(key) or key in OWN_BOARDS]:
        return (
            f"the key {odd[0]!r} must be lower-case letters, digits and _, at most 40, and not {', '.join(OWN_BOARDS)}"
        )
    return "its RULES_VERSION has more than 40 characters" if len(version) > 40 else ""


def _first_names(addresses: Sequence[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield what stands before the first slash of each."""
    for each in addresses:
        if isinstance(each, URLResolver) and str(each.pattern) in {"", settings.BASE_PATH[1:]}:
            yield from _first_names(each.url_patterns)
        else:
            yield str(each.pattern).partition("/")[0]


def _sqlite() -> Iterator[CheckMessage]:
    if (mode := _value("PRAGMA journal_mode")) != "wal":
        message = f"SQLite's journal_mode is {mode}: readers and the writer block each other."
        yield Error(message, hint=_SQLITE_HINT.format("WAL"), id="arena.E001")
    if (level := _value("PRAGMA synchronous")) != 2:
        message = f"SQLite's synchronous is {level}, not 2 (FULL): a power cut can undo an acknowledged vote."
        yield Error(message, hint=_SQLITE_HINT.format("FULL"), id="arena.E002")
    if (mode := connection.settings_dict["OPTIONS"].get("transaction_mode")) != "IMMEDIATE":
        message = f"SQLite's transaction_mode is {mode}: a vote fails at once when another is being written."
        yield Error(message, hint=_SQLITE_HINT.format("IMMEDIATE"), id="arena.E003")


def _postgresql() -> Iterator[CheckMessage]:
    if _value("SHOW fsync") != "on":
        message = "PostgreSQL's fsync is off: a power cut can corrupt the database."
        yield Error(message, hint="Set fsync = on in postgresql.conf.", id="arena.E004")
    if (value := _value("SHOW synchronous_commit")) == "off":
        message = f"PostgreSQL's synchronous_commit is {value}: a power cut can undo an acknowledged vote."
        hint = "Set synchronous_commit = on in postgresql.conf, for the database and for its role."
        yield Error(message, hint=hint, id="arena.E005")


def _too_old() -> Iterator[CheckMessage]:
    """Yield an error for a database whose tables came before the migrations began anew."""
    if ("arena", "0001_facts") in MigrationRecorder(connection).applied_migrations():
        message = "This database was made by a version before 0.2.0: its tables cannot become those of today."
        hint = (
            "Nothing in it is changed. With that version run `manage.py export --format csv`, then import the file "
            "with `manage.py import_votes` into a new ARENA_VAR, or a new database: the board is the same."
        )
        yield Error(message, hint=hint, id="arena.E012")


def _value(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
