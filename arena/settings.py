"""Wiring of the arena. What an operator may set is read with `option` and listed in docs/operations.md."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF

from arena.conf.base_path import base_path
from arena.conf.options import address, env, option, refuse_old_names, yes_or_no
from arena.conf.private_files import make_folder, make_private, read_or_make_secret_key
from arena.conf.redis_clients import BLOCKING_SECONDS, CONNECT_SECONDS, broker_tls, broker_url, key_prefix
from arena.conf.sign_in import *  # noqa: F403  what django-allauth and Django's mail read, all in one place
from arena.conf.sign_in import SIGN_IN_APPS

BASE_DIR = Path(__file__).resolve().parent.parent

refuse_old_names()

# What it is called
SITE_NAME = option(
    "ARENA_NAME", env.str, default="Agon", help="What the arena is called on its pages, at most 60 characters"
)
SITE_TAGLINE = option(
    "ARENA_TAGLINE", env.str, default="", help="Its line in the footer; empty: ours, in each language"
)

# Where it lives
VAR = Path(option("ARENA_VAR", env.str, default="var", help="Folder for the database, models and secret key"))
VAR = VAR if VAR.is_absolute() else BASE_DIR / VAR
DEMO = option(
    "ARENA_DEMO",
    yes_or_no,
    default=False,
    help="A demo with invented models in an ARENA_VAR of its own, and a line on every page that says so",
)
# Once filled, it is one by whatever command it is started.
DEMO = DEMO or (VAR / "demo").exists()
HOST = option("ARENA_HOST", env.str, default="127.0.0.1", help="Address the web server listens on")
PORT = option("ARENA_PORT", env.int, default=8000, help="Port the web server listens on")
BASE_PATH = option(
    "ARENA_BASE_PATH",
    base_path,
    default="/",
    help="Path below which a proxy serves the site, such as /arena/",
)
ALLOWED_HOSTS = option(
    "ARENA_ALLOWED_HOSTS",
    env.list,
    default=[],
    help="Names visitors may use, comma-separated, besides this machine's",
)
ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]", HOST]
CSRF_TRUSTED_ORIGINS = option(
    "ARENA_TRUSTED_ORIGINS",
    env.list,
    default=[],
    help="Origins behind a proxy, such as https://arena.example.org",
)
TRUSTED_PROXIES = option(
    "ARENA_TRUSTED_PROXIES",
    env.list,
    default=[],
    help="Addresses and networks of proxies whose X-Forwarded-For is believed, such as 127.0.0.1,10.0.0.0/8",
)
DEBUG = option("ARENA_DEBUG", yes_or_no, default=False, help="Django's debug pages; never on a public site")
SECRET_KEY = option("ARENA_SECRET_KEY", env.str, default="", help="Signing key; empty: made once in ARENA_VAR")
SECRET_KEY = SECRET_KEY or read_or_make_secret_key(VAR / "secret_key")

# Who comes in
ACCESS = option(
    "ARENA_ACCESS",
    env.str,
    default="open",
    help="Who may read and play: open (everybody), link (accounts and invitation links) or sign_in (accounts only)",
)
#: Whether somebody chose it: an arena that other machines reach is not to be open by oversight.
ACCESS_IS_CHOSEN = "ARENA_ACCESS" in env.ENVIRON
AUDIT_DAYS = option("ARENA_AUDIT_DAYS", env.int, default=0, help="Days for which the audit log is kept; 0: for good")

# Battles
LEASE_SECONDS = option(
    "ARENA_LEASE_SECONDS",
    env.float,
    default=15.0,
    help="How long a silent worker keeps an answer before another takes it",
)
QUEUE_LIMIT = option(
    "ARENA_QUEUE_LIMIT", env.int, default=40, help="Answers that may wait before new battles are refused"
)
OPEN_BATTLES_LIMIT = option("ARENA_OPEN_BATTLES", env.int, default=2, help="Open battles one voter may have")
PAIRING = option(
    "ARENA_PAIRING",
    env.str,
    default="information",
    help="How pairs are drawn: uniform, weighted (few votes come more often) or information (what narrows the board)",
)
PACING = option(
    "ARENA_PACING",
    env.str,
    default="lockstep",
    help="How answers appear: lockstep (both at the slower one's pace), when_done (whole) or live (each as it comes)",
)
THOUGHTS = option(
    "ARENA_THOUGHTS",
    env.str,
    default="folded",
    help="What a model thought before its answer: folded (after the vote it can be unfolded) or hidden",
)
COUNT_STOPPED = option(
    "ARENA_COUNT_STOPPED",
    yes_or_no,
    default=False,
    help="Votes count where an answer was stopped by the voter; otherwise they only show the names",
)
COUNTED_SOURCES = option(
    "ARENA_COUNTED_SOURCES",
    env.list,
    default=["human", "imported"],
    help="Whose votes are on the board: human (this site's visitors), imported, api (programs); a change recounts them",
)
VOICES = option(
    "ARENA_VOICES",
    env.int,
    default=0,
    help="A board besides on which nobody's votes weigh more than so many together, such as 50; 0: no such board",
)
CATEGORIES = option(
    "ARENA_CATEGORIES",
    env.str,
    default="arena.categories",
    help="Python module that tells a battle's categories, with the three names that arena.categories has",
)
RECORDED_RATE = option(
    "ARENA_RECORDED_RATE",
    env.float,
    default=240.0,
    help="Characters a second at which recorded answers are replayed",
)
LOCAL_CONCURRENCY = option(
    "ARENA_LOCAL_CONCURRENCY",
    env.int,
    default=8,
    help="Answers that one set of local weights writes at once",
)
MODEL_MEMORY_MB = option(
    "ARENA_MODEL_MEMORY_MB",
    env.int,
    default=0,
    help="Memory that one set of local weights and its conversations may take, in MB; "
    "0: four fifths of what is free when it is loaded",
)
REMOTE_HOSTS = option(
    "ARENA_REMOTE_HOSTS",
    env.list,
    default=["127.0.0.1", "::1", "localhost"],
    help="Model servers that workers may ask: host, host:port or network; a private address must be listed itself",
)
REMOTE_READ_SECONDS = option(
    "ARENA_REMOTE_READ_SECONDS", env.float, default=30.0, help="How long a model server may be silent"
)
REMOTE_ANSWER_SECONDS = option(
    "ARENA_REMOTE_ANSWER_SECONDS", env.float, default=180.0, help="How long one answer of a model server may take"
)
UPLOAD_MB = option(
    "ARENA_UPLOAD_MB", env.int, default=200, help="How large a file may be that an operator sends in the console, in MB"
)
RETENTION_DAYS = option(
    "ARENA_RETENTION_DAYS",
    env.int,
    default=0,
    help="Texts of battles older than so many days are deleted each day; votes and boards stay. 0: never",
)
INACTIVE_DAYS = option(
    "ARENA_INACTIVE_DAYS",
    env.int,
    default=0,
    help="Accounts that nobody used for so many days are deleted with their texts; never staff's. 0: never",
)
MODERATORS = option(
    "ARENA_MODERATORS",
    env.list,
    default=["rules"],
    help="Who judges prompts and answers: rules (the shipped ones) and slugs of moderation entries; empty: nobody",
)
MODERATION_FAIL = option(
    "ARENA_MODERATION_FAIL",
    env.str,
    default="open",
    help="What happens to a text when a moderator says nothing in time: open (it passes) or closed (it does not)",
)
MODERATION_SECONDS = option(
    "ARENA_MODERATION_SECONDS", env.float, default=10.0, help="How long a moderator may take for one text"
)
MODERATION_HOLD = option(
    "ARENA_MODERATION_HOLD",
    yes_or_no,
    default=False,
    help="Nothing of an answer is shown before it was judged as a whole",
)
PERSONAL_DATA = option(
    "ARENA_PERSONAL_DATA",
    env.str,
    default="pass",
    help="A prompt with an e-mail address, a number of a card or the like: pass, ask (send it anyway?) or refuse",
)
MAX_PROMPT_CHARACTERS = 12_000
MAX_TURNS = 20
BATTLE_HOURS = 24
#: Of the terms and the privacy notice that ship, where no others are published; older ones are in arena/texts.
CONSENT_VERSION = "2026-12"
#: How long a web server that shares no folder with the others may show the face before this one.
FACE_SECONDS = 30.0

# Database: SQLite unless DATABASE_URL names PostgreSQL
DATABASE_URL = address(
    "DATABASE_URL",
    schemes=("postgres", "postgresql", "sqlite"),
    help="postgres://user:password@host:port/name; empty: SQLite in ARENA_VAR",
)
SERVER_SIDE_CURSORS = option(
    "ARENA_SERVER_SIDE_CURSORS",
    yes_or_no,
    default=False,
    help="Long tables are read from PostgreSQL in parts, which takes less memory; not behind a pooler of transactions",
)
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
    "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;PRAGMA secure_delete=ON;"
)


def _database() -> dict[str, Any]:
    if DATABASE_URL:
        named = environ.Env.db_url_config(DATABASE_URL)
        # A folder of sockets is written as libpq has it, %2Fvar%2Frun%2Fpostgresql. A server-side cursor lives in one
        # connection, and pgbouncer in transaction mode gives another one to each statement.
        own = {"HOST": unquote(named["HOST"]), "DISABLE_SERVER_SIDE_CURSORS": not SERVER_SIDE_CURSORS}
        return {**named, **own, "CONN_HEALTH_CHECKS": True}
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}
    # Prompts, sessions of staff and their passwords' hashes are nobody else's on this machine.
    make_private(VAR / "arena.sqlite3")
    # A file for the tests too: worker processes and the web server's threads open the same one.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(VAR / "arena.sqlite3"),
        "OPTIONS": options,
        "TEST": {"NAME": str(VAR / "test.sqlite3")},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: the queue, the event streams and the wake-ups; never the only copy of anything
_redis_file = VAR / "run" / "redis.url"
REDIS_URL = address(
    "REDIS_URL",
    schemes=("redis", "rediss", "unix"),
    help="redis://...; empty: `manage.py up` starts a private Redis",
)
REDIS_URL = REDIS_URL or (_redis_file.read_text().strip() if _redis_file.exists() else "redis://127.0.0.1:6379/0")
REDIS_KEY_PREFIX = key_prefix(SECRET_KEY)
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_USE_SSL = broker_tls(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The sweep recovers answers within seconds; the broker is the second net, slower than any task may last.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": BLOCKING_SECONDS,
    "global_keyprefix": REDIS_KEY_PREFIX,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
# What waited for longer than its turn is asked for anew: a worker that was away must not work through a heap.
CELERY_BEAT_SCHEDULE = {
    "recover stalled answers": {
        "task": "arena.recover_stalled_answers",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "probe resting entries": {
        "task": "arena.probe_resting_entries",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "publish the leaderboard": {
        "task": "arena.publish_leaderboard",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "drop what an erasure leaves in files": {
        "task": "arena.drop_leftovers",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "purge what is too old": {"task": "arena.purge", "schedule": 24 * 3600.0},
    "publish the full-scan boards": {
        "task": "arena.publish_full_scan_boards",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "run" / "beat-schedule")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    *SIGN_IN_APPS,
    "arena",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "arena.api.problems.problems",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "arena.face.languages.offered_languages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "arena.people.identity.known_by_proxy",
    "arena.people.access.closed_to_strangers",
    "arena.people.second_factor.asks_second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "arena.urls"
ASGI_APPLICATION = "arena.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "arena.version.version_context",
                "arena.conf.branding.branding_context",
                "arena.people.sign_up.sign_up_context",
            ]
        },
    }
]

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = BASE_PATH
# In the session of staff: a cookie of its own would go to everything else on the host.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL = option(
    "ARENA_HTTPS", yes_or_no, default=False, help="The site is served over HTTPS: cookies only go that way"
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SSL else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# Below the arena's folder, where there is room, and where they are swept.
FILE_UPLOAD_TEMP_DIR = make_folder(VAR / "uploads")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500  # the charts' form has a field for each model
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Languages and files
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
#: Each by the name that its speakers give it.
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "arena.dates"
STATIC_URL = f"{BASE_PATH}static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "arena.conf.static_files.HashedStaticFiles"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"arena": {"level": "INFO"}},
}
