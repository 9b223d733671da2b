"""The forms of the console."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arena.models import DeskAction, LanguageModel, Voter
from arena.votes.exclude import Selection

STANDINGS = (("", _("all")), ("counted", _("counted")), ("excluded", _("excluded")))


class VoteFilter(forms.Form):
    """Which votes to list. An empty form means all of them."""

    voter = forms.UUIDField(required=False, error_messages={"invalid": _("This is no voter's id.")})
    battle = forms.UUIDField(required=False, error_messages={"invalid": _("This is no battle's id.")})
    source = forms.CharField(required=False, max_length=100)
    entry = forms.SlugField(required=False, max_length=100)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    standing = forms.ChoiceField(choices=STANDINGS, required=False)

    def clean_entry(self) -> int | None:
        """Return the entry's pk."""
        if not (slug := self.cleaned_data["entry"]):
            return None
        pk = LanguageModel.objects.filter(slug=slug).values_list("pk", flat=True).first()
        if pk is None:
            raise forms.ValidationError(_("No entry has this slug."))
        return pk

    def selection(self) -> Selection:
        """Return what the valid form means. Its last day is part of it."""
        said = self.cleaned_data
        until = said["until"] and said["until"] + timedelta(days=1)
        standing = said["standing"]
        return Selection(
            battles=(said["battle"],) if said["battle"] else (),
            voter=said["voter"],
            source=said["source"],
            since=_start_of(said["since"]),
            until=_start_of(until),
            entry=said["entry"],
            is_excluded=standing == "excluded" if standing else None,
        )


class Reason(forms.Form):
    reason = forms.CharField(max_length=500, error_messages={"required": _("Write a reason first.")})


class DeskForm(Reason):
    """A decision on a conversation, and why."""

    action = forms.ChoiceField(
        choices=DeskAction.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what to do.")),
    )


class OnePerson(forms.Form):
    """Voters who are said to be one person, and why."""

    voters = forms.ModelMultipleChoiceField(
        Voter.objects.all(),
        error_messages={
            "required": _("Tick two voters or more."),
            "invalid_choice": _("A voter is not there any more. Reload the page."),
            "invalid_pk_value": _("A voter is not there any more. Reload the page."),
        },
    )
    reason = forms.CharField(max_length=500, error_messages={"required": _("Write a reason first.")})

    def clean_voters(self) -> QuerySet[Voter]:
        """Return two voters or more, the oldest first."""
        voters: QuerySet[Voter] = self.cleaned_data["voters"]
        if len(voters) < 2:
            raise forms.ValidationError(_("Tick two voters or more."))
        return voters.order_by("created", "pk")


def _start_of(day: date | None) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))
