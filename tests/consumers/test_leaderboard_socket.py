import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.utils import timezone

from arena.answers import events
from arena.asgi import application
from arena.models import Choice, RatingSnapshot
from arena.tasks import publish
from arena.votes.cast import cast_vote
from tests.consumers.listening import until_somebody_listens
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db(transaction=True)


def socket(query="", **headers):
    usual = {"origin": "http://localhost", "host": "localhost", "accept-language": "en"}
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in (usual | headers).items()]
    return WebsocketCommunicator(application, f"/ws/leaderboard/{query}", pairs)


async def opened(query="", **headers):
    communicator = socket(query, **headers)
    assert (await communicator.connect())[0]
    return communicator


@database_sync_to_async
def vote_and_publish():
    """The id of the new board."""
    battle = make_battle(make_entry("ZEBRA-7"), make_entry("OKAPI-9"))
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    publish()
    return RatingSnapshot.objects.newest_id()


async def test_a_vote_reaches_an_open_leaderboard_with_the_heads_of_its_columns():
    communicator = await opened()
    await vote_and_publish()
    message = await communicator.receive_json_from(timeout=30)
    assert message["rows"].index("ZEBRA-7") < message["rows"].index("OKAPI-9")
    assert message["head"].count("<th ") == message["rows"].split("</tr>")[0].count("<td") + 1
    assert "1 vote" in message["facts"]
    await communicator.disconnect()


async def test_a_page_that_was_opened_before_the_last_board_gets_it_and_a_newer_page_does_not():
    board = await vote_and_publish()
    late, current, ahead = [await opened(f"?board={board + step}") for step in (-1, 0, 1)]
    assert "ZEBRA-7" in (await late.receive_json_from(timeout=30))["rows"]
    assert await current.receive_nothing(timeout=0.5)
    assert await ahead.receive_nothing(timeout=0.5)
    events.publish_board("en", events.Board(str(board), '{"rows": "the same board, another card"}'))
    assert "another card" in await current.receive_from(timeout=30)
    assert await ahead.receive_nothing(timeout=0.5)
    for communicator in (late, current, ahead):
        await communicator.disconnect()


@pytest.mark.parametrize("board", ["0", "7"])
async def test_the_first_board_that_redis_ever_holds_reaches_a_page_that_shows_its_number(board):
    """Redis holds none in a new arena, and none after it has lost all; a card may have changed since the page came."""
    communicator = await opened(f"?board={board}")
    await until_somebody_listens()
    events.publish_board("en", events.Board(board, '{"rows": "another card"}'))
    assert "another card" in await communicator.receive_from(timeout=30)
    await communicator.disconnect()


@pytest.mark.parametrize("query", ["?board=", "?board=x", "?board=" + "9" * 30])
async def test_whatever_board_a_page_says_it_gets_the_next(query):
    communicator = await opened(query)
    await until_somebody_listens()
    await vote_and_publish()
    assert "ZEBRA-7" in (await communicator.receive_json_from(timeout=30))["rows"]
    await communicator.disconnect()


@pytest.mark.parametrize("other", ["a(b=1; ", 'x={"a": 1}; ', "noequal; ", "foo/bar=1; ", "q=a b c; "])
async def test_a_cookie_of_another_program_does_not_matter(other):
    communicator = await opened(cookie=f"{other}django_language=ko")
    await vote_and_publish()
    assert "투표" in (await communicator.receive_json_from(timeout=30))["facts"]
    await communicator.disconnect()
