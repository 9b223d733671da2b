"""The forms by which files come in: small ones are sent along, others chosen from a folder."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from arena.console.files import dropped_files
from arena.console.jobs import Kind
from arena.console.uploads import most_bytes

KINDS = (("votes", _("Votes")), ("answers", _("Answers, as AlpacaEval has them")))


class FileForm(forms.Form):
    """A file: sent along, or the name of one in the folder."""

    file = forms.FileField(required=False)
    dropped = forms.CharField(required=False, max_length=255)

    def __init__(self, *args: Any, sent_bytes: int = 0, **kwargs: Any) -> None:
        """sent_bytes: how long the request says it is. Of a longer one than fits, the door has cut the end off."""
        super().__init__(*args, **kwargs)
        self._is_cut_off = sent_bytes > most_bytes()

    def clean_file(self) -> "UploadedFile[bytes] | None":
        """Return the file that was sent, whole."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if self._is_cut_off:
            said = _("This is larger than %(most)s MB. Lay the file into the folder named below, and choose it there.")
            raise forms.ValidationError(said, params={"most": settings.UPLOAD_MB})
        return file

    def clean_dropped(self) -> str:
        """Return the name of a file that is there, or nothing."""
        name: str = self.cleaned_data["dropped"]
        if name and name not in {file.name for file in dropped_files()}:
            raise forms.ValidationError(_("This file is not in the folder any more."))
        return name

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and bool(said["file"]) == bool(said["dropped"]):
            raise forms.ValidationError(_("Choose one file."))
        return said


class ImportForm(FileForm):
    what = forms.ChoiceField(choices=KINDS)
    source = forms.CharField(required=False, max_length=100)

    @property
    def kind(self) -> Kind:
        """Return what the valid form asks for."""
        return "answers" if self.cleaned_data["what"] == "answers" else "votes"

    @property
    def options(self) -> dict[str, str]:
        return {"source": self.cleaned_data["source"]}


class PromptsForm(FileForm):
    name = forms.CharField(required=False, max_length=100)
    licence = forms.CharField(required=False, max_length=100)
    language = forms.ChoiceField(choices=settings.LANGUAGES)

    kind: Kind = "prompts"

    @property
    def options(self) -> dict[str, str]:
        """Return what the valid form says of the set."""
        return {name: self.cleaned_data[name] for name in ("name", "licence", "language")}
