import re

import pytest
from django.utils import timezone

from arena.models import Choice, PairCount, Rating, RatingSnapshot
from arena.models.catalog import Kind
from arena.scoring.cluster_intervals import MAX_VOTES_AT_ONCE
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import exclude_vote, make_battle, make_entry, make_voter
from tests.pages import compact

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "/models/zebra-7/vs/okapi-9/"


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7"), make_entry("OKAPI-9")


def vote(*entries, choice=Choice.MODEL_A):
    return cast_vote(make_battle(*entries), choice, now=timezone.now())


def publish():
    publish_leaderboard(now=timezone.now())


def rows(page):
    """The cells of each row, without white space."""
    found = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", page, re.DOTALL)
    return [[text.strip() for text in re.findall(r">([^<>]+)<", row) if text.strip()] for row in found]


def test_both_sides_of_the_record_stand_with_wilsons_interval(client, entries):
    zebra, okapi = entries
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE, Choice.BOTH_BAD):
        vote(zebra, okapi, choice=choice)
    publish()
    page = client.get(ADDRESS).text
    assert "Votes between them that count: 6" in page
    assert rows(page)[:2] == [
        ["ZEBRA-7", "3", "1", "1", "1", "75%", "30–95%"],
        ["OKAPI-9", "1", "3", "1", "1", "25%", "5–70%"],
    ]


def test_the_first_named_stands_first(client, entries):
    vote(*entries)
    publish()
    assert rows(client.get("/models/okapi-9/vs/zebra-7/").text)[0][:3] == ["OKAPI-9", "0", "1"]
    assert "OKAPI-9 against ZEBRA-7" in client.get("/models/okapi-9/vs/zebra-7/").text


def test_the_bar_is_divided_as_the_votes_are(client, entries):
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE):
        vote(*entries, choice=choice)
    publish()
    found = re.findall(r'<rect class="versus__(\w+)" x="([\d.]+)" y="0" width="([\d.]+)"', client.get(ADDRESS).text)
    assert found == [("first", "0.0", "50.0"), ("tie", "50.0", "25.0"), ("second", "75.0", "25.0")]


def test_the_chance_by_the_board_stands_beside_the_points_won(client, entries):
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE, Choice.TIE):
        vote(*entries, choice=choice)
    publish()
    page = compact(client.get(ADDRESS).text)
    assert "<dt>Chance of ZEBRA-7</dt><dd>54%</dd>" in page
    assert "<dt>Score so far</dt><dd>60%</dd>" in page
    assert "<dt>Difference, in points</dt><dd>+27</dd>" in page
    assert "<dt>Difference, in points</dt><dd>−27</dd>" in compact(client.get("/models/okapi-9/vs/zebra-7/").text)


def test_no_page_says_that_a_win_is_certain_and_programs_get_1_to_99(client, entries):
    vote(*entries)
    publish()
    Rating.objects.filter(model=entries[0]).update(rating=5000)
    assert "<dt>Chance of ZEBRA-7</dt><dd>&gt;99%</dd>" in client.get(ADDRESS).text
    assert "<dt>Chance of OKAPI-9</dt><dd>&lt;1%</dd>" in client.get("/models/okapi-9/vs/zebra-7/").text
    assert "<td>&lt;1%</td>" in client.get("/models/okapi-9/").text
    pairs = ("zebra-7/vs/okapi-9", "okapi-9/vs/zebra-7")
    assert [client.get(f"/api/v1/models/{pair}").json()["chance"] for pair in pairs] == [99, 1]


def test_votes_are_told_apart_by_the_side_on_which_the_model_sat(client, entries):
    zebra, okapi = entries
    vote(zebra, okapi, choice=Choice.MODEL_A)
    vote(zebra, okapi, choice=Choice.TIE)
    vote(okapi, zebra, choice=Choice.MODEL_A)
    publish()
    assert rows(client.get(ADDRESS).text)[2:] == [
        ["ZEBRA-7", "OKAPI-9", "1", "0", "1", "0"],
        ["OKAPI-9", "ZEBRA-7", "0", "1", "0", "0"],
    ]


def test_a_vote_of_less_weight_counts_as_that_much(client, entries):
    first, _ = vote(*entries), vote(*entries, choice=Choice.MODEL_B)
    exclude_vote(first, rule="test", by="a test", now=timezone.now(), weight=0.5)
    publish()
    page = rows(client.get(ADDRESS).text)
    assert page[0] == ["ZEBRA-7", "0.5", "1", "0", "0", "33%", "4–85%"]
    assert page[2][2:4] == ["0.5", "1"]


def test_two_that_have_not_met_are_compared_through_others_only(client, entries):
    zebra, okapi = entries
    tapir = make_entry("TAPIR-3")
    page = client.get(ADDRESS).text
    assert "They have not met in a vote that counts." in page
    assert "does not compare these two" in page
    for rival in (zebra, okapi):
        vote(rival, tapir)
        vote(tapir, rival)
    publish()
    page = compact(client.get(ADDRESS).text)
    assert "They have not met in a vote that counts." in page
    assert "<dt>Chance of ZEBRA-7</dt><dd>50%</dd>" in page
    assert "The chance comes from their votes against others" in page
    assert "the score so far" not in page


def test_a_battle_without_a_vote_leaves_no_trace(client, entries):
    before = client.get(ADDRESS).text
    make_battle(*entries)
    assert client.get(ADDRESS).text == before


def test_the_model_page_leads_there_and_says_who_has_not_met(client, entries):
    excluded = vote(*entries)
    publish()
    assert f'href="{ADDRESS}"' in client.get("/models/zebra-7/").text
    exclude_vote(excluded, rule="test", by="a test", now=timezone.now())
    publish()
    assert ["OKAPI-9", "have not met", "–"] in rows(client.get("/models/zebra-7/").text)


def test_the_chooser_leads_to_the_pair_without_javascript(client, entries):
    found = client.get("/head-to-head/", {"model": "okapi-9", "rival": "zebra-7"})
    assert found.url == "/models/okapi-9/vs/zebra-7/"
    page = client.get("/head-to-head/", {"model": "okapi-9"}).text
    assert '<option value="okapi-9" selected>' in page
    assert "Choose two different models." not in page


@pytest.mark.parametrize("asked", [{}, {"model": "okapi-9"}, {"model": "zebra-7"}])
def test_the_chooser_does_not_begin_with_one_model_twice(client, entries, asked):
    page = client.get("/head-to-head/", asked).text
    shown = []
    for field in re.findall(r"<select.*?</select>", page, re.DOTALL):
        values = re.findall(r'value="([^"]*)" (selected)?', field)
        shown.append(next((value for value, selected in values if selected), values[0][0]))
    assert len(shown) == len(set(shown)) == 2


def test_the_chooser_begins_with_the_two_best(client, entries):
    zebra, okapi = entries
    alpaca, best = make_entry("ALPACA-1"), make_entry("YAK-2")
    for winner, loser in ((best, zebra), (zebra, okapi), (okapi, alpaca), (alpaca, best), (best, okapi)):
        vote(winner, loser)
    publish()
    ranked = [rating.model.slug for rating in RatingSnapshot.objects.newest().rows()]
    page = client.get("/head-to-head/").text
    assert re.findall(r'value="([^"]*)" selected', page) == ranked[:2]
    assert ranked[0] == "yak-2"
    chosen = client.get("/head-to-head/", {"model": "yak-2"}).text
    assert re.findall(r'value="([^"]*)" selected', chosen) == ["yak-2", ranked[1]]


def test_a_model_is_not_compared_with_itself_or_with_one_that_does_not_compete(client, entries):
    make_entry("GUARD-1", kind=Kind.MODERATOR)
    asked = {"model": "zebra-7", "rival": "zebra-7"}
    assert "Choose two different models." in client.get("/head-to-head/", asked).text
    assert client.get("/head-to-head/", asked | {"rival": "guard-1"}).status_code == 200
    for rival in ("zebra-7", "guard-1", "nobody"):
        assert client.get(f"/models/zebra-7/vs/{rival}/").status_code == 404


def cast(a, b, *, choice=Choice.MODEL_A, **of):
    return cast_vote(make_battle(a, b, **of), choice, now=timezone.now())


def verdict(page):
    return compact(re.search(r'<p class="verdict">(.*?)</p>', page, re.DOTALL)[1]).strip()


def test_a_clear_lead_is_a_verdict_from_either_side(client, entries):
    for number in range(45):
        cast(*entries, prompt=f"Name river {number}.")
    publish()
    assert verdict(client.get(ADDRESS).text) == "ZEBRA-7 is better than OKAPI-9."
    assert verdict(client.get("/models/okapi-9/vs/zebra-7/").text) == "ZEBRA-7 is better than OKAPI-9."
    pairs = ("zebra-7/vs/okapi-9", "okapi-9/vs/zebra-7")
    found = [client.get(f"/api/v1/models/{pair}").json()["decision"] for pair in pairs]
    assert [each["verdict"] for each in found] == ["better", "worse"]
    assert found[0]["margin"] == 20 < found[0]["watched_lower"] < found[0]["lower"] < found[0]["difference"]
    assert found[0]["watched_lower"] == pytest.approx(-found[1]["watched_upper"])


def test_an_open_question_tells_the_chance_that_more_votes_decide_it(client, entries):
    for number, choice in enumerate((Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE, Choice.TIE)):
        cast(*entries, choice=choice, prompt=f"Name river {number}.")
    publish()
    page, decision = client.get(ADDRESS).text, client.get("/api/v1/models/zebra-7/vs/okapi-9").json()["decision"]
    assert (decision["verdict"], decision["more_votes"]) == ("not decided", 200)
    said = (
        f"Not decided: with 200 more votes between the two there is a chance of {decision['chance']}% that it will be."
    )
    assert verdict(page) == said
    shown = re.findall(r'<rect class="gap__(\w+)" x="([-\d.]+)" y="[\d.]+" width="([\d.]+)"', page)
    width = {name: float(width) for name, _, width in shown}
    assert list(width) == ["margin", "band", "interval", "middle"]
    assert width["band"] > width["interval"] > width["margin"] > 0


def test_two_may_be_practically_equal(client, entries):
    """As with ten thousands of votes, of which only the sums by pair are read."""
    for number in range(8):
        cast(*entries, choice=Choice.MODEL_A if number % 2 else Choice.MODEL_B, prompt=f"Name river {number}.")
    publish()
    sums = ("first_wins", "second_wins", "first_wins_squared", "second_wins_squared")
    RatingSnapshot.objects.update(votes=MAX_VOTES_AT_ONCE + 1)
    PairCount.objects.update(**dict.fromkeys(sums, 3000.0))
    assert verdict(client.get(ADDRESS).text) == "The two are practically equal."


def test_a_few_people_decide_nothing_however_clear_it_is(client, entries):
    people = [make_voter() for _ in range(3)]
    for number in range(60):
        choice = Choice.MODEL_A if number % 15 else Choice.MODEL_B
        cast(*entries, choice=choice, prompt=f"Name river {number}.", voter=people[number % 3])
    publish()
    assert verdict(client.get(ADDRESS).text).startswith("Not decided: at least four people")
    decision = client.get("/api/v1/models/zebra-7/vs/okapi-9").json()["decision"]
    assert (decision["verdict"], decision["chance"]) == ("not decided", None)


def test_people_who_differ_leave_open_what_independent_votes_would_decide(client, entries):
    """Seven for one model, each of one mind, and one for the other."""
    people = [make_voter() for _ in range(8)]
    for number in range(80):
        choice = Choice.MODEL_A if number % 8 < 7 else Choice.MODEL_B
        cast(*entries, choice=choice, prompt=f"Name river {number}.", voter=people[number % 8])
    publish()
    decision = client.get("/api/v1/models/zebra-7/vs/okapi-9").json()["decision"]
    assert (decision["verdict"], decision["chance"]) == ("not decided", 1)
    assert decision["chance_by_new_people"] > 5
    assert f"or {decision['chance_by_new_people']}% if new people cast them." in verdict(client.get(ADDRESS).text)


def test_two_that_nothing_compares_have_no_verdict(client, entries):
    assert "verdict" not in client.get(ADDRESS).text
    assert client.get("/api/v1/models/zebra-7/vs/okapi-9").json()["decision"] is None


def test_it_takes_a_fixed_number_of_queries(client, entries, django_assert_num_queries):
    for _ in range(4):
        vote(*entries)
        vote(entries[0], make_entry())
    publish()
    with django_assert_num_queries(10):
        client.get(ADDRESS)
