import re
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from arena.models import Choice, LanguageModel
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.made_once import made_once
from tests.pages import compact

pytestmark = pytest.mark.django_db

ADDRESS = "/leaderboard/preview.png"


@pytest.fixture
@made_once
def board():
    """Fourteen models, each of which has won and lost."""
    entries = [make_entry(f"MODEL-{number}-with-a-name-that-is-long-{'x' * number}") for number in range(14)]
    for a, b in zip(entries, [*entries[1:], entries[0]], strict=True):
        for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B):
            cast_vote(make_battle(a, b), choice, now=timezone.now())
    publish_leaderboard(now=timezone.now())


def image(client):
    return Image.open(BytesIO(client.get(ADDRESS).content))


def test_before_the_first_board_there_is_no_image_and_no_page_names_one(client):
    assert client.get(ADDRESS).status_code == 404
    assert "og:image" not in client.get("/leaderboard/").text


def test_the_page_of_the_board_names_its_image_for_those_who_share_the_link(client, board):
    address = re.search(r'"og:image" content="([^"]+)"', compact(client.get("/leaderboard/").text)).group(1)
    assert address.startswith(f"http://testserver{ADDRESS}?board=")
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert image(client).size == (1200, 630)


def test_the_whiskers_of_ten_models_stand_in_it(client, board):
    seen = image(client).convert("RGB")
    # Down the middle of the scale: a whisker or a dot is the only thing there that is green.
    green = {y for y in range(630) for x in range(552, 1000) if is_green(seen.getpixel((x, y)))}
    rows = [y for y in green if y - 1 not in green]
    assert len(rows) == 10


def is_green(pixel):
    red, green, blue = pixel
    return green - red > 40 and abs(green - blue) < 20


def test_who_has_it_gets_it_again_only_once_the_board_changes(client, board):
    etag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"if-none-match": etag}).status_code == 304
    one, other = LanguageModel.objects.all()[:2]
    cast_vote(make_battle(one, other), Choice.MODEL_B, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert client.get(ADDRESS, headers={"if-none-match": etag}).status_code == 200


def test_a_name_that_the_font_cannot_write_stands_there_as_its_slug(client, board):
    before = image(client)
    LanguageModel.objects.update(display_name="한국어 모델")
    written = client.get(ADDRESS).content
    LanguageModel.objects.update(display_name="another 한국어")
    assert client.get(ADDRESS).content == written
    assert Image.open(BytesIO(written)).size == before.size


def test_the_image_takes_two_queries(client, board, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(ADDRESS)
