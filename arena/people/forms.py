"""The forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class AccountForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        validators=[UnicodeUsernameValidator(message=gettext_lazy("Letters, digits and @ . + - _ only, please."))],
        error_messages={"required": gettext_lazy("Write a name first.")},
    )

    def clean_username(self) -> str:
        """Return the name as Django stores it, which nobody has, in capitals or not."""
        name = str(User.normalize_username(self.cleaned_data["username"]))
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This name is taken. Choose another."))
        return name


class NewAccountForm(AccountForm):
    """A name and a password of one's own."""

    password = forms.CharField(
        strip=False, max_length=4096, error_messages={"required": gettext_lazy("Write a password first.")}
    )

    def clean(self) -> dict[str, Any]:
        """Return the fields. A password that is too weak is refused in Django's words."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("password"):
            try:
                validate_password(said["password"], User(username=said.get("username", "")))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return said
