"""Django's English dates are American; the arena's words are British."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
