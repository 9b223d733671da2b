"""The forms of battles. They check what a visitor sends, and their sentences say what to do."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from arena.battles.chat import CannotAnswer
from arena.models import Choice, LanguageModel, Prompt, ReasonTag
from arena.moderation.personal_data import PersonalData, refuse_personal_data
from arena.people.refusals import InvalidInput, Refusal

#: What is left of bytes that were no text, and halves of characters that no text holds.
_UNREADABLE = re.compile("[\ufffd\ud800-\udfff]")


def checked(form: forms.Form) -> dict[str, Any]:
    """Return what the form holds, cleaned. Raises InvalidInput with the form's first sentence."""
    if form.is_valid():
        return form.cleaned_data
    raise InvalidInput(str(next(iter(form.errors.values()))[0]))


def checked_prompt(form: "PromptForm") -> str:
    """Return the prompt that a visitor or a program sends. Raises InvalidInput, and PersonalData, which is one."""
    cleaned = checked(form)
    refuse_personal_data(cleaned["prompt"], is_confirmed=cleaned["send_anyway"])
    return str(cleaned["prompt"])


def may_send_anyway(refusal: Refusal) -> bool:
    """Tell whether the box offers to send the prompt all the same."""
    return isinstance(refusal, PersonalData) and refusal.may_be_confirmed


class PromptField(forms.CharField):
    """A text as the visitor typed it, the spaces before its first line too; blank lines at its ends go.

    Browsers send a line end as CRLF, two characters where one is meant.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: object) -> str:
        return _without_blank_ends(str(super().to_python(value) or "").replace("\r\n", "\n"))

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
        """Do nothing: all rules are in `validate`, so that a prompt gets one sentence."""


def _without_blank_ends(text: str) -> str:
    lines = text.split("\n")
    written = [number for number, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[written[0] : written[-1] + 1]) if written else ""


class PromptForm(forms.Form):
    """A prompt. send_anyway: its writer knows that it holds personal data."""

    prompt = PromptField(error_messages={"required": _("Write a prompt first.")})
    send_anyway = forms.BooleanField(required=False)


class ChatForm(PromptForm):
    """A prompt to one chosen model, or to two."""

    model = forms.ModelChoiceField(
        LanguageModel.objects.live(),
        to_field_name="slug",
        error_messages={"required": _("Choose a model."), "invalid_choice": CannotAnswer.sentence},
    )
    rival = forms.ModelChoiceField(
        LanguageModel.objects.live(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": CannotAnswer.sentence},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("model") and cleaned.get("model") == cleaned.get("rival"):
            raise forms.ValidationError(_("Choose two different models, or only one."))
        return cleaned

    @property
    def entries(self) -> list[LanguageModel]:
        """Return the entries that were chosen, in the order of the sides."""
        return [entry for entry in (self.cleaned_data["model"], self.cleaned_data["rival"]) if entry]


class SideBySideForm(ChatForm):
    """A prompt to two chosen models."""

    rival = forms.ModelChoiceField(
        LanguageModel.objects.live(),
        to_field_name="slug",
        error_messages={"required": _("Choose a second model."), "invalid_choice": CannotAnswer.sentence},
    )


class RecordedPromptForm(forms.Form):
    recorded = forms.ModelChoiceField(
        Prompt.objects.filter(set__is_recorded=True, set__is_offered=True),
        error_messages={
            "required": _("Choose one of the prompts."),
            "invalid_choice": _("This prompt is not here any more. Choose another one."),
        },
    )


class ReasonsForm(forms.Form):
    tags_a = forms.MultipleChoiceField(choices=ReasonTag.choices, required=False)
    tags_b = forms.MultipleChoiceField(choices=ReasonTag.choices, required=False)
    comment = forms.CharField(
        max_length=1000,
        required=False,
        error_messages={"max_length": _("Your comment has more than 1,000 characters. Shorten it and send it again.")},
    )


class VoteForm(forms.Form):
    choice = forms.ChoiceField(
        choices=Choice.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("This is not a choice. Choose one of the four buttons.")
        ),
    )
