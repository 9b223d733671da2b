"""Which votes count on the board, and how much: the only place that decides it.

A vote counts where its voter did not see the names (a blind battle, here or elsewhere), where the operator counts
votes of its source, and as much as its newest exclusion says. Everything else asks here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Subquery
from django.db.models.expressions import Combinable, OuterRef
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arena.categories import Category
from arena.categories.fingerprint import fingerprint
from arena.models import Battle, PendingVote, Turn, Vote, VoteExclusion
from arena.models.answers import AnswerState
from arena.models.battles import BLIND_KINDS
from arena.models.catalog import ModelAlias
from arena.models.votes import Source
from arena.queues import enqueue_publication
from arena.votes.self_identification import EntryNames, Said, names_of, who_it_says

#: Blind votes, each once, by the weight of their newest exclusion; half-win ties under one normal prior; intervals by
#: voter and by prompt, and never narrower than HC3. Boards of an older policy are published anew.
RULES = "blind-6"
#: The rules that the arena applies by itself when a vote is cast.
STOPPED, IDENTITY, OTHER_NAME = "stopped", "identity", "other-name"
OWN_CHAT, SAME_ANSWER = "own-chat", "same-answer"
#: The rule by which an operator decides, with a reason in words.
OPERATOR = "operator"


@dataclass(frozen=True)
class Rule:
    """A rule that takes votes off the board, in words. meaning: to everyone; to_voter: to whose vote it took.

    version: rises where the rule decides otherwise than it did.
    """

    name: str
    meaning: Promise
    to_voter: Promise
    version: str = "1"


#: All rules that this arena knows; a file of votes may bring others.
KNOWN_RULES = (
    Rule(
        STOPPED,
        _("the voter stopped an answer before its end, in any turn"),
        _("Not counted: you stopped an answer before its end."),
    ),
    Rule(
        IDENTITY,
        _("an answer said who wrote it"),
        _("Not counted: an answer said who wrote it."),
        version="2",
    ),
    Rule(
        OTHER_NAME,
        _("an answer claimed the name of another model or maker"),
        _("Not counted: an answer claimed the name of another model or maker."),
    ),
    Rule(
        OWN_CHAT,
        _("the voter had put the same prompt to a model by its name"),
        _("Not counted: you had put the same prompt to a model by its name."),
    ),
    Rule(
        SAME_ANSWER,
        _("asked again, a model gave the same answer, which tells its settings"),
        _("Not counted: asked again, a model gave the same answer, which tells its settings."),
    ),
    Rule(
        OPERATOR,
        _("an operator took it out, for a reason that is kept"),
        _("Not counted: an operator of this arena took it out."),
    ),
)


class CategoryRules(Protocol):
    """The names that the module of ARENA_CATEGORIES must have, as arena.categories does."""

    RULES_VERSION: str
    CATEGORIES: Mapping[str, Category]

    def categories_of(self, user_texts: Sequence[str]) -> Collection[str]: ...


def policy() -> str:
    """Return the policy as each board carries it: the rules, the sources, the categories' rules and the voices."""
    sources = "+".join(sorted(settings.COUNTED_SOURCES))
    voices = f" voices={settings.VOICES}" if settings.VOICES else ""
    return f"{RULES} {sources} {settings.CATEGORIES} {category_rules().RULES_VERSION}{voices}"


def category_rules() -> CategoryRules:
    """Return the module that ARENA_CATEGORIES names. Raises ImportError."""
    return cast(CategoryRules, import_module(settings.CATEGORIES))


def rated_votes() -> "QuerySet[Vote]":
    """Return the votes that can be on a board, each with the weight that `weights_of` gives."""
    return Vote.objects.filter(battle__kind__in=BLIND_KINDS)


def put_on_board(votes: Iterable[Vote]) -> None:
    """Let the next board show these votes, or their changed weights. A voter who saw the names is on no board.

    Call it in the transaction that writes the votes or their exclusions. Expects the votes with their battles.
    """
    pending = [PendingVote(vote=vote) for vote in votes if vote.battle.kind in BLIND_KINDS]
    PendingVote.objects.bulk_create(pending, batch_size=5000)
    if pending:
        transaction.on_commit(enqueue_publication)


def vote_weight(source: str, excluded_to: float | None) -> float:
    """Return what a vote counts for, in [0, 1]. excluded_to: the weight of its newest exclusion, None without one."""
    if not is_counted_source(source):
        return 0.0
    return 1.0 if excluded_to is None else excluded_to


def weight_of(vote: Vote) -> float:
    """Return what this vote counts for, in [0, 1]."""
    return weights_of({vote.pk: vote.source})[vote.pk]


def weights_of(sources: Mapping[int, str]) -> dict[int, float]:
    """Return what each of these votes counts for, by pk. sources: of the votes, by pk."""
    excluded = VoteExclusion.objects.newest().filter(vote__in=list(sources)).weights()
    return {pk: vote_weight(source, excluded.get(pk)) for pk, source in sources.items()}


def is_counted_source(source: str) -> bool:
    """Tell whether votes of this source are on the board."""
    return source in settings.COUNTED_SOURCES


def unknown_sources() -> list[str]:
    """Return what ARENA_COUNTED_SOURCES names and no vote has: a typing error would take votes off the board."""
    return sorted(set(settings.COUNTED_SOURCES) - set(Source.values))


def of_counted_sources(path: str) -> Q:
    """Return the condition that a vote, reached by this path of a query, is of a counted source."""
    return Q(**{f"{path}__source__in": settings.COUNTED_SOURCES})


def weight_of_counted(path: str) -> Combinable:
    """Return the weight of a vote of a counted source, reached by this path, for the database to compute."""
    newest = VoteExclusion.objects.newest().filter(vote=OuterRef(path)).values("weight")[:1]
    return Coalesce(Subquery(newest), 1.0)


def counts_when_stopped(battle: Battle) -> bool:
    """Tell whether a vote on the battle counts as far as stopped answers go.

    Half an answer says little, and one that is half at a known time how fast it was written: also where other answers
    were asked for afterwards.
    """
    answers = (answer for turn in battle.all_turns for answer in turn.answers.all())
    return settings.COUNT_STOPPED or all(answer.state != AnswerState.STOPPED for answer in answers)


def rule_against(battle: Battle) -> str:
    """Return the rule by which a vote that is cast now does not count; empty where nothing is against it."""
    if not counts_when_stopped(battle):
        return STOPPED
    if not battle.is_blind:
        return ""
    # Looked at only now: said before the vote, it would confirm who answers.
    if rule := _rule_against_names(battle):
        return rule
    if _has_asked_by_name(battle):
        return OWN_CHAT
    return SAME_ANSWER if _has_repeated_itself(battle) else ""


def rule_version(rule: str) -> str:
    """Return the version of one of KNOWN_RULES."""
    return next(known.version for known in KNOWN_RULES if known.name == rule)


def _rule_against_names(battle: Battle) -> str:
    """Return the rule against what the answers say of their writers: one of the two names, or a third."""
    names = _names_in(battle)
    answers = ((turn, answer) for turn in battle.all_turns for answer in turn.answers.all())
    said = {who_it_says(answer.text, names, prompt=turn.user_text) for turn, answer in answers}
    return IDENTITY if Said.ITSELF in said else OTHER_NAME if Said.ANOTHER in said else ""


def _names_in(battle: Battle) -> EntryNames:
    entries = [battle.entry(slot) for slot in battle.slots]
    return names_of(entries, ModelAlias.objects.filter(entry__in=entries).values_list("name", flat=True))


def _has_asked_by_name(battle: Battle) -> bool:
    """Tell whether the voter put a prompt of this battle to models by their names: their answers may be recognised."""
    prompts = {fingerprint(turn.user_text) for turn in battle.all_turns} - {""}
    asked = Turn.objects.filter(battle__voter=battle.voter_id).exclude(battle__kind__in=BLIND_KINDS)
    return any(fingerprint(text) in prompts for text in asked.values_list("user_text", flat=True).iterator())


def _has_repeated_itself(battle: Battle) -> bool:
    """Tell whether a side that was asked again wrote what it had written: an entry without chance in it does."""
    texts = {turn.pk: {answer.slot: answer.text for answer in turn.answers.all()} for turn in battle.all_turns}
    return any(
        text and text == texts[turn.replaces_id].get(slot)
        for turn in battle.all_turns
        if turn.replaces_id in texts
        for slot, text in texts[turn.pk].items()
    )
