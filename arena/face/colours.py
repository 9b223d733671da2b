"""The contrast of an accent colour against both themes, by WCAG 2.2, and the nearest colour that has enough of it."""

import re
from dataclasses import dataclass
from typing import NamedTuple

#: Of text (WCAG 2.2, 1.4.3, level AA).
LEAST = 4.5
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


class Rgb(NamedTuple):
    """A colour in sRGB, each part in [0, 1]."""

    red: float
    green: float
    blue: float


@dataclass(frozen=True)
class Theme:
    """The colours behind the accent, as arena.css has them, and the two of text on it."""

    backgrounds: tuple[str, ...]
    is_dark: bool


#: --paper, --raised and --code of arena.css; a test compares them.
LIGHT = Theme(("#faf9f7", "#ffffff", "#f1efea"), is_dark=False)
DARK = Theme(("#161614", "#1e1e1b", "#262520"), is_dark=True)
_ON_ACCENT = ("#ffffff", "#10201f")


def normal(text: str) -> str | None:
    """Return the colour as "#rrggbb" however it was typed; None where it is no hexadecimal colour."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(_rgb(first)), _luminance(_rgb(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, theme: Theme) -> float:
    """Return the contrast of the colour with whatever it is hardest to tell from."""
    return min(contrast(colour, background) for background in theme.backgrounds)


def on_accent(colour: str) -> str:
    """Return the colour of text on this one: white or nearly black, whichever is told from it more easily."""
    return max(_ON_ACCENT, key=lambda text: contrast(text, colour))


def holds(colour: str, theme: Theme) -> bool:
    """Tell whether the colour can be read on everything behind it, and text on it."""
    return least_contrast(colour, theme) >= LEAST and contrast(on_accent(colour), colour) >= LEAST


def nearest(colour: str, theme: Theme) -> str:
    """Return the colour itself where it holds, or else the one of its hue that holds and is the least step away.

    A step is one of lightness in Oklab (Björn Ottosson, 2020), in which equal steps look equal.
    """
    if holds(colour, theme):
        return colour
    lightness, a, b = _oklab(_rgb(colour))
    way = 1 if theme.is_dark else -1
    for step in range(1, 401):
        at = lightness + way * step / 400
        if not 0 <= at <= 1:
            break
        if holds(tried := _hex(_in_gamut(at, a, b)), theme):
            return tried
    return "#ffffff" if theme.is_dark else "#000000"


def _in_gamut(lightness: float, a: float, b: float) -> Rgb:
    """Return the colour with as much of its chroma as sRGB has at this lightness."""
    for part in range(20, -1, -1):
        rgb = _from_oklab(lightness, a * part / 20, b * part / 20)
        if all(-0.0005 <= value <= 1.0005 for value in rgb):
            return rgb
    return _from_oklab(lightness, 0, 0)


def _rgb(colour: str) -> Rgb:
    return Rgb(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(255 * min(max(value, 0.0), 1.0)):02x}" for value in rgb)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(rgb: Rgb) -> tuple[float, float, float]:
    red, green, blue = map(_linear, rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return Rgb(
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )
