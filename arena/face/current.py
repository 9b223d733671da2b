"""This arena's face as it is published now, which every page shows and no page asks the database for.

Each process keeps the newest version. A file in ARENA_VAR is touched when one is published, and each reader looks at
the file's time, which costs microseconds: so all processes of a machine show it at once. Where the database is not
SQLite, web servers may stand on machines that share no folder, and ask for the newest one twice a minute besides.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import get_language

from arena.models import ArenaFace

#: A text in each language that has one, by the language's code.
Texts = Mapping[str, str]
Stamp = tuple[int, int] | None


@dataclass(frozen=True)
class Face:
    """What an operator decided on. Whatever is empty is as the arena ships, or as the settings say.

    accent: the colours in light and in dark, as "#rrggbb". logo: name of a FaceImage. prompts: starters, by language.
    languages: those that are offered. reasons: tags that voters may give; None: all.
    """

    name: str = ""
    tagline: Texts = field(default_factory=dict)
    logo: str = ""
    accent: tuple[str, ...] = ()
    welcome: Texts = field(default_factory=dict)
    prompts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    reasons: tuple[str, ...] | None = None
    terms: Texts = field(default_factory=dict)
    privacy: Texts = field(default_factory=dict)
    consent_version: str = ""

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Face":
        """Return the face that was stored as this; what a later version stored besides is passed over."""
        known = {each.name: content[each.name] for each in fields(cls) if each.name in content}
        for name in ("accent", "languages", "reasons"):
            if known.get(name) is not None:
                known[name] = tuple(known[name])
        known["prompts"] = {code: tuple(texts) for code, texts in known.get("prompts", {}).items()}
        return cls(**known)

    def as_content(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)

    @property
    def offered_languages(self) -> tuple[str, ...]:
        """Return the codes of the languages that visitors may choose among; never none."""
        codes = [code for code, _name in settings.LANGUAGES]
        return tuple(code for code in codes if code in self.languages) or tuple(codes)


def in_language(texts: Mapping[str, Any]) -> Any:
    """Return what there is in the visitor's language, or else in the first language that has any; None without any."""
    wanted = [get_language() or settings.LANGUAGE_CODE, settings.LANGUAGE_CODE, *texts]
    return next((texts[code] for code in wanted if texts.get(code)), None)


def current() -> Face:
    """Return the face as published. It asks the database only where it has changed, or may have elsewhere."""
    # Looked at before the database: what is published in between is found by the next reader.
    at, kept = stamp(), _kept
    if kept is not None and kept.stamp == at and not kept.is_old():
        return kept.face
    try:
        row = ArenaFace.objects.newest()
    except DatabaseError:
        # Before the first migration, or without a database: pages that need none go on.
        return known()
    return know(Face.of(row.content) if row else Face(), at)


def known() -> Face:
    """Return the face as this process knows it, for pages that must not ask: the database may be what broke."""
    return _kept.face if _kept is not None else Face()


def know(face: Face, at: Stamp) -> Face:
    """Keep the face for the readers of this process, and return it. at: the stamp before it was read."""
    global _kept
    _kept = _Kept(face, at, monotonic())
    return face


def tell_everyone() -> None:
    """Let every process of this machine look at the database again. Called once a version is committed."""
    new = _file().with_name("face.new")
    new.touch(mode=0o600)
    new.replace(_file())


def stamp() -> Stamp:
    """Return what changes whenever a process of this machine has published a version."""
    try:
        found = os.stat(_file())
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


@dataclass(frozen=True)
class _Kept:
    face: Face
    stamp: Stamp
    at: float

    def is_old(self) -> bool:
        return connection.vendor != "sqlite" and monotonic() - self.at > settings.FACE_SECONDS


_kept: _Kept | None = None


def _file() -> Path:
    path: Path = settings.VAR / "face"
    return path
