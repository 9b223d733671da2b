"""The form of the export page, and the formats that it offers."""

from django import forms
from django.utils.translation import gettext_lazy as _

#: The formats: name, title, and what it is.
EXPORTS = (
    ("csv", _("Table, CSV"), _("A vote a row, conversations as JSON; for spreadsheets and scripts.")),
    ("parquet", _("Table, Parquet"), _("The same columns with types, and smaller.")),
    ("lmsys-140k", _("LMArena, 140k"), _("The columns of arena-human-preference-140k, Parquet.")),
    ("lmsys-33k", _("LMSYS, 33k"), _("The columns of chatbot_arena_conversations, Parquet.")),
    ("dpo", _("DPO"), _("Prompt, chosen, rejected: for training on preferences.")),
    ("kto", _("KTO"), _("Prompt, completion, label: for training on good and bad answers.")),
    ("sharegpt", _("ShareGPT"), _("The conversations that won: for fine-tuning.")),
    ("alpaca-eval", _("AlpacaEval"), _("Annotations with a preference between 1 and 2.")),
    ("board-csv", _("Board, CSV"), _("The newest board of each category, an entry a row.")),
    ("board-json", _("Board, JSON"), _("The same in the shape of arena-catalog.")),
)


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        choices=[(name, title) for name, title, _what in EXPORTS],
        error_messages={"required": _("Choose a format."), "invalid_choice": _("Choose one of these formats.")},
    )
    licence = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9.+-]*$",
        max_length=40,
        required=False,
        error_messages={"invalid": _("Write the licence as its SPDX identifier, such as CC-BY-4.0.")},
    )
    with_imported = forms.BooleanField(required=False)
