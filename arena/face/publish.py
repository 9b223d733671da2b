"""The publishing of a face: a new version, which every process shows at once; older ones stay, and can be restored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count

from django.conf import settings
from django.db import transaction

from arena.face.current import Face, tell_everyone
from arena.face.logos import clean_logo
from arena.models import ArenaFace, FaceImage
from arena.texts import has_own_files, texts_by_default, texts_that_shipped


class VersionIsTaken(Exception):
    """The name of a version under which other texts were published: battles say that those were agreed to."""


def keep_logo(data: bytes, *, now: datetime) -> str:
    """Return the name of the logo that this file was made into. Raises UnusableLogo."""
    name, content = clean_logo(data)
    FaceImage.objects.get_or_create(name=name, defaults={"content": content, "at": now})
    return name


def publish_face(face: Face, *, by: str, now: datetime, restores: ArenaFace | None = None) -> ArenaFace:
    """Return the new version, which holds from now on. Raises VersionIsTaken.

    Texts of its own get the version that the face names, or else the one that the same texts have already, or the day.
    """
    with transaction.atomic():
        if ArenaFace.objects.newest() is None:
            _store(_as_it_was(), by="", now=now)
        row = _store(_with_version(face, now), by=by, now=now, restores=restores)
        transaction.on_commit(tell_everyone)
    return row


def refuse_taken_version(face: Face) -> None:
    """Raise VersionIsTaken where the face names a version of its texts that has others."""
    if not face.consent_version:
        return
    row = ArenaFace.objects.of_consent(face.consent_version)
    if row is not None and _texts(Face.of(row.content)) != _texts(complete(face)):
        raise VersionIsTaken(face.consent_version)
    is_shipped = texts_that_shipped("terms", face.consent_version) is not None
    if row is None and is_shipped:
        raise VersionIsTaken(face.consent_version)


def complete(face: Face) -> Face:
    """Return the face with both texts where one is its own, so that a version of it says both for ever."""
    if not face.terms and not face.privacy:
        return face
    return replace(
        face,
        terms=face.terms or texts_by_default("terms"),
        privacy=face.privacy or texts_by_default("privacy"),
    )


def _store(face: Face, *, by: str, now: datetime, restores: ArenaFace | None = None) -> ArenaFace:
    return ArenaFace.objects.create(
        content=face.as_content(), consent_version=face.consent_version, by=by, at=now, restores=restores
    )


def _as_it_was() -> Face:
    """Return what held before anything was published; with the operator's files, which may change, as they are."""
    if not has_own_files():
        return Face()
    return Face(
        terms=texts_by_default("terms"),
        privacy=texts_by_default("privacy"),
        consent_version=settings.CONSENT_VERSION,
    )


def _with_version(face: Face, now: datetime) -> Face:
    if not face.terms and not face.privacy:
        return replace(face, consent_version="")
    whole = complete(face)
    if face.consent_version:
        refuse_taken_version(face)
        return whole
    return replace(whole, consent_version=_version_of_the_same(whole) or _free_version(now))


def _version_of_the_same(face: Face) -> str:
    """Return the version under which the same texts were published last; empty where they never were."""
    rows = ArenaFace.objects.exclude(consent_version="").order_by("-pk")
    return next((row.consent_version for row in rows if _texts(Face.of(row.content)) == _texts(face)), "")


def _free_version(now: datetime) -> str:
    return next(name for name in _days_names(now) if ArenaFace.objects.of_consent(name) is None)


def _days_names(now: datetime) -> Iterator[str]:
    yield f"{now:%Y-%m-%d}"
    yield from (f"{now:%Y-%m-%d}.{number}" for number in count(2))


def _texts(face: Face) -> tuple[dict[str, str], dict[str, str]]:
    return dict(face.terms), dict(face.privacy)
