"""The facts of the arena, one subject a module."""

from arena.models.accounts import AccountVoter
from arena.models.answers import Answer, Slot
from arena.models.audit import AuditEntry
from arena.models.battles import Battle, Turn, Withheld
from arena.models.benchmarks import BenchmarkScore, BenchmarkSource
from arena.models.catalog import LanguageModel, ModelAlias
from arena.models.counts import CountedVote, PairCount, PendingVote, PromptNumber, VoteCategory, VoterNumber
from arena.models.face import ArenaFace, FaceImage
from arena.models.groups import GroupMember, VoterGroup
from arena.models.invitations import Invitation
from arena.models.links import VoterLink
from arena.models.merges import EntryMerge, MergedSide
from arena.models.moderation import DeskAction, DeskDecision, ModerationResult, Report, ReportReason, VerdictState
from arena.models.prompts import Prompt, PromptSet, RecordedAnswer
from arena.models.reasons import ReasonTag, VoteComment, VoteReason
from arena.models.snapshots import Board, PairingPlan, Rating, RatingSnapshot
from arena.models.tokens import ApiToken
from arena.models.voters import ImportedSet, Voter
from arena.models.votes import Choice, Vote, VoteExclusion

__all__ = [
    "AccountVoter",
    "Answer",
    "ApiToken",
    "ArenaFace",
    "AuditEntry",
    "Battle",
    "BenchmarkScore",
    "BenchmarkSource",
    "Board",
    "Choice",
    "CountedVote",
    "DeskAction",
    "DeskDecision",
    "EntryMerge",
    "FaceImage",
    "GroupMember",
    "ImportedSet",
    "Invitation",
    "LanguageModel",
    "MergedSide",
    "ModelAlias",
    "ModerationResult",
    "PairCount",
    "PairingPlan",
    "PendingVote",
    "Prompt",
    "PromptNumber",
    "PromptSet",
    "Rating",
    "RatingSnapshot",
    "ReasonTag",
    "RecordedAnswer",
    "Report",
    "ReportReason",
    "Slot",
    "Turn",
    "VerdictState",
    "Vote",
    "VoteCategory",
    "VoteComment",
    "VoteExclusion",
    "VoteReason",
    "Voter",
    "VoterGroup",
    "VoterLink",
    "VoterNumber",
    "Withheld",
]
