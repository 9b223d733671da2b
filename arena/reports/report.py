"""Report a conversation. It is shown as before until an operator has looked at it."""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from arena.models import Battle, Report, ReportReason, Voter
from arena.people.refusals import Refusal

#: Reports of one battle that wait at once, and of one voter in a day: more tell an operator nothing new.
MOST_OF_A_BATTLE, MOST_OF_A_VOTER = 20, 30


class EnoughReports(Refusal):
    """As much was reported as anybody can read."""

    kind, status, retry_after = "enough-reports", HTTPStatus.TOO_MANY_REQUESTS, 3600
    sentence = _("This was reported already. An operator of this arena is going to look at it.")


def report_battle(
    battle: Battle, reason: ReportReason, note: str, *, voter: Voter | None, is_of_shared_page: bool, now: datetime
) -> Report:
    """Return the report, which waits for an operator. The same voter reports a battle once. Raises EnoughReports."""
    known = voter if voter and not voter._state.adding else None
    if known and (there := battle.reports.filter(voter=known).first()):
        return there
    own = Report.objects.filter(voter=known, at__gt=now - timedelta(days=1)) if known else Report.objects.none()
    if battle.reports.count() >= MOST_OF_A_BATTLE or own.count() >= MOST_OF_A_VOTER:
        raise EnoughReports
    return Report.objects.create(
        battle=battle, voter=known, reason=reason, note=note, is_of_shared_page=is_of_shared_page, at=now
    )
