"""What this arena is called and looks like: as an operator published it, or else as the settings say."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from arena.face.current import Face, current, in_language, known

#: What the software is called, and an arena whose operator gives it no name.
SOFTWARE = "Agon"


def branding_context(request: HttpRequest | None) -> dict[str, Any]:
    """Return what every template may show. Without a request nothing is asked: the database may be what broke."""
    return branding_of(known() if request is None else current())


def branding_of(face: Face) -> dict[str, Any]:
    """Return the same of a face that may be a draft. arena_software: what runs an arena of another name, or empty.

    arena_logo, arena_style: addresses, empty without one. arena_languages: codes of those that are offered.
    """
    name = face.name or settings.SITE_NAME
    accent = [colour.removeprefix("#") for colour in face.accent]
    return {
        "arena_name": name,
        "arena_tagline": in_language(face.tagline) or settings.SITE_TAGLINE or _("your own chatbot arena."),
        "arena_is_demo": settings.DEMO,
        "arena_software": "" if name == SOFTWARE else SOFTWARE,
        "arena_logo": reverse("face_logo", args=[face.logo]) if face.logo else "",
        "arena_style": reverse("face_style", args=accent) if accent else "",
        "arena_languages": face.offered_languages,
    }


def arena_name() -> str:
    """Return what the arena is called."""
    return current().name or str(settings.SITE_NAME)


def icon_address() -> str:
    """Return where the icon is that a browser asks for by itself."""
    logo = current().logo
    return reverse("face_logo", args=[logo]) if logo else static("arena/mark.svg")


def name_in_files() -> str:
    """Return the name as a file may begin with it, such as "agon"."""
    return slugify(arena_name()) or "arena"
