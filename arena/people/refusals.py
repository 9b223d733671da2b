"""The refusals of a visitor or a program: one tree, told alike on pages and in the API.

Refusal
├── InvalidInput           what was sent does not fit its form
│   └── PersonalData       arena.moderation.personal_data
├── InvitationIsOver       arena.people.invitations
├── VoterIsForgotten       this pseudonym was erased since the request came
├── TooLongForTheWindow    arena.answers.conversation
├── QueueIsFull            arena.battles.turns
├── TooManyOpenBattles     arena.battles.begin
├── NotEnoughEntries       arena.battles.start, and ArenaIsEmpty
├── CannotAnswer           arena.battles.chat
├── CannotContinue         arena.battles.continue_battle, and NoFurtherAnswers of arena.battles.answer_again
├── CannotStop             arena.battles.stop
├── CannotVote             arena.votes.cast, and BattleIsClosed
├── VotedOtherwise         arena.votes.cast
├── VoteFirst              arena.votes.reasons
├── ContradictoryReasons   arena.votes.reasons
├── CannotShare            arena.battles.share
└── NobodyToGoOnWith       arena.battles.go_on
"""

from http import HTTPStatus
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A request in good order that is not done now.

    kind: its name in the API. sentence: for the page, with what is kept and what to do. retry_after: seconds.
    """

    kind: ClassVar[str]
    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    sentence: str | Promise = ""
    retry_after: ClassVar[int | None] = None


class InvalidInput(Refusal):
    """An input that does not fit its form; `sentence` is the form's."""

    kind, status = "invalid", HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class VoterIsForgotten(Refusal):
    """A request of a voter who was forgotten since it came: nothing more is kept under this pseudonym."""

    kind, status = "no-token", HTTPStatus.UNAUTHORIZED
    sentence = _("What is stored of you was erased just now. Reload the page to begin anew.")
