"""Who comes in where an arena is not open to all, and who is out from the next request on."""

import asyncio
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Permission, User
from django.core.checks import run_checks
from django.utils import timezone

from arena.answers import events
from arena.models import Battle, Invitation
from arena.people.groups import close_room, open_room
from arena.people.sockets import for_readers
from arena.routing import urlpatterns
from tests.consumers.listening import until_somebody_listens
from tests.factories import make_battle, make_entry
from tests.people.roles import account_of, browser_of, join_link
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(settings):
    settings.ACCESS = "sign_in"


@pytest.fixture
def by_link(settings):
    settings.ACCESS = "link"


def problems():
    return {problem.id for problem in run_checks(databases=["default"])}


@pytest.mark.usefixtures("closed")
def test_a_stranger_is_led_to_the_sign_in_and_from_there_to_what_was_asked_for(client):
    account_of("voter", name="ann")
    page = client.get("/leaderboard/?category=code", follow=True)
    assert page.redirect_chain == [("/account/login/?next=/leaderboard/%3Fcategory%3Dcode", 302)]
    assert "Leaderboard</a>" not in page.text
    sent = {"login": "ann", "password": "a-password-of-ann", "next": "/leaderboard/?category=code"}
    assert client.post("/account/login/", sent)["Location"] == "/leaderboard/?category=code"
    assert client.get("/leaderboard/").status_code == 200


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_form_or_a_file_that_is_refused_says_what_to_do(client, language):
    said = {"en": "ask whoever runs this arena for an invitation", "ko": "이 아레나를 운영하는 사람에게"}[language]
    for refused in (
        client.post("/battles/", {"prompt": "hi"}, headers={"accept-language": language}),
        client.get("/feed.atom", headers={"accept-language": language}),
    ):
        assert refused.status_code == 403
        assert said in refused.text
        assert "/account/login/" in refused.text


@pytest.mark.usefixtures("closed")
def test_an_address_that_does_not_exist_tells_a_stranger_nothing_else(client):
    assert client.get("/nowhere/")["Location"].startswith("/account/login/")


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("address", ["leaderboard", "openapi.json", "nowhere"])
def test_a_program_without_a_token_reads_what_it_takes(client, address):
    refused = client.get(f"/api/v1/{address}")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "/api/v1/docs#problem-no-token"


@pytest.mark.usefixtures("closed")
def test_an_account_with_the_role_of_a_voter_plays_and_one_without_reads(client):
    make_entry(), make_entry()
    assert browser_of("voter").post("/battles/", {"prompt": "Say hello."}).status_code == 302
    assert Battle.objects.count() == 1
    guest = browser_of("guest")
    assert guest.get("/")["Location"] == "/leaderboard/"
    assert "Battle</a>" not in guest.get("/leaderboard/").text
    refused = guest.post("/battles/", {"prompt": "Say hello."})
    assert refused.status_code == 403
    assert "ask an owner of this arena for the role of a voter" in refused.text
    assert Battle.objects.count() == 1


@pytest.mark.usefixtures("closed")
def test_no_cache_between_keeps_a_page_of_a_closed_arena():
    assert "private" in browser_of("voter").get("/leaderboard/")["Cache-Control"]


@pytest.mark.usefixtures("closed")
def test_who_is_locked_out_or_loses_the_permission_is_out_from_the_next_request_on():
    make_entry(), make_entry()
    voter, account = browser_of("voter"), User.objects.get()
    account.groups.clear()
    assert voter.post("/battles/", {"prompt": "Say hello."}).status_code == 403
    assert voter.get("/leaderboard/").status_code == 200
    User.objects.update(is_active=False)
    assert voter.get("/leaderboard/")["Location"].startswith("/account/login/")


@pytest.mark.usefixtures("by_link")
def test_an_invitation_link_opens_what_it_says_to_the_browser_that_comes_in_by_it(client):
    make_entry(), make_entry()
    assert "invitation link" in client.get("/").text
    player, looker = browser_of("player"), browser_of("looker")
    assert player.get("/").status_code == 200
    assert player.post("/battles/", {"prompt": "Say hello."}).status_code == 302
    assert looker.get("/")["Location"] == "/leaderboard/"
    assert "Your invitation lets you look" in looker.post("/battles/", {"prompt": "Say hello."}).text
    assert client.get("/").status_code == 403


@pytest.mark.usefixtures("by_link")
@pytest.mark.parametrize("ended", ["revoked_at", "expires"])
def test_a_link_that_was_revoked_or_has_ended_closes_what_it_had_opened(ended):
    player = browser_of("player")
    assert player.get("/").status_code == 200
    Invitation.objects.update(**{ended: timezone.now()})
    assert player.get("/").status_code == 403


def test_the_code_of_a_room_opens_the_arena_until_the_room_closes(by_link, client):
    now = timezone.now()
    room = open_room("7b", closes_at=now + timedelta(hours=1), by="", now=now)
    assert client.get("/room/").status_code == 200
    assert client.get("/leaderboard/").status_code == 403
    client.post(f"/room/{room.join_code}/")
    assert client.get("/").status_code == 200
    close_room(room, now=timezone.now())
    assert client.get("/").status_code == 403


@pytest.mark.usefixtures("closed")
def test_a_link_without_an_account_opens_nothing_where_accounts_are_asked_for():
    assert browser_of("player").get("/leaderboard/")["Location"].startswith("/account/login/")


def test_a_forged_cookie_of_a_link_opens_nothing(by_link, client):
    join_link("play")
    client.cookies["invitation"] = f"{Invitation.objects.get().pk}:forged"
    assert client.get("/").status_code == 403


def test_in_an_open_arena_nobody_is_asked_who_they_are(client, django_assert_num_queries):
    make_battle()
    with django_assert_num_queries(0):
        assert client.get("/terms/").status_code == 200
    client.cookies["sessionid"] = "x" * 32
    with django_assert_num_queries(1):  # for the link to the console, as ever
        client.get("/terms/")


def test_an_unknown_mode_is_an_error_that_names_the_known_ones(settings):
    settings.ACCESS = "closed"
    (problem,) = (each for each in run_checks() if each.id == "arena.E016")
    assert "open, link, sign_in" in problem.hint


@pytest.mark.parametrize(
    ("host", "is_chosen", "is_warned"),
    [("0.0.0.0", False, True), ("0.0.0.0", True, False), ("127.0.0.1", False, False)],
)
def test_an_arena_that_is_open_to_others_by_oversight_is_warned_of(settings, host, is_chosen, is_warned):
    settings.HOST, settings.ACCESS_IS_CHOSEN = host, is_chosen
    assert ("arena.W002" in problems()) == is_warned


def test_sign_in_does_not_start_before_somebody_can_let_others_in(closed):
    assert "arena.E017" in problems()
    account_of("operator")
    assert "arena.E017" in problems()
    join_link("account", role="owner", quota=1)
    assert "arena.E017" not in problems()
    Invitation.objects.update(uses=1)
    assert "arena.E017" in problems()
    owner = account_of("owner")
    assert "arena.E017" not in problems()
    owner.is_active = False
    owner.save()
    assert "arena.E017" in problems()


def test_a_superuser_is_an_owner_too(closed):
    User.objects.create_superuser("root")
    assert "arena.E017" not in problems()


def _closed_out():
    User.objects.update(is_active=False)


@pytest.mark.django_db(transaction=True)
async def test_an_open_socket_of_a_removed_account_hears_nothing_more(settings):
    settings.ACCESS = "sign_in"
    client = await database_sync_to_async(browser_of)("voter")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    served = for_readers(URLRouter(urlpatterns), every=0)
    socket = WebsocketCommunicator(served, "/ws/leaderboard/", [(b"cookie", cookies.encode())])
    assert (await socket.connect())[0]
    await until_somebody_listens()
    events.publish_board("en", events.Board("1", '{"rows": "first"}'))
    assert "first" in await socket.receive_from(timeout=30)
    await database_sync_to_async(_closed_out)()
    events.publish_board("en", events.Board("2", '{"rows": "second"}'))
    async with asyncio.timeout(30):
        assert (await socket.receive_output(timeout=30)) == {"type": "websocket.close", "code": 4403}
    await socket.disconnect()


def test_permissions_count_and_not_the_name_of_a_role(closed):
    account = User.objects.create_user("ann")
    account.user_permissions.add(Permission.objects.get(codename="play", content_type__app_label="arena"))
    client = new_client()
    client.force_login(account)
    assert client.get("/").status_code == 200
