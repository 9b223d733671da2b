import csv
import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from django.utils import timezone

from arena.formats.exports.writing import FORMATS
from arena.models import Answer, AuditEntry, Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.api.calling import Program
from tests.factories import make_battle, make_entry, make_token

pytestmark = pytest.mark.django_db(transaction=True)


async def fetched(secret, query):
    response: Any = await AsyncClient().get(f"/api/v1/votes?{query}", headers={"authorization": f"Bearer {secret}"})
    return response, b"".join([part async for part in response.streaming_content])


@pytest.fixture
def votes():
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    battle = make_battle(*entries, prompt="Write to ann@example.org.")
    # The two answers differ: of a pair of equal ones nobody learns, so the formats for training leave it out.
    Answer.objects.filter(turn__battle=battle, slot="b").update(text="Another answer.")
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())


def test_staff_get_the_votes_as_a_table_with_personal_data_masked(votes):
    response, content = async_to_sync(fetched)(make_token("cron", scopes="export"), "format=csv")
    taken = AuditEntry.objects.get(action="exported")
    assert (taken.subject, taken.details) == ("csv", {"token": "cron"})
    assert 'filename="' in response["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["model_a"], row["model_b"], row["winner"]) == ("ZEBRA-7", "OKAPI-9", "model_a")
    assert "ann@example.org" not in content.decode()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_the_field_comes(votes, name):
    response, content = async_to_sync(fetched)(make_token(scopes="export"), f"format={name}")
    assert (response.status_code, bool(content)) == (200, True)


def test_other_tokens_and_no_token_get_nothing(client, votes):
    refused = Program().get("votes?format=csv")
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/v1/docs#problem-lacks-scope")
    assert client.get("/api/v1/votes?format=csv").status_code == 401


def test_an_unknown_format_is_refused():
    assert Program(make_token(scopes="export")).get("votes?format=xml").status_code == 422
