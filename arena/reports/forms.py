"""The form with which a visitor reports a conversation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from arena.models import ReportReason


class ReportForm(forms.Form):
    """Why, and in words if one likes."""

    reason = forms.ChoiceField(
        choices=ReportReason.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what is wrong with it.")),
    )
    note = forms.CharField(
        max_length=500,
        required=False,
        error_messages={"max_length": _("Your note has more than 500 characters. Shorten it and send it again.")},
    )
