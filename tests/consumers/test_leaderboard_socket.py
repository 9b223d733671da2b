import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.utils import timezone

from arena.actions.cast_vote import cast_vote
from arena.asgi import application
from arena.models import Choice
from arena.tasks import publish
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def vote_and_publish():
    battle = make_battle(make_entry("ZEBRA-7"), make_entry("OKAPI-9"))
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    publish()


async def test_a_vote_reaches_an_open_leaderboard():
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost"), (b"accept-language", b"en")]
    communicator = WebsocketCommunicator(application, "/ws/leaderboard/", headers)
    assert (await communicator.connect())[0]
    await vote_and_publish()
    message = await communicator.receive_json_from(timeout=5)
    assert message["rows"].index("ZEBRA-7") < message["rows"].index("OKAPI-9")
    assert "1 vote" in message["facts"]
    await communicator.disconnect()
