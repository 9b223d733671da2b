"""The form of this arena's face: what it is called, looks like and says, with a field for each language."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.face.colours import DARK, LEAST, LIGHT, Theme, holds, least_contrast, nearest, normal
from arena.face.current import Face
from arena.face.logos import MOST_BYTES, UnusableLogo
from arena.face.publish import VersionIsTaken, keep_logo, refuse_taken_version
from arena.models import ReasonTag

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Words

MOST_STARTERS = 8
#: Each virtue with its opposite, by the virtue.
PAIRS = [(tag.value, format_lazy("{} / {}", tag.label, tag.opposite.label)) for tag in list(ReasonTag)[::2]]
_MARKDOWN = gettext_lazy("Markdown. Empty in each language: the text that ships.")
#: The texts that there are in each language: name, label, the longest, rows of the box, and what stands below it.
_TEXTS: "tuple[tuple[str, Words, int, int, Words], ...]" = (
    ("tagline", gettext_lazy("Line in the footer"), 120, 1, ""),
    ("welcome", gettext_lazy("Welcome text"), 1_000, 3, gettext_lazy("On the first page, above the box. Markdown.")),
    (
        "prompts",
        gettext_lazy("Starter prompts"),
        8_000,
        4,
        gettext_lazy("One a line, at most 8. Empty: some of the sets."),
    ),
    (
        "terms",
        gettext_lazy("Terms of use"),
        12_000,
        8,
        _MARKDOWN,
    ),
    (
        "privacy",
        gettext_lazy("Privacy"),
        12_000,
        8,
        _MARKDOWN,
    ),
)
_SECTIONS: "tuple[tuple[Words, tuple[str, ...]], ...]" = (
    (gettext_lazy("Name and look"), ("name", "logo", "tagline", "accent_light", "accent_dark")),
    (gettext_lazy("First page"), ("welcome", "prompts")),
    (gettext_lazy("Languages and reasons"), ("languages", "reasons")),
    (gettext_lazy("Terms and privacy"), ("terms", "privacy", "consent_version")),
)


def _line(label: "Words", longest: int, *, help: "Words" = "", hint: str = "") -> forms.CharField:
    widget = forms.TextInput({"class": "field__line", "autocomplete": "off", "placeholder": hint})
    return forms.CharField(label=label, max_length=longest, required=False, help_text=help, widget=widget)


class FaceForm(forms.Form):
    """A draft of the face. `face` is what the valid form means.

    before: the face whose logo stays where no other is sent.
    """

    name = _line(gettext_lazy("Name"), 60, help=gettext_lazy("Empty: as the settings say."))
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy(
            "SVG or PNG, at most 64 kB. It is drawn anew: scripts, links and texts do not come along."
        ),
        widget=forms.FileInput({"class": "console-file", "accept": ".svg,.png"}),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Without a logo of its own"), required=False)
    accent_light = _line(
        gettext_lazy("Accent colour in light"), 7, help=gettext_lazy("Of links and buttons."), hint="#0f5f5c"
    )
    accent_dark = _line(
        gettext_lazy("Accent colour in dark"),
        7,
        help=gettext_lazy("Empty: the one in light, made as light as it must be."),
        hint="#6fc3bc",
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages offered"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Offer one language at least.")},
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Reasons offered after a vote"),
        choices=PAIRS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Besides these a voter may write a comment."),
    )
    consent_version = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        label=gettext_lazy("Version of the two texts"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "Each battle keeps which version was agreed to. Empty: the day, where a text has changed."
        ),
        widget=forms.TextInput({"class": "field__line console-number", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Letters, digits and . _ - only, please.")},
    )

    def __init__(self, *args: Any, before: Face, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _initial(before)})
        self._before = before
        for name, label, longest, rows, help in _TEXTS:
            for code, language in settings.LANGUAGES:
                self.fields[f"{name}_{code}"] = _box(format_lazy("{}, {}", label, language), longest, rows, help, code)

    @property
    def sections(self) -> "Iterator[tuple[Words, list[forms.BoundField]]]":
        """Yield the parts of the page: the title and the fields of each."""
        translated = {name for name, *_rest in _TEXTS}
        for title, names in _SECTIONS:
            parts = ([f"{n}_{code}" for code, _name in settings.LANGUAGES] if n in translated else [n] for n in names)
            yield title, [self[field] for part in parts for field in part]

    def clean_name(self) -> str:
        """Return the name, which a title or a tab can show."""
        name: str = self.cleaned_data["name"].strip()
        if not name.isprintable():
            raise forms.ValidationError(_("A name is one line of letters that can be seen."))
        return name

    def clean_logo(self) -> str:
        """Return the name of the logo that the file was made into; empty without a file."""
        sent: UploadedFile[bytes] | None = self.cleaned_data["logo"]
        if sent is None:
            return ""
        try:
            return keep_logo(sent.read(MOST_BYTES + 1), now=timezone.now())
        except UnusableLogo as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean_accent_light(self) -> str:
        return _readable(self.cleaned_data["accent_light"], LIGHT)

    def clean_accent_dark(self) -> str:
        return _readable(self.cleaned_data["accent_dark"], DARK)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("accent_dark") and not self.data.get("accent_light"):
            self.add_error("accent_light", _("Say the one in light too."))
        for code, _name in settings.LANGUAGES:
            if len(_lines(cleaned.get(f"prompts_{code}", ""))) > MOST_STARTERS:
                self.add_error(f"prompts_{code}", _("These are more than 8. Leave the best ones."))
        if not self.errors:
            self._refuse_taken_version()
        return cleaned

    @property
    def face(self) -> Face:
        """Return the face that the valid form means."""
        said = self.cleaned_data
        light = said["accent_light"]
        return Face(
            name=said["name"],
            tagline=self._texts("tagline"),
            logo="" if said["no_logo"] else said["logo"] or self._before.logo,
            accent=(light, said["accent_dark"] or nearest(light, DARK)) if light else (),
            welcome=self._texts("welcome"),
            prompts={code: tuple(_lines(text)) for code, text in self._texts("prompts").items()},
            languages=() if len(said["languages"]) == len(settings.LANGUAGES) else tuple(said["languages"]),
            reasons=_tags(said["reasons"]),
            terms=self._texts("terms"),
            privacy=self._texts("privacy"),
            consent_version=said["consent_version"],
        )

    def _texts(self, name: str) -> dict[str, str]:
        texts = {code: self.cleaned_data[f"{name}_{code}"].strip() for code, _name in settings.LANGUAGES}
        return {code: text.replace("\r\n", "\n") for code, text in texts.items() if text}

    def _refuse_taken_version(self) -> None:
        try:
            refuse_taken_version(self.face)
        except VersionIsTaken:
            self.add_error(
                "consent_version",
                _("Other texts were published under this version. Choose another name, or leave it empty."),
            )


def _box(label: "Words", longest: int, rows: int, help: "Words", language: str) -> forms.CharField:
    look = {"class": "field__text console-box", "rows": rows, "lang": language}
    line = {"class": "field__line", "autocomplete": "off", "lang": language}
    widget = forms.Textarea(look) if rows > 1 else forms.TextInput(line)
    return forms.CharField(label=label, max_length=longest, required=False, help_text=help, widget=widget)


def _initial(face: Face) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": face.name,
        "languages": face.offered_languages,
        "reasons": [tag for tag, _label in PAIRS if face.reasons is None or tag in face.reasons],
        "accent_light": face.accent[0] if face.accent else "",
        "accent_dark": face.accent[1] if face.accent else "",
    }
    texts: Mapping[str, Mapping[str, str]] = {
        "tagline": face.tagline,
        "welcome": face.welcome,
        "prompts": {code: "\n".join(lines) for code, lines in face.prompts.items()},
        "terms": face.terms,
        "privacy": face.privacy,
    }
    return said | {f"{name}_{code}": text for name, by_code in texts.items() for code, text in by_code.items()}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _tags(virtues: list[str]) -> tuple[str, ...] | None:
    """Return the tags of the pairs whose virtues were ticked; None for all."""
    if len(virtues) == len(PAIRS):
        return None
    return tuple(tag.value for virtue in virtues for tag in (ReasonTag(virtue), ReasonTag(virtue).opposite))


def _readable(typed: str, theme: Theme) -> str:
    """Return the colour as "#rrggbb", empty where none was typed; one that cannot be read is refused."""
    if not typed.strip():
        return ""
    colour = normal(typed)
    if colour is None:
        raise forms.ValidationError(_("Write a colour as six hexadecimal digits, such as #0f5f5c."))
    if holds(colour, theme):
        return colour
    words = {"colour": colour, "ratio": f"{least_contrast(colour, theme):.1f}", "least": f"{LEAST}"}
    words["nearest"] = nearest(colour, theme)
    if theme.is_dark:
        said = _("On the dark pages %(colour)s has a contrast of %(ratio)s : 1, and text needs %(least)s : 1.") % words
    else:
        said = _("On the light pages %(colour)s has a contrast of %(ratio)s : 1, and text needs %(least)s : 1.") % words
    raise forms.ValidationError(f"{said} {_('The nearest that can be read is %(nearest)s.') % words}")
