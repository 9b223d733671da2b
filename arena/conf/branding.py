"""What this arena is called: the name and the one line that its operator gave it."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _

#: What the software is called, and an arena whose operator gives it no name.
SOFTWARE = "Agon"


def branding_context(request: HttpRequest | None) -> dict[str, str | bool]:
    """Return what every template may show. arena_software: what runs an arena of another name, or empty."""
    return {
        "arena_name": settings.SITE_NAME,
        "arena_tagline": settings.SITE_TAGLINE or _("your own chatbot arena."),
        "arena_is_demo": settings.DEMO,
        "arena_software": "" if settings.SITE_NAME == SOFTWARE else SOFTWARE,
    }


def name_in_files() -> str:
    """Return the name as a file may begin with it, such as "agon"."""
    return slugify(settings.SITE_NAME) or "arena"
