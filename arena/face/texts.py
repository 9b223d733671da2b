"""Terms and privacy as they are published, under the version that each battle keeps; older versions can be shown."""

from django.conf import settings

from arena.face.current import Texts, current, in_language
from arena.markup import render_document
from arena.models import ArenaFace
from arena.texts import Name, texts_by_default, texts_that_shipped


def consent_version() -> str:
    """Return the version of the texts under which battles begin now."""
    return current().consent_version or settings.CONSENT_VERSION


def text_of(name: Name) -> str:
    """Return safe HTML in the visitor's language, or else in the first that there is."""
    own: Texts = getattr(current(), name)
    return render_document(in_language(own or texts_by_default(name)) or "")


def text_of_version(name: Name, version: str) -> str | None:
    """Return what the text of this version said, as safe HTML; None where there was no such version."""
    texts = texts_of_version(name, version)
    return None if texts is None else render_document(in_language(texts) or "")


def texts_of_version(name: Name, version: str) -> Texts | None:
    """Return the text of this version as Markdown by language; None where there was no such version.

    What was never published is as this release, or the operator's file, has it.
    """
    if row := ArenaFace.objects.of_consent(version):
        texts: Texts = row.content[name]
        return texts
    return texts_by_default(name) if version == consent_version() else texts_that_shipped(name, version)
