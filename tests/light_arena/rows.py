"""What a test may ask a light arena to hold. Called in the process of that arena: see LightArena.do.

Battles are made in one transaction: the worker, which hears of their answers at its end, finds them written.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from arena.answers import events
from arena.conf import redis_clients
from arena.face import current as face
from arena.models import Answer, Battle, Choice, LanguageModel, Prompt, PromptSet, Rating, RatingSnapshot
from arena.models.answers import AnswerState
from arena.models.catalog import State
from arena.models.invitations import Opens
from arena.people.invitations import Wish, invite, path_of
from arena.people.roles import OWNER
from arena.people.voters import COOKIE, new_voter, remember_voter
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_recorded

#: Characters a second at which answers come; a test that watches them come asks for less.
RATE = 5000.0
Shown = dict[str, str]
#: Names of the real arena's entries, so that tests can use the same addresses.
NAMES = {"agon-steps": "SmolLM2 135M, three steps", "agon-small-llama": "Small Llama 1.5M"}
#: The prompts are loaded once; no test changes them.
_PERMISSIONS = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
_KEPT = {"django_migrations", *_PERMISSIONS, *(model._meta.db_table for model in (Prompt, PromptSet))}
_KEYS_OF_THE_WORKER = ("_kombu", "unacked")


def begin_anew() -> None:
    """Two entries that answer, and nothing else but the prompts that are suggested."""
    settings.RECORDED_RATE = RATE
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    emptied = sorted(tables - _KEPT)
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), emptied))
    kept = tuple(map(redis_clients.key, _KEYS_OF_THE_WORKER))
    if keys := [name for name in redis_clients.client().scan_iter() if not name.startswith(kept)]:
        redis_clients.client().delete(*keys)
    face.tell_everyone()  # what a test published is gone
    cache.clear()  # pages that are kept for a minute would show what an earlier test stored
    for slug, name in NAMES.items():
        make_entry(slug, display_name=name, script=f"{name} says hello.", licence="Apache-2.0")


def say(first: str, second: str, *, rate: float = RATE) -> None:
    """From now on two other entries answer, each with its text. rate: characters a second."""
    settings.RECORDED_RATE = rate
    LanguageModel.objects.update(state=State.PAUSED)
    make_entry("first", script=first)
    make_entry("second", script=second)


@transaction.atomic
def battle(first: str = "An answer.", second: str = "Another answer.", *, prompt: str = "Say hello.") -> Shown:
    """An answered battle with these answers."""
    made, cookie = _battle(prompt)
    for slot, text in (("a", first), ("b", second)):
        Answer.objects.filter(turn__battle=made, slot=slot).update(text=text)
    return {"address": _address(made), "cookie": cookie}


@transaction.atomic
def running_battle(first: str = "An ans", second: str = "Anothe") -> Shown:
    """A battle whose answers have come this far and come no further, however long a test looks."""
    made, cookie = _battle("Say hello.")
    Answer.objects.filter(turn__battle=made).update(state=AnswerState.STREAMING, text="", finished_at=None)
    for slot, text in (("a", first), ("b", second)):
        events.publish(str(made.pk), events.Event(1, slot, 1, "started"), answer_id=0)
        events.publish(str(made.pk), events.Event(1, slot, 1, "text", text), answer_id=0)
    return {"address": _address(made), "cookie": cookie}


def recorded(prompts: list[str]) -> None:
    """Prompts that four models have recorded answers to."""
    for prompt in prompts:
        make_recorded("ZEBRA-7", "OKAPI-9", "TAPIR-3", "IBEX-1", text=prompt)


@transaction.atomic
def vote() -> None:
    """A vote for the entry that came first, about a prompt of code. The worker publishes the board that counts it."""
    first, second = LanguageModel.objects.order_by("pk")[:2]
    cast_vote(make_battle(first, second, prompt="Write a Python function."), Choice.MODEL_A, now=timezone.now())


def publish() -> None:
    """All votes are on the board when this returns."""
    publish_leaderboard(now=timezone.now())


@transaction.atomic
def full_board(models: int) -> None:
    """A board of so many entries, each with a name of some length."""
    board = RatingSnapshot.objects.create(published=timezone.now(), votes=9000, last_number=9000)
    for place in range(1, models + 1):
        entry = make_entry(f"entry-{place}", display_name=f"Somewhat Longer Name {place} (70B)")
        points = {"rating": 1300 - 10 * place, "lower": 1250 - 10 * place, "upper": 1350 - 10 * place, "elo": 1000}
        ranks = {"group": 0, "rank": place, "rank_best": max(1, place - 4), "rank_worst": place + 4}
        Rating.objects.create(snapshot=board, model=entry, votes=100 + 10 * place, win_rate=0.5, **points, **ranks)


def board_of_version(version: str) -> int:
    """The newest board was published by this version of the code; its number."""
    newest = RatingSnapshot.objects.newest()
    RatingSnapshot.objects.filter(pk=newest.pk).update(code_version=version)
    return newest.pk


def operator(name: str, password: str) -> None:
    """Someone who may open all of the console."""
    User.objects.create_superuser(name, password=password)


def broken() -> None:
    """An entry that cannot answer, and says why."""
    make_entry(
        "broken", state=State.BROKEN, broken_because="no weights in var/models/broken: prepare_models fetches them"
    )


def run(command: list[str]) -> None:
    """A management command."""
    call_command(*command, verbosity=0)


def _address(battle: Battle) -> str:
    return f"http://{settings.HOST}:{settings.PORT}/battles/{battle.pk}/"


def _battle(prompt: str) -> tuple[Battle, str]:
    """An answered battle, and the cookie of its voter."""
    voter, key = new_voter()
    voter.save()
    response = HttpResponse()
    remember_voter(response, key)
    first, second = LanguageModel.objects.live().order_by("pk")[:2]
    return make_battle(first, second, voter=voter, prompt=prompt), response.cookies[COOKIE].value


def invite_owner() -> str:
    """The path of a link that makes the first owner."""
    wish = Wish("the first owner", Opens.ACCOUNT, role=OWNER, quota=1)
    return path_of(invite(wish, request=None, now=timezone.now())[1])


def check() -> list[str]:
    """What does not hold of the facts and the boards."""
    return [str(problem) for problem in check_invariants(now=timezone.now())]


def figures() -> list[list[float]]:
    """The ratings of the newest board and of its groups' boards, with their intervals."""
    boards = RatingSnapshot.objects.filter(pk__in=RatingSnapshot.objects.newest_of_each())
    rows = Rating.objects.filter(snapshot__in=boards).order_by("snapshot__category", "model")
    return [list(row) for row in rows.values_list("rating", "lower", "upper", "votes")]
