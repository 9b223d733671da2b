"""What happens to a prompt that seems to hold personal data, as the operator wants: it passes or is asked about."""

from django.conf import settings
from django.utils.translation import gettext as _

from arena.moderation.pii import redact
from arena.people.refusals import InvalidInput

PASS, ASK, REFUSE = "pass", "ask", "refuse"


class PersonalData(InvalidInput):
    """A prompt seems to hold personal data. may_be_confirmed: it is sent all the same once its writer wants it."""

    def __init__(self, sentence: str, *, may_be_confirmed: bool) -> None:
        super().__init__(sentence)
        self.may_be_confirmed = may_be_confirmed


def refuse_personal_data(text: str, *, is_confirmed: bool) -> None:
    """Raise PersonalData where the text holds some, and it is not for its writer to send it, or not confirmed yet."""
    if settings.PERSONAL_DATA == PASS or (settings.PERSONAL_DATA == ASK and is_confirmed):
        return
    found = redact(text)[1]
    if not found:
        return
    may_be_confirmed = settings.PERSONAL_DATA == ASK
    raise PersonalData(_sentence(sorted(found), may_be_confirmed=may_be_confirmed), may_be_confirmed=may_be_confirmed)


def _sentence(kinds: list[str], *, may_be_confirmed: bool) -> str:
    names = {
        "key": _("a secret key"),
        "email": _("an e-mail address"),
        "iban": _("an account number"),
        "card": _("a card number"),
        "phone": _("a phone number"),
    }
    held = {"what": ", ".join(names[kind] for kind in kinds)}
    if may_be_confirmed:
        return _("Your prompt seems to hold %(what)s. Prompts may be published. Remove it, or send it anyway.") % held
    return _("Your prompt seems to hold %(what)s. Prompts may be published: remove it and send it again.") % held
