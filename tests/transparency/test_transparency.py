import re
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from django.core.cache import cache
from django.utils import timezone

from arena.imports.votes import import_votes
from arena.models import Answer, Battle, Choice, LanguageModel, RatingSnapshot
from arena.models.catalog import Kind, State
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import exclude_vote, make_battle, make_entry
from tests.pages import compact

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = timezone.now()


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def entries():
    return [make_entry(name) for name in ("ZEBRA-7", "OKAPI-9", "TAPIR-3")]


def vote(*entries, choice=Choice.MODEL_A):
    return cast_vote(make_battle(*entries), choice, now=NOW)


def numbers(client):
    """As they are counted anew, a minute later."""
    cache.clear()
    return client.get("/transparency.json").json()


def test_what_became_of_each_battle_adds_up(client, entries):
    pair = entries[:2]
    vote(*pair)
    make_battle(*pair, is_answered=False)
    make_battle(*pair, now=NOW - timedelta(days=2))
    open_one, left, failed, chat = (make_battle(*pair) for _ in range(4))
    Battle.objects.filter(pk=left.pk).update(left_at=NOW)
    Battle.objects.filter(pk=chat.pk).update(kind="side_by_side")
    cast_vote(Battle.objects.get(pk=chat.pk), Choice.TIE, now=NOW)
    Answer.objects.filter(turn__battle=failed, slot="b").update(state="failed", text="")
    assert open_one.is_open(NOW)
    found = numbers(client)["battles"]
    assert found == {"started": 6, "answered": 4, "voted": 1, "failed": 1, "abandoned": 2, "open": 2}


def test_imported_battles_were_not_started_here(client, entries, tmp_path):
    vote(*entries[:2])
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\nzebra,okapi,model_a\nokapi,zebra,tie\n")
    import_votes(tmp_path / "votes.csv", now=NOW)
    found = numbers(client)
    assert {count["source"]: count["votes"] for count in found["votes"]} == {"human": 1, "imported": 2}
    assert found["battles"] == {"started": 1, "answered": 1, "voted": 1, "failed": 0, "abandoned": 0, "open": 0}


def test_the_counts_agree_with_each_battles_own_state(client, entries):
    """The rules of Battle, said there in Python, and here in SQL."""
    for place, state in enumerate(("done", "failed", "stopped", "streaming")):
        for days, left_at in ((0, None), (0, NOW), (2, None)):
            battle = make_battle(*entries[:2], now=NOW - timedelta(days=days))
            Battle.objects.filter(pk=battle.pk).update(left_at=left_at)
            text = "Half." if place == 2 and days else ""
            Answer.objects.filter(turn__battle=battle, slot="a").update(state=state, text=text)
    battles = list(Battle.objects.with_rows())
    found = numbers(client)["battles"]
    assert found["open"] == sum(battle.is_open(NOW) for battle in battles)
    assert found["abandoned"] == sum(battle.is_abandoned(NOW) for battle in battles)
    assert found["failed"] == sum(bool(battle.lost_answers) for battle in battles)


def test_votes_are_counted_by_source_and_choice(client, entries, settings):
    settings.COUNTED_SOURCES = ["human"]
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.BOTH_BAD):
        vote(*entries[:2], choice=choice)
    kept_apart = make_battle(*entries[:2])
    Battle.objects.filter(pk=kept_apart.pk).update(kind="side_by_side")
    cast_vote(Battle.objects.with_rows().get(pk=kept_apart.pk), Choice.TIE, now=NOW)
    (found,) = numbers(client)["votes"]
    counts = {"votes": 3, "model_a": 2, "model_b": 0, "tie": 0, "both_bad": 1}
    assert found == {"source": "human", "is_counted": True} | counts
    settings.COUNTED_SOURCES = ["imported"]
    assert not numbers(client)["votes"][0]["is_counted"]


def test_the_newest_exclusion_of_each_vote_counts(client, entries):
    first, second, third = (vote(*entries[:2]) for _ in range(3))
    for cast, rule, weight in ((first, "spam", 0), (second, "spam", 0.5), (third, "spam", 0), (third, "lifted", 1)):
        exclude_vote(cast, rule=rule, by="a test", now=NOW, weight=weight)
    exclude_vote(first, rule="bot", by="a test", now=NOW)
    assert numbers(client)["exclusions"] == [
        {"rule": "bot", "removed": 1, "lessened": 0},
        {"rule": "spam", "removed": 0, "lessened": 1},
    ]


def test_each_model_tells_which_rules_took_its_votes(client, entries):
    casts = [vote(*entries[:2]), vote(*entries[:2]), vote(*entries[1:])]
    for cast, rule, weight in ((casts[0], "identity", 0), (casts[1], "spam", 0.5), (casts[2], "stopped", 0)):
        exclude_vote(cast, rule=rule, by="a test", now=NOW, weight=weight)
    assert numbers(client)["excluded_by_model"] == []  # a voter could look whether his vote was caught
    Battle.objects.update(created=NOW - timedelta(days=30))
    rows = {row["name"]: (row["votes"], row["by_rule"]) for row in numbers(client)["excluded_by_model"]}
    assert rows == {
        "OKAPI-9": (3, {"identity": 1, "stopped": 1}),
        "TAPIR-3": (1, {"stopped": 1}),
        "ZEBRA-7": (2, {"identity": 1}),
    }
    page = compact(client.get("/transparency/").text)
    assert re.search(r"OKAPI-9</a></th><td>3</td><td>66.7%</td><td>identity 1, stopped 1</td>", page)


def test_the_page_tells_sources_and_rules_in_words(client, entries):
    exclude_vote(vote(*entries[:2]), rule="identity", by="a test", now=NOW)
    page = compact(client.get("/transparency/").text)
    assert re.search(r"<th[^>]*>visitors</th>", page)
    assert re.search(r"<th[^>]*>identity<span[^>]*>an answer said who wrote it</span></th>", page)


def test_the_chances_of_all_pairs_make_one(client, entries, settings):
    settings.PAIRING = "uniform"
    draw = numbers(client)["draw"]
    pairs = [("OKAPI-9", "TAPIR-3"), ("OKAPI-9", "ZEBRA-7"), ("TAPIR-3", "ZEBRA-7")]
    assert [(pair["first"], pair["second"]) for pair in draw["pairs"]] == pairs
    assert [pair["percent"] for pair in draw["pairs"]] == pytest.approx([100 / 3] * 3)
    assert (draw["policy"], draw["rest"]) == ("uniform", 0)
    assert "All pairs come equally often." in client.get("/transparency/").text


def test_the_likeliest_pair_stands_first(client, entries, settings):
    settings.PAIRING = "information"
    for choice in (Choice.MODEL_A, Choice.MODEL_B) * 3:
        vote(*entries[:2], choice=choice)
    for choice in (Choice.MODEL_A, Choice.MODEL_B):
        vote(*entries[1:], choice=choice)
    publish_leaderboard(now=NOW)
    pairs = numbers(client)["draw"]["pairs"]
    assert "TAPIR-3" in (pairs[0]["first"], pairs[0]["second"])
    assert pairs[0]["percent"] > pairs[1]["percent"] >= pairs[2]["percent"]


def test_of_many_pairs_the_likeliest_hundred_are_listed(client):
    for _ in range(16):
        make_entry()
    draw = numbers(client)["draw"]
    assert (len(draw["pairs"]), draw["rest"]) == (100, 20)
    assert sum(pair["percent"] for pair in draw["pairs"]) + draw["rest_percent"] == pytest.approx(100)
    assert "20 more pairs together" in client.get("/transparency/").text


def test_entries_that_cannot_be_drawn_are_in_no_pair(client, entries):
    LanguageModel.objects.filter(pk=entries[0].pk).update(state=State.RETIRED)
    make_entry("GUARD-1", kind=Kind.MODERATOR)
    found = numbers(client)
    assert [(pair["first"], pair["second"]) for pair in found["draw"]["pairs"]] == [("OKAPI-9", "TAPIR-3")]
    states = {entry["name"]: entry["state"] for entry in found["entries"]}
    assert states == {"ZEBRA-7": "retired", "OKAPI-9": "active", "TAPIR-3": "active"}


def test_the_newest_board_stands_with_its_digest(client, entries):
    vote(*entries[:2])
    board = publish_leaderboard(now=NOW)
    found = numbers(client)["board"]
    assert (found["id"], found["digest"], found["policy"]) == (board.pk, board.digest, board.policy)
    assert datetime.fromisoformat(found["published"]) == NOW.replace(microsecond=NOW.microsecond // 1000 * 1000)
    assert f'href="/leaderboard/{board.pk}/"' in client.get("/transparency/").text


def test_a_narrow_lead_says_how_few_votes_hold_it(client, entries):
    zebra, okapi, _ = entries
    for choice in [Choice.MODEL_A] * 3 + [Choice.MODEL_B] * 2:
        vote(zebra, okapi, choice=choice)
    publish_leaderboard(now=NOW)
    assert numbers(client)["rank_one"] == {"leader": "ZEBRA-7", "successor": "OKAPI-9", "votes": 2, "most": 50}
    assert "Without 2 votes ZEBRA-7 would yield rank 1 to OKAPI-9" in client.get("/transparency/").text


def test_each_board_is_searched_anew(client, entries):
    vote(*entries[:2])
    publish_leaderboard(now=NOW)
    assert numbers(client)["rank_one"] is None  # undefeated: not rated by its votes alone
    assert "fewer than two models are rated by their votes alone." in client.get("/transparency/").text
    for choice in (Choice.MODEL_A, Choice.MODEL_B):
        vote(*entries[:2], choice=choice)
    publish_leaderboard(now=NOW)
    assert numbers(client)["rank_one"]["leader"] == "ZEBRA-7"


def test_a_board_with_too_many_models_to_search_says_so(client):
    ring = [make_entry() for _ in range(51)]
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        vote(a, b)
    publish_leaderboard(now=NOW)
    page = compact(client.get("/transparency/").text)
    assert "Not searched: 51 models are rated by their votes alone, and the search takes at most 50." in page


def test_entries_known_by_votes_only_are_counted_as_such(client, entries):
    make_entry(kind=Kind.IMPORTED, state=State.RETIRED)
    page = compact(client.get("/transparency/").text)
    assert "0 of them are retired." in page
    assert "1 is known by imported votes only and never was in the draw." in page


def test_a_lead_of_many_votes_is_not_searched_to_its_end(client, entries):
    zebra, okapi, _ = entries
    for choice in [Choice.MODEL_A] * 60 + [Choice.MODEL_B]:
        vote(zebra, okapi, choice=choice)
    publish_leaderboard(now=NOW)
    assert numbers(client)["rank_one"]["votes"] is None
    assert "found no 50 votes or fewer" in client.get("/transparency/").text


def test_a_battle_without_a_vote_moves_only_the_number_of_battles(client, entries):
    before = numbers(client)
    make_battle(*entries[:2])
    after = numbers(client)
    assert {name for name in before if before[name] != after[name]} == {"at", "battles"}


def settled(*entries, **lost):
    """A battle of the day before yesterday, some of whose answers failed or were stopped: by slot, the state."""
    battle = make_battle(*entries, now=NOW - timedelta(days=2))
    for slot, (state, text) in lost.items():
        Answer.objects.filter(turn__battle=battle, slot=slot).update(state=state, text=text)
    return battle


def of(client, name):
    return next(row for row in numbers(client)["never_voted"] if row["name"] == name)


def test_each_models_failures_stops_and_battles_left_are_told(client, entries):
    zebra, okapi, _ = entries
    for lost in ({"a": ("failed", "")}, {"b": ("stopped", "Half.")}, {}, {}):
        settled(zebra, okapi, **lost)
    first, second = of(client, "ZEBRA-7"), of(client, "OKAPI-9")
    assert [(row["battles"], row["failed"], row["stopped"], row["left"]) for row in (first, second)] == [
        (4, 25, 0, 75),
        (4, 0, 25, 75),
    ]
    assert first["rating"] is None
    assert "TAPIR-3" not in [row["name"] for row in numbers(client)["never_voted"]]
    assert "By model" in client.get("/transparency/").text


def test_a_battle_that_may_still_be_voted_on_is_in_no_row(client, entries):
    zebra, okapi, _ = entries
    settled(zebra, okapi)
    before = numbers(client)["never_voted"]
    fresh = make_battle(zebra, okapi, now=NOW)
    Answer.objects.filter(turn__battle=fresh, slot="a").update(state="failed", text="")
    Battle.objects.filter(pk=make_battle(zebra, okapi).pk).update(left_at=NOW)
    assert numbers(client)["never_voted"] == before


def test_failures_as_losses_and_battles_left_bound_the_rating(client, entries):
    zebra, okapi, _ = entries
    for choice in (Choice.MODEL_A, Choice.MODEL_B, Choice.MODEL_A, Choice.MODEL_B):
        vote(zebra, okapi, choice=choice)
    publish_leaderboard(now=NOW)
    for _ in range(3):
        settled(zebra, okapi, a=("failed", ""))
    settled(okapi, zebra)
    row = of(client, "ZEBRA-7")
    assert row["rating"] == pytest.approx(1000)
    assert row["worst"] < row["as_losses"] < row["best"] < 1000
    assert of(client, "OKAPI-9")["as_losses"] > 1000
    assert "If failures were losses" in client.get("/transparency/").text


def test_without_failures_and_battles_left_all_figures_are_the_rating_of_the_board(client, entries):
    zebra, okapi, _ = entries
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE):
        vote(zebra, okapi, choice=choice)
    publish_leaderboard(now=NOW)
    Battle.objects.update(created=NOW - timedelta(days=30))
    row = of(client, "ZEBRA-7")
    rating = next(each.rating for each in RatingSnapshot.objects.newest().rows() if each.model == zebra)
    assert [row[name] for name in ("rating", "as_losses", "worst", "best")] == [pytest.approx(rating)] * 4


def test_a_model_that_changed_is_marked_on_its_page_too(client, entries):
    zebra, okapi, _ = entries
    settled(zebra, okapi)
    for number in range(80):
        choice = Choice.MODEL_B if (number < 40) != (number % 8 == 0) else Choice.MODEL_A
        then = NOW + timedelta(days=number)
        cast_vote(make_battle(zebra, okapi, now=then), choice, now=then)
    publish_leaderboard(now=NOW + timedelta(days=81))
    drift = of(client, "ZEBRA-7")["drift"]
    assert drift["points"] > 150
    assert abs(datetime.fromisoformat(drift["since"]) - NOW - timedelta(days=40)) < timedelta(days=12)
    said = re.compile(r"ZEBRA-7: early and late votes differ, by about \+\d+ points since \d+ ")
    for address in ("/transparency/", "/models/zebra-7/"):
        assert said.search(compact(client.get(address).text)), address


def test_a_steady_model_is_not_marked(client, entries):
    zebra, okapi, _ = entries
    settled(zebra, okapi)
    for number in range(60):
        vote(zebra, okapi, choice=Choice.MODEL_B if number % 3 else Choice.MODEL_A)
    publish_leaderboard(now=NOW)
    assert of(client, "ZEBRA-7")["drift"] is None
    assert "early and late votes differ" not in client.get("/models/zebra-7/").text


def test_an_empty_arena_says_so(client):
    page = client.get("/transparency/").text
    for words in ("No votes yet", "No vote is excluded.", "No board was published yet.", "so none meet on one"):
        assert words in page
    assert numbers(client)["board"] is None


def test_the_board_and_how_it_works_lead_there(client):
    for address in ("/leaderboard/", "/how-it-works/"):
        assert 'href="/transparency/"' in client.get(address).text


def test_the_counts_are_kept_for_a_minute(client, entries, django_assert_num_queries):
    before = numbers(client)
    make_battle(*entries[:2])
    with django_assert_num_queries(0):
        assert client.get("/transparency.json").json() == before
    assert numbers(client)["battles"]["started"] == before["battles"]["started"] + 1


def test_it_takes_a_fixed_number_of_queries(client, entries, django_assert_num_queries):
    more = entries + [make_entry() for _ in range(4)]
    for pair in combinations(more, 2):
        vote(*pair)
        exclude_vote(vote(*reversed(pair)), rule=f"rule {pair[0].pk}", by="a test", now=NOW, weight=0.5)
    publish_leaderboard(now=NOW)
    assert RatingSnapshot.objects.filter(category="overall").count() == 1
    for queries in (28, 26):  # the search for a narrow lead is done once a board
        cache.clear()
        with django_assert_num_queries(queries):
            client.get("/transparency/")
    assert re.search(r"Without \d+ vote", client.get("/transparency/").text)
