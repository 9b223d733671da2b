"""The form of an entry behind an OpenAI-compatible server."""

import json
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from arena.entries.catalog import CatalogError
from arena.entries.own_file import columns_of, toml_lines

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Words

#: What of an entry's options has a field of its own.
OPTIONS = ("base_url", "model", "api_key_env")
REQUIRED = {"required": _("This is missing.")}


def _line(label: "Words", longest: int = 100, *, required: bool = True, help: "Words" = "") -> forms.CharField:
    widget = forms.TextInput({"class": "field__line", "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(
        label=label, max_length=longest, required=required, help_text=help, widget=widget, error_messages=REQUIRED
    )


def _price(label: "Words") -> forms.FloatField:
    widget = forms.NumberInput({"class": "field__line console-number", "step": "any"})
    return forms.FloatField(label=label, required=False, min_value=0, widget=widget)


def _number(label: "Words", initial: float, kind: type[forms.IntegerField], step: str = "1") -> forms.IntegerField:
    widget = forms.NumberInput({"class": "field__line console-number", "step": step})
    return kind(label=label, initial=initial, widget=widget, error_messages=REQUIRED)


def _box(label: "Words", longest: int, rows: int, help: "Words" = "") -> forms.CharField:
    widget = forms.Textarea({"class": "field__text console-box", "rows": rows, "spellcheck": "false"})
    return forms.CharField(label=label, max_length=longest, required=False, help_text=help, widget=widget)


class EntryForm(forms.Form):
    """What a catalogue table says, as fields. `columns` is what the valid form means."""

    display_name = _line(_("Name"))
    slug = _line(_("Slug"), help=_("Small letters, digits and hyphens. It stays: addresses and exports have it."))
    organisation = _line(_("Made by"))
    licence = _line(_("Licence"))
    base_url = _line(_("Address of the server"), 500, help=_("Up to /v1, such as http://127.0.0.1:8080/v1"))
    model = _line(_("Model"), 300, help=_("As the server calls it, to the letter"))
    api_key_env = forms.RegexField(
        r"^[A-Z][A-Z0-9_]*_API_KEY$",
        label=_("Variable that holds the key"),
        max_length=100,
        required=False,
        help_text=_("Its name, which ends in _API_KEY, never the key. The worker must have it in its environment."),
        widget=forms.TextInput({"class": "field__line", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("This is no name of a variable that ends in _API_KEY, and was not kept.")},
    )
    more = _box(_("Further options"), 4000, 3, _("As in [entry.options] of a catalogue file, a line each"))
    price_in = _price(_("Price of a million tokens read, in US dollars"))
    price_out = _price(_("Price of a million tokens written, in US dollars"))
    context_tokens = _number(_("Window in tokens"), 8192, forms.IntegerField)
    max_new_tokens = _number(_("Tokens of an answer at most"), 1024, forms.IntegerField)
    temperature = _number(_("Temperature"), 0.7, forms.FloatField, "any")
    top_p = _number(_("Top-p"), 1.0, forms.FloatField, "any")
    system_prompt = _box(_("System prompt"), 4000, 3)

    def __init__(self, *args: Any, slug: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug:
            self.fields["slug"].disabled, self.initial["slug"] = True, slug

    def clean_system_prompt(self) -> str:
        """Return it with the line ends that models know."""
        return str(self.cleaned_data["system_prompt"]).replace("\r\n", "\n")

    def clean_more(self) -> dict[str, Any]:
        """Return the further options."""
        try:
            options = tomllib.loads(self.cleaned_data["more"])
        except tomllib.TOMLDecodeError as error:
            raise forms.ValidationError(_("This is no TOML: %(error)s"), params={"error": error}) from error
        try:
            json.dumps(options, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise forms.ValidationError(_("Texts, numbers, lists and tables only, please.")) from error
        if set(options) & set(OPTIONS):
            raise forms.ValidationError(_("The address, the model and the key have fields of their own."))
        return options

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "api_key_env" in self.errors:
            # It may be a key, which no page shows.
            self.data = {**dict(self.data.items()), "api_key_env": ""}
        if not self.errors:
            try:
                said["columns"] = columns_of(self._table(said))
            except CatalogError as error:
                self.add_error(None, str(error))
        return said

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns of the entry that the valid form means."""
        columns: dict[str, Any] = self.cleaned_data["columns"]
        return columns

    def _table(self, said: Mapping[str, Any]) -> dict[str, Any]:
        own = {name: said[name] for name in OPTIONS if said[name]}
        fields = {name: value for name, value in said.items() if name not in (*OPTIONS, "more") and value is not None}
        # A price of nothing is no price of what is written: the catalogue wants one above 0, or none.
        fields = {name: value for name, value in fields.items() if (name, value) != ("price_out", 0)}
        return {**fields, "kind": "model", "backend": "openai", "options": {**own, **said["more"]}}


def initial_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of an entry with these columns."""
    options = columns["options"]
    further = {name: value for name, value in options.items() if name not in OPTIONS}
    return {**columns, **{name: options.get(name, "") for name in OPTIONS}, "more": toml_lines(further)}
