"""The stylesheet of the accent colour and the logo, at addresses that change with them: browsers keep them for ever."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from arena.face.colours import on_accent
from arena.face.logos import TYPES
from arena.models import FaceImage

_COLOUR = re.compile(r"[0-9a-f]{6}")
_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def stylesheet(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """Return the tokens of arena.css that an accent changes. All that it says is in its address."""
    if not (_COLOUR.fullmatch(light) and _COLOUR.fullmatch(dark)):
        raise Http404
    colours, texts = (f"#{light}", f"#{dark}"), (on_accent(f"#{light}"), on_accent(f"#{dark}"))
    css = f":root {{ --accent: light-dark({', '.join(colours)}); --on-accent: light-dark({', '.join(texts)}); }}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers={"Cache-Control": _FOR_EVER})


@require_safe
def logo(request: HttpRequest, name: str) -> HttpResponse:
    """Return a logo. As a page of its own it may do nothing either."""
    # A zero byte is nothing that PostgreSQL would look for.
    image = FaceImage.objects.filter(name=name).first() if name.isprintable() else None
    if image is None:
        raise Http404
    headers = {"Cache-Control": _FOR_EVER, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return HttpResponse(bytes(image.content), content_type=TYPES[name[-4:]], headers=headers)
