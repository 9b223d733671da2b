import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from arena.models import PairCount, RatingSnapshot
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.exclude import exclude_vote
from tests.factories import make_battle, make_entry


@pytest.fixture
def _newest_tables_again():
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_newest_tables_again")
def test_counts_that_were_stored_without_squares_get_them_from_the_votes():
    entries = [make_entry() for _ in range(3)]
    for number, choice in enumerate(["model_a", "model_b", "tie", "both_bad"] * 3):
        vote = cast_vote(make_battle(entries[number % 3], entries[(number + 1) % 3]), choice, now=timezone.now())
        if number % 4 == 1:
            exclude_vote(vote, rule="test", by="a test", now=timezone.now(), weight=0.25)
    publish_leaderboard(now=timezone.now())
    overall = PairCount.objects.filter(category="overall").order_by("pk")
    before = list(overall.values())
    RatingSnapshot.objects.update(policy="blind-2")  # as a board of that time has it: it is published anew
    call_command("migrate", "arena", "0002", verbosity=0)
    with connection.cursor() as cursor:
        assert "ties_squared" not in {
            c.name for c in connection.introspection.get_table_description(cursor, "arena_paircount")
        }
    call_command("migrate", verbosity=0)
    assert list(overall.all().values()) == before
    publish_leaderboard(now=timezone.now())
    assert check_invariants(now=timezone.now()) == []
