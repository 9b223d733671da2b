"""What a text may be withheld for, in words. Other taxonomies are told in these keys."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Category:
    """One reason. name: for a table. sentence: to whoever wrote the text or waits for it; follows "because"."""

    name: Promise
    sentence: Promise


#: A moderator's category that is none of the others.
OTHER = "other"
CATEGORIES = {
    "violence": Category(_("violent crimes"), _("It seems to help with violence against people.")),
    "crime": Category(_("other crimes"), _("It seems to help with a crime.")),
    "sex_crimes": Category(_("sexual crimes"), _("It seems to be about a sexual crime.")),
    "children": Category(_("sexual abuse of children"), _("It seems to show children in a sexual way.")),
    "defamation": Category(_("defamation"), _("It seems to say untrue things that harm a person.")),
    "advice": Category(_("advice by professionals"), _("It seems to give advice that only a professional may give.")),
    "privacy": Category(_("privacy"), _("It seems to be about the private life of a person.")),
    "property": Category(_("intellectual property"), _("It seems to take what is somebody else's work.")),
    "weapons": Category(_("weapons"), _("It seems to help with weapons or explosives.")),
    "hate": Category(_("hate"), _("It seems to call for hate against a group of people.")),
    "self_harm": Category(
        _("suicide and self-harm"),
        _("It seems to be about harming oneself. If you are in danger, call an emergency number or somebody near you."),
    ),
    "sexual": Category(_("sexual content"), _("It seems to be sexual.")),
    "elections": Category(_("elections"), _("It seems to say untrue things about how to vote.")),
    "code": Category(_("abuse of machines"), _("It seems to make a computer do harm.")),
    "drugs": Category(_("drugs"), _("It seems to be about forbidden drugs.")),
    "harassment": Category(_("harassment"), _("It seems to harass a person.")),
    OTHER: Category(_("another reason"), _("It does not follow the rules of this arena.")),
}


def sentence_of(category: str) -> Promise:
    """Return the sentence to whoever wrote the text; that of `OTHER` for a category that is not known."""
    return CATEGORIES.get(category, CATEGORIES[OTHER]).sentence


def name_of(category: str) -> Promise:
    """Return the name in a table; that of `OTHER` for a category that is not known."""
    return CATEGORIES.get(category, CATEGORIES[OTHER]).name
