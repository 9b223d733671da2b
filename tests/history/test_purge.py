"""Texts that are too old go, accounts that nobody uses too; what people voted stays to the digit."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.battles.share import share_battle
from arena.history.purge import purge_by_settings
from arena.models import (
    AccountVoter,
    Answer,
    AuditEntry,
    Battle,
    Choice,
    ImportedSet,
    PromptNumber,
    Rating,
    RatingSnapshot,
    ReasonTag,
    Turn,
    Vote,
    VoteComment,
    Voter,
)
from arena.models.links import LinkRule
from arena.people.links import link_voters
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.reasons import give_reasons
from tests.console.people import member_of
from tests.factories import make_battle, make_entry, make_voter

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7"), make_entry("OKAPI-9")


def old_battle(*entries, days=40, **fields):
    battle = make_battle(*entries, **fields)
    then = timezone.now() - timedelta(days=days)
    Battle.objects.filter(pk=battle.pk).update(created=then)
    Turn.objects.filter(battle=battle).update(created=then)
    return battle


def purged(*options):
    out = StringIO()
    call_command("purge", *options, stdout=out)
    return out.getvalue()


def words():
    return {
        *Answer.objects.values_list("text", flat=True),
        *Answer.objects.values_list("thoughts", flat=True),
        *Turn.objects.values_list("user_text", flat=True),
        *VoteComment.objects.values_list("text", flat=True),
    } - {""}


def test_texts_thoughts_comments_and_shared_links_of_old_battles_go_and_young_ones_stay(entries):
    old, young = old_battle(*entries, prompt="An old prompt"), make_battle(*entries, prompt="A young prompt")
    vote = cast_vote(young, Choice.TIE, now=timezone.now())
    give_reasons(vote, {"a": [ReasonTag.CLEAR]}, "A young comment", now=timezone.now())
    share_battle(old)
    share_battle(young)
    Answer.objects.filter(turn__battle=old).update(text="An old answer", thoughts="Old thoughts")
    publish_leaderboard(now=timezone.now())
    said = purged("--days", "30")
    assert "the texts of 1 battles, 0 comments, 1 shared links" in said
    assert not [text for text in words() if "old" in text.lower()]
    assert {"A young prompt", "A young comment"} <= words()
    kept = dict(Battle.objects.values_list("pk", "share_token"))
    assert (kept[old.pk], bool(kept[young.pk])) == (None, True)
    assert "the texts of 0 battles" in purged("--days", "30")


def test_votes_and_boards_stay_to_the_digit(entries):
    prompts = ("Write a Python function.", "Prove it, by induction.", "Sing a song.", "Count to ten.")
    for choice, prompt in zip(Choice, prompts, strict=True):
        battle = old_battle(*entries, prompt=prompt)
        cast(battle, choice)
    publish_leaderboard(now=timezone.now())
    board, votes = figures(), list(Vote.objects.order_by("pk").values())
    assert PromptNumber.objects.exists()
    purged("--days", "30")
    assert words() == set()
    assert not PromptNumber.objects.exists(), "nothing leads back to a text"
    assert check_invariants(now=timezone.now()) == []
    out = StringIO()
    call_command("recompute_leaderboard", stdout=out)
    differences = [float(points) for points in re.findall(r"largest difference (\S+) points", out.getvalue())]
    assert len(differences) > 3
    assert max(differences) < 1e-9
    assert (figures(), list(Vote.objects.order_by("pk").values())) == (board, votes)


def cast(battle, choice):
    """While the battle was young."""
    created = Battle.objects.values_list("created", flat=True).get(pk=battle.pk)
    Battle.objects.filter(pk=battle.pk).update(created=timezone.now())
    cast_vote(Battle.objects.get(pk=battle.pk), choice, now=timezone.now())
    Battle.objects.filter(pk=battle.pk).update(created=created)


def figures():
    newest = {row.category: row for row in RatingSnapshot.objects.order_by("pk")}
    rows = Rating.objects.filter(snapshot__in=newest.values()).order_by("pk")
    return list(rows.values_list("snapshot__category", "model", "rating", "lower", "upper", "rank", "votes"))


def test_a_vote_that_no_board_has_counted_keeps_its_texts_until_one_has(entries):
    battle = old_battle(*entries, prompt="Write a Python function.")
    cast(battle, Choice.MODEL_A)
    assert "the texts of 0 battles" in purged("--days", "30")
    publish_leaderboard(now=timezone.now())
    assert "the texts of 1 battles" in purged("--days", "30")


def test_votes_of_a_set_that_was_imported_keep_their_texts(entries):
    battle = old_battle(*entries)
    others = ImportedSet.objects.create(name="arena-33k", format="csv", created=timezone.now())
    Battle.objects.filter(pk=battle.pk).update(imported_from=others)
    assert "the texts of 0 battles" in purged("--days", "30")


def test_a_dry_run_counts_and_changes_nothing(entries):
    old_battle(*entries, prompt="An old prompt")
    assert purged("--days", "30", "--dry-run").startswith("Would delete the texts of 1 battles")
    assert "An old prompt" in words()
    assert not AuditEntry.objects.exists()


def test_by_default_nothing_is_too_old(entries):
    old_battle(*entries, days=4000)
    User.objects.create_user("bea", last_login=timezone.now() - timedelta(days=4000))
    assert "the texts of 0 battles" in purged()
    assert User.objects.exists()
    with pytest.raises(CommandError, match="which is never"):
        purged("--days", "-1")


def test_each_day_the_settings_are_followed(entries, settings):
    old_battle(*entries)
    settings.RETENTION_DAYS = 30
    assert purge_by_settings(now=timezone.now()).battles == 1
    assert words() == set()
    assert AuditEntry.objects.get().details["battles"] == 1


# Accounts


def make_account(name, *, days):
    seen = timezone.now() - timedelta(days=days)
    account = User.objects.create_user(name, email=f"{name}@example.org", last_login=seen)
    AccountVoter.objects.create(account=account, voter=make_voter(), created=seen)
    return account


def test_accounts_that_nobody_uses_go_with_all_their_voters(entries):
    gone, stays = make_account("bea", days=400), make_account("ben", days=10)
    of_browser = make_voter()
    link_voters(of_browser, gone.own_voter.voter, rule=LinkRule.ACCOUNT, now=timezone.now())
    old_battle(*entries, voter=of_browser, days=400, prompt="From her phone")
    old_battle(*entries, voter=stays.own_voter.voter, days=400, prompt="From his desk")
    assert "1 accounts" in purged("--inactive-days", "365")
    assert set(User.objects.values_list("username", flat=True)) == {"ben"}
    assert Voter.objects.filter(erased_at__isnull=False).count() == 2
    assert words() & {"From her phone", "From his desk"} == {"From his desk"}


def test_whoever_played_lately_or_runs_the_arena_stays(entries):
    player = make_account("bea", days=400)
    make_battle(*entries, voter=player.own_voter.voter)
    member_of("operate", name="ann")
    User.objects.create_superuser("root")
    User.objects.exclude(username="bea").update(last_login=timezone.now() - timedelta(days=400))
    assert "0 accounts" in purged("--inactive-days", "365")
    assert User.objects.count() == 3


def test_a_voter_reads_that_the_words_are_deleted_and_may_not_go_on(client, entries):
    client.post("/battles/", {"prompt": "An old prompt"})
    battle = Battle.objects.get()
    Answer.objects.update(state="done", text="An old answer", finished_at=timezone.now())
    Battle.objects.update(created=timezone.now() - timedelta(days=40))
    purged("--days", "30")
    page = client.get(f"/battles/{battle.pk}/").text
    assert "What was written here was deleted on" in page
    assert "old" not in re.sub(r"<[^>]*>|threshold|older", "", page)
    assert "Its words are deleted" in client.get("/history/").text
    assert "New battle with this prompt" not in page


@pytest.mark.parametrize("way", ["same", "chat"])
def test_nothing_goes_on_from_a_battle_whose_words_are_deleted(client, entries, way):
    client.post("/battles/", {"prompt": "An old prompt"})
    battle = Battle.objects.get()
    Answer.objects.update(state="done", text="An old answer", finished_at=timezone.now())
    client.post(f"/battles/{battle.pk}/vote/", {"choice": "model_a"})
    publish_leaderboard(now=timezone.now())
    Battle.objects.update(created=timezone.now() - timedelta(days=40))
    purged("--days", "30")
    client.post(f"/battles/{battle.pk}/go-on/", {"way": way})
    client.post(f"/battles/{battle.pk}/reasons/", {"comment": "Written too late"})
    assert (Battle.objects.count(), words()) == (1, set())


def test_visitors_read_for_how_long_words_are_kept(client, settings):
    assert "The words stay until you delete them." in client.get("/how-it-works/").text
    settings.RETENTION_DAYS = 90
    assert "After 90 days the words are deleted" in client.get("/how-it-works/").text


def test_sessions_that_are_over_go_too():
    member_of(name="bea")
    assert Session.objects.count() == 1
    purged()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    purged()
    assert not Session.objects.exists()
