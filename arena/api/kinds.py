"""The kinds of problems that the API tells, in words for programs. What the arena refuses brings its own status."""

from arena.answers.conversation import TooLongForTheWindow
from arena.battles.begin import TooManyOpenBattles
from arena.battles.continue_battle import CannotContinue
from arena.battles.start import NotEnoughEntries
from arena.battles.stop import CannotStop
from arena.battles.turns import QueueIsFull
from arena.people.refusals import Refusal, VoterIsForgotten
from arena.votes.cast import CannotVote, VotedOtherwise

#: The title of each refusal, and what it says in detail.
REFUSALS: dict[type[Refusal], tuple[str, str]] = {
    TooLongForTheWindow: ("The prompt is too long for the models here", "Shorten it and send it again."),
    CannotVote: ("This battle takes no vote now", "It is closed, or its answers have not both ended well."),
    VotedOtherwise: ("There is a vote with another choice", "The first vote stands."),
    CannotContinue: (
        "This battle takes no further prompt now",
        "It is closed, at its last turn, or its answers are still being written.",
    ),
    TooManyOpenBattles: ("Vote on an open battle first, or leave it", "`battles` names those that are open."),
    QueueIsFull: ("Too many answers wait already", "Try again after as many seconds as Retry-After says."),
    NotEnoughEntries: ("Fewer than two models can answer now", "Try again later."),
    CannotStop: ("The answers cannot be stopped right now", "They go on. Try again in a moment."),
    VoterIsForgotten: ("A valid token is needed", "What this token stood for was erased on request."),
}
#: kind: status and title. The address of a kind leads to its line on the page of the API.
KINDS: dict[str, tuple[int, str]] = {
    "invalid": (422, "What was sent does not fit"),
    "not-json": (400, "The body is not JSON"),
    "too-large": (413, "The body is larger than any prompt"),
    "no-token": (401, "A valid token is needed"),
    "lacks-scope": (403, "This token may not do that"),
    "not-found": (404, "There is no such thing"),
    **{refusal.kind: (int(refusal.status), title) for refusal, (title, _) in REFUSALS.items()},
}
