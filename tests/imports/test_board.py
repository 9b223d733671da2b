"""The board that an import publishes while it reads, with the features that a process beside finds."""

from io import StringIO
from uuid import uuid4

import psutil
import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.formats.votes.base import TurnTexts
from arena.models import CountedVote, RatingSnapshot
from arena.models.counts import OVERALL
from arena.scoring.check_invariants import check_invariants
from arena.scoring.counted_votes import AT_ONCE
from arena.scoring.features_ahead import WORTH_A_PROCESS, FeaturesAhead
from arena.scoring.text_features import VoteFeatures, features_of_texts
from arena.scoring.vote_categories import categories_of
from arena.scoring.vote_features import features_of

ENOUGH = WORTH_A_PROCESS + 200


def conversations():
    """Return texts by battle, one of them without any."""
    spoken = [("Schreib ein Gedicht über das Meer und den Wind!", "**Ja**", "- nein"), ("2 + 2 = ?", "4 – “four”", "")]
    turns = {uuid4(): (TurnTexts(*spoken[number % 2]),) for number in range(ENOUGH)}
    return turns | {uuid4(): (TurnTexts("", "", ""),)}


@pytest.mark.django_db
def test_features_found_ahead_are_those_of_the_texts():
    texts = conversations()
    with FeaturesAhead() as ahead:
        ahead.begin(texts)
        ahead.begin(extra := conversations())
        found = ahead.features_of([*texts, *extra])
    *written, _empty = texts.values()
    expected = features_of_texts(written, rules="arena.categories")
    assert [found.get(battle) for battle in texts] == [*expected, None]
    assert len(found) == 2 * ENOUGH
    assert VoteFeatures() not in found.values()


@pytest.mark.django_db
def test_without_the_process_beside_the_features_are_found_at_last():
    with FeaturesAhead() as ahead:
        before = set(psutil.Process().children())
        ahead.begin(conversations())
        (process,) = set(psutil.Process().children()) - before
        process.kill()
        ahead.begin(texts := conversations())
        assert ahead.features_of(list(texts)) == {}  # as the database says, which has none of them


@pytest.mark.django_db
@pytest.mark.slow
def test_a_long_file_is_on_the_board_with_the_categories_and_style_of_its_texts(tmp_path):
    path = tmp_path / "votes.csv"
    with path.open("w") as file:
        file.write("model_a,model_b,winner,prompt,response_a,response_b\n")
        file.writelines(f"a,b{n % 3},model_a,Write a poem {n},**Roses** {n},- no\n" for n in range(ENOUGH))
        file.writelines(f"a,b{n % 3},model_b,,,\n" for n in range(AT_ONCE))
    call_command("import_votes", str(path), stdout=StringIO())
    boards = RatingSnapshot.objects.filter(category=OVERALL)
    assert [board.votes for board in boards.order_by("pk")] == [AT_ONCE, AT_ONCE + ENOUGH]
    assert boards.order_by("pk").last().clustered_at is not None
    votes = list(CountedVote.objects.select_related("vote").order_by("number")[:ENOUGH])
    features = features_of([vote.vote.battle_id for vote in votes])
    keys = categories_of([vote.number for vote in votes])
    counted = {vote.vote.battle_id: (keys[vote.number], bytes(vote.style)) for vote in votes}
    assert counted == {battle: (each.categories, each.style) for battle, each in features.items()}
    assert check_invariants(now=timezone.now()) == []
