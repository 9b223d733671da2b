"""A logo that somebody sends, made into one that is safe to show: a picture is drawn anew, a drawing is written anew.

What comes out holds nothing that was not understood: no scripts, links, styles, texts, metadata or addresses.
"""

import re
import warnings
import xml.parsers.expat
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Words

MOST_BYTES = 64 * 1024
#: Larger ones are refused before they are unpacked; what is shown is never higher than a few lines of text.
MOST_PIXELS, KEPT_PIXELS = 4_000_000, 256
MOST_ELEMENTS = 1_000
TYPES = {".png": "image/png", ".svg": "image/svg+xml"}


class UnusableLogo(Exception):
    """A file that cannot be made into a logo; `sentence` says why, and what to do."""

    def __init__(self, sentence: "Words") -> None:
        super().__init__(sentence)
        self.sentence = sentence


def clean_logo(data: bytes) -> tuple[str, bytes]:
    """Return the name, by which it is stored and asked for, and the content of a safe logo. Raises UnusableLogo."""
    if len(data) > MOST_BYTES:
        raise UnusableLogo(_("A logo may have 64 kB. Make it smaller and send it again."))
    is_drawing = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    content = _written_anew(data) if is_drawing else _drawn_anew(data)
    return f"{sha256(content).hexdigest()[:32]}{'.svg' if is_drawing else '.png'}", content


def _drawn_anew(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(BytesIO(data), formats=("PNG",))
            if picture.width * picture.height > MOST_PIXELS:
                raise UnusableLogo(_("This picture has too many pixels. 512 by 512 are plenty."))
            pixels = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise UnusableLogo(_("This is no PNG and no SVG that can be read. Save it as one and send it.")) from error
    pixels.thumbnail((4 * KEPT_PIXELS, KEPT_PIXELS))
    # Its pixels alone: an image carries what came with the file.
    new, out = Image.frombytes("RGBA", pixels.size, pixels.tobytes()), BytesIO()
    new.save(out, "PNG", optimize=True)
    return out.getvalue()


_SVG = "http://www.w3.org/2000/svg"
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_ELEMENTS = _SHAPES | {"svg", "g", "defs", "linearGradient", "radialGradient", "stop", "clipPath"}
#: What is left out with all that is in it, without a word: it shows nothing.
_MUTE = {"title", "desc", "metadata"}
_NUMBERS = re.compile(r"[0-9eE+\-., \t\r\n%]{1,20000}")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-., \t\r\n]{1,40000}")
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,60}")
_PAINT = re.compile(
    r"none|transparent|currentColor|[a-zA-Z]{3,24}|#[0-9a-fA-F]{3,8}"
    r"|(?:rgb|rgba|hsl|hsla)\([0-9., %/deg]{1,60}\)|url\(#[A-Za-z_][\w.-]{0,60}\)"
)
_REFERENCE = re.compile(r"none|url\(#[A-Za-z_][\w.-]{0,60}\)")
_TRANSFORM = re.compile(r"(?:\s*,?\s*(?:matrix|translate|scale|rotate|skewX|skewY)\([0-9eE+\-., ]{1,200}\)){1,20}\s*")
_WORD = re.compile(r"[a-zA-Z-]{1,20}|xM(?:in|id|ax)Y(?:Min|Mid|Max)(?: (?:meet|slice))?|none")
_ATTRIBUTES: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "width"), _NUMBERS),
    **dict.fromkeys(("height", "points", "viewBox", "offset", "opacity", "fill-opacity", "stroke-opacity"), _NUMBERS),
    **dict.fromkeys(("stop-opacity", "stroke-width", "stroke-miterlimit", "stroke-dasharray"), _NUMBERS),
    **dict.fromkeys(("stroke-dashoffset",), _NUMBERS),
    **dict.fromkeys(("fill", "stroke", "stop-color", "color"), _PAINT),
    **dict.fromkeys(("transform", "gradientTransform"), _TRANSFORM),
    **dict.fromkeys(("fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin", "gradientUnits"), _WORD),
    **dict.fromkeys(("spreadMethod", "clipPathUnits", "preserveAspectRatio"), _WORD),
    "d": _PATH,
    "id": _NAME,
    "clip-path": _REFERENCE,
}
#: Properties that drawing programs write into `style`; those that are known become attributes.
_STYLE = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]*?)\s*(?:;|$)")


def _written_anew(data: bytes) -> bytes:
    writer = _Writer()
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    # A document type may define entities, which unfold without end or name files.
    parser.StartDoctypeDeclHandler = writer.refuse_document_type
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    try:
        parser.Parse(data, True)
    except xml.parsers.expat.ExpatError as error:
        raise UnusableLogo(_("This SVG cannot be read. Save it anew, as plain SVG, and send it again.")) from error
    return writer.content()


class _Writer:
    """What is written of a drawing: the elements and attributes that are known, with values of known shapes."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._elements, self._depth, self._passed_over = 0, 0, 0

    def refuse_document_type(self, *_args: object) -> None:
        raise UnusableLogo(_("This SVG has a document type (<!DOCTYPE>). Save it as plain SVG and send it again."))

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        namespace, _space, local = name.rpartition(" ")
        self._depth += 1
        if self._passed_over:
            return
        if namespace != _SVG or local in _MUTE:
            # What drawing programs keep for themselves; the root must be a drawing.
            self._passed_over = self._depth
            return
        self._elements += 1
        if local not in _ELEMENTS:
            raise UnusableLogo(
                _("This SVG holds <%(name)s>. Turn it into paths, save it as plain SVG and send it again.")
                % {"name": local[:40]}
            )
        if self._elements > MOST_ELEMENTS or self._depth > 30:
            raise UnusableLogo(_("This SVG has too many parts for a logo. Make it simpler, or send a PNG."))
        own = _known(attributes)
        if local == "svg":
            own = {"xmlns": _SVG, **own}
        self._out.append(f"<{local}{''.join(f' {key}={quoteattr(value)}' for key, value in own.items())}>")

    def end(self, name: str) -> None:
        if self._passed_over:
            self._passed_over = 0 if self._passed_over == self._depth else self._passed_over
        else:
            self._out.append(f"</{name.rpartition(' ')[2]}>")
        self._depth -= 1

    def content(self) -> bytes:
        """Return the drawing. Raises UnusableLogo where nothing of it can be seen."""
        if not self._out or not self._out[0].startswith("<svg") or self._elements < 2:
            raise UnusableLogo(_("This SVG shows nothing that can be kept: only shapes and their colours are."))
        return "".join(self._out).encode()


def _known(attributes: Mapping[str, str]) -> dict[str, str]:
    said = dict(_STYLE.findall(attributes.get("style", "")))
    together = {**attributes, **said}
    return {
        name: value.strip()
        for name, value in together.items()
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value.strip())
    }
