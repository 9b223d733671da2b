"""What a visitor may send, checked at the border with words that say what to do."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from arena.models import Choice, LanguageModel, Prompt, Tag

#: What is left of bytes that were no text, and halves of characters that no text holds.
_UNREADABLE = re.compile("[\ufffd\ud800-\udfff]")


CANNOT_ANSWER = _("This model cannot answer right now. Choose another one; your prompt is kept.")


class PromptField(forms.CharField):
    """Text as the visitor typed it: browsers send line ends as CRLF, a character each is meant."""

    def to_python(self, value: object) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if _UNREADABLE.search(value):
            raise forms.ValidationError(
                _("Your prompt holds characters that cannot be read (�). Remove them and send it again.")
            )
        if "\x00" in value:
            raise forms.ValidationError(_("Your prompt holds a null character. Remove it and send it again."))
        if len(value) > settings.MAX_PROMPT_CHARACTERS:
            raise forms.ValidationError(
                _("Your prompt has %(length)s characters; at most %(most)s fit. Shorten it and send it again."),
                params={"length": f"{len(value):,}", "most": f"{settings.MAX_PROMPT_CHARACTERS:,}"},
            )

    def run_validators(self, value: str) -> None:
        """All rules are in `validate`, so that a prompt gets one sentence."""


class PromptForm(forms.Form):
    prompt = PromptField(error_messages={"required": _("Write a prompt first.")})


class ChatForm(PromptForm):
    """A prompt to one chosen model, or to two."""

    model = forms.ModelChoiceField(
        LanguageModel.objects.live(),
        to_field_name="slug",
        error_messages={"required": _("Choose a model."), "invalid_choice": CANNOT_ANSWER},
    )
    rival = forms.ModelChoiceField(
        LanguageModel.objects.live(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": CANNOT_ANSWER},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("model") and cleaned.get("model") == cleaned.get("rival"):
            raise forms.ValidationError(_("Choose two different models, or only one."))
        return cleaned

    @property
    def entries(self) -> list[LanguageModel]:
        """Those that were chosen, in the order of the sides."""
        return [entry for entry in (self.cleaned_data["model"], self.cleaned_data["rival"]) if entry]


class RecordedPromptForm(forms.Form):
    recorded = forms.ModelChoiceField(
        Prompt.objects.filter(set__is_recorded=True),
        error_messages={
            "required": _("Choose one of the prompts."),
            "invalid_choice": _("This prompt is not here any more. Choose another one."),
        },
    )


class ReasonsForm(forms.Form):
    tags_a = forms.MultipleChoiceField(choices=Tag.choices, required=False)
    tags_b = forms.MultipleChoiceField(choices=Tag.choices, required=False)
    comment = forms.CharField(
        max_length=1000,
        required=False,
        error_messages={"max_length": _("Your comment has more than 1,000 characters. Shorten it and send it again.")},
    )


class VoteForm(forms.Form):
    choice = forms.ChoiceField(choices=Choice.choices)


#: What staff may take out: name, title, and what it is.
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
