"""Every address and every operation of the API, asked by everybody in every access mode: a table of expected codes.

The addresses are those of the URL conf, the operations those of the API, the sockets those of the routing: a new one
without a row fails.
"""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.urls import URLPattern, URLResolver, get_resolver

from arena import routing
from arena.api.v1 import api
from arena.asgi import application
from arena.people.roles import ROLES
from tests.factories import make_token
from tests.people.roles import ACCOUNTS, EVERYBODY, account_of, browser_of, join_link, with_cookies
from tests.provide.clients import new_client

MODES = ("open", "link", "sign_in")
UUID = "6f0b1f57-52f1-4f0e-9d0c-3a8f5f3f7b1e"
#: What stands in addresses for something: nothing of this name exists.
SAMPLES = {"uuid": UUID, "uuidstr": UUID, "int": "999", "slug": "none", "str": "none", "path": "none"}

#: Addresses whose patterns are too narrow for these.
WRITTEN = {"face_style": "/face/000000-ffffff.css", "face_logo": f"/face/{'0' * 32}.png"}

#: Each address: whom it is for, and what they get by GET and by POST without data in an arena without rows. `play` and
#: `read` are decided by the access mode; the permissions of the console by the account; `way in` is for everybody, and
#: `room`, where a code is typed, for everybody where links let in. `account` is for whoever has one; `entrance` leads
#: them on; `see people` is for nobody by a role.
ADDRESSES = {
    "home": ("play", 200, 405),
    "chat": ("play", 200, 422),
    "side_by_side": ("play", 200, 422),
    "recorded": ("play", 200, 405),
    "start": ("play", 302, 422),
    "battle": ("read", 404, 405),
    "queue": ("read", 404, 405),
    "markdown": ("read", 404, 405),
    "follow_up": ("play", 405, 404),
    "again": ("play", 405, 404),
    "reasons": ("play", 405, 404),
    "go_on": ("play", 405, 404),
    "vote": ("play", 405, 404),
    "retry": ("play", 405, 404),
    "stop": ("play", 405, 404),
    "leave": ("play", 405, 404),
    "share": ("play", 405, 404),
    "unshare": ("read", 405, 404),
    "shared": ("read", 404, 405),
    "shared_picture": ("read", 404, 405),
    "leaderboard": ("read", 200, 405),
    "overview": ("read", 200, 405),
    "board_preview": ("read", 404, 405),
    "charts": ("read", 200, 405),
    "chart_data": ("read", 404, 405),
    "snapshot": ("read", 404, 405),
    "model": ("read", 404, 405),
    "head_to_head": ("read", 404, 405),
    "choose_pair": ("read", 200, 405),
    "benchmarks": ("read", 200, 405),
    "feed": ("read", 200, 200),
    "leaderboard/picture.png": ("read", 301, 301),
    "leaderboard/pictures/": ("read", 301, 301),
    "leaderboard/pictures/<slug:name>.csv": ("read", 301, 301),
    "history": ("read", 200, 405),
    "personal_board": ("read", 200, 405),
    "download_data": ("read", 200, 405),
    "delete": ("read", 200, 302),
    "how_it_works": ("read", 200, 405),
    "transparency": ("read", 200, 405),
    "replication": ("read", 200, 405),
    "moderation": ("read", 200, 405),
    "transparency_json": ("read", 200, 405),
    "terms": ("read", 200, 405),
    "privacy": ("read", 200, 405),
    "export": ("analyse", 200, 422),
    "console": ("operate", 200, 405),
    "console_votes": ("review", 200, 405),
    "console_reports": ("review", 200, 405),
    "console_report": ("review", 404, 404),
    "report_battle": ("read", 404, 404),
    "report_shared": ("read", 404, 404),
    "console_weigh": ("review", 405, 302),
    "console_voters": ("review", 200, 405),
    "console_entries": ("operate", 200, 405),
    "console_add_entry": ("operate", 200, 422),
    "console_run": ("operate", 200, 405),
    "console_save_entry": ("operate", 405, 302),
    "console_entry": ("operate", 404, 405),
    "console_edit_entry": ("operate", 404, 404),
    "console_change_state": ("operate", 405, 404),
    "console_test_entry": ("operate", 405, 404),
    "console_prompts": ("operate", 200, 422),
    "console_offer_prompts": ("operate", 405, 404),
    "console_imports": ("operate", 200, 422),
    "console_import": ("operate", 200, 405),
    "console_exports": ("analyse", 200, 422),
    "console_export": ("analyse", 200, 405),
    "console_archive": ("analyse", 404, 405),
    "console_link_voters": ("review", 405, 422),
    "console_unlink_voter": ("review", 405, 404),
    "console_groups": ("operate", 200, 405),
    "console_add_group": ("operate", 405, 422),
    "console_open_room": ("operate", 405, 422),
    "console_close_room": ("operate", 405, 404),
    "enter_code": ("room", 200, 405),
    "room": ("room", 404, 404),
    "console_face": ("operate", 200, 422),
    "console_face_preview": ("operate", 302, 405),
    "console_publish_face": ("operate", 405, 302),
    "console_drop_face": ("operate", 405, 302),
    "console_face_version": ("operate", 404, 405),
    "console_restore_face": ("operate", 405, 404),
    "console_people": ("own", 200, 422),
    "console_person": ("own", 404, 404),
    "console_person_lock": ("own", 405, 404),
    "console_person_link": ("own", 405, 404),
    "console_invitations": ("own", 200, 422),
    "console_revoke_invitation": ("own", 405, 404),
    "own_tokens": ("account", 200, 422),
    "revoke_own_token": ("account", 405, 404),
    "join": ("way in", 200, 302),
    "console_audit": ("own", 200, 405),
    "console_audit_table": ("own", 200, 405),
    "console_password": ("way in", 200, 200),
    "console_login": ("way in", 302, 302),
    "console_sign_in": ("own", 200, 302),
    "console_person_voter": ("see people", 405, 404),
    "console_start": ("read", 302, 405),
    "account_login": ("entrance", 200, 200),
    "account_request_login_code": ("entrance", 200, 200),
    "account_signup": ("entrance", 200, 200),
    "account_confirm_login_code": ("way in", 302, 302),
    "mfa_authenticate": ("way in", 302, 302),
    "account_email_verification_sent": ("way in", 302, 302),
    "account_inactive": ("way in", 200, 405),
    "socialaccount_signup": ("way in", 302, 302),
    "socialaccount_login_cancelled": ("way in", 200, 405),
    "socialaccount_login_error": ("way in", 401, 405),
    "openid_connect_login": ("way in", 404, 404),
    "openid_connect_callback": ("way in", 404, 404),
    "account_logout": ("way in", 200, 302),
    "account": ("account", 200, 405),
    "account_email": ("account", 302, 302),
    "account_set_password": ("account", 302, 302),
    "account_change_password": ("read", 302, 302),
    "account_end_sessions": ("account", 405, 302),
    "account_reauthenticate": ("account", 200, 200),
    "account_request_reauthentication_code": ("account", 302, 302),
    "account_confirm_reauthentication_code": ("account", 302, 302),
    "mfa_reauthenticate": ("account", 302, 302),
    "mfa_activate_totp": ("account", 302, 302),
    "mfa_deactivate_totp": ("account", 404, 404),
    "mfa_view_recovery_codes": ("account", 404, 405),
    "mfa_generate_recovery_codes": ("account", 302, 302),
    "mfa_download_recovery_codes": ("account", 404, 404),
    "mfa_index": ("read", 302, 302),
    "socialaccount_connections": ("read", 302, 302),
    "set_language": ("way in", 302, 302),
    "icon": ("way in", 302, 302),
    "face_style": ("way in", 200, 405),
    "face_logo": ("way in", 404, 405),
    "api:openapi-json": ("read api", 200, 200),
    "api:openapi-view": ("read", 200, 200),
    "api:api-root": ("read api", 404, 404),
}
#: Who may read, and who may play, in each mode.
READ = {
    "open": set(EVERYBODY),
    "link": {"looker", "player", *ACCOUNTS},
    "sign_in": set(ACCOUNTS),
}
PLAY = {
    "open": set(EVERYBODY),
    "link": {"player", *ROLES},
    "sign_in": set(ROLES),
}
PERMISSIONS = {"operate", "review", "analyse", "own", "see people"}
SIGN_IN, BOARD = "/account/login/?next=", "/leaderboard/"


def test_each_address_has_a_row():
    found = {name for name, _ in addresses() if not is_admin(name)}
    assert (found - ADDRESSES.keys(), ADDRESSES.keys() - found) == (set(), set())


#: Each address by whoever stands on both sides of its border; and by everybody, which takes long.
ASKED = ["border", pytest.param("everybody", marks=pytest.mark.slow)]


@pytest.fixture
def mode(settings, request):
    """The access mode. Static files, of which no address here is one, go their own and slower way."""
    settings.ACCESS = request.param
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "tatic" not in each]
    return request.param


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("mode", MODES, indirect=True)
def test_each_address_answers_everybody_as_the_table_says(mode, asked):
    samples = WRITTEN | {"join": join_link("read")}
    for who in EVERYBODY:
        client = browser_of(who)
        kept = SimpleCookie(client.cookies)
        for name, address in addresses():
            if is_admin(name) or (asked == "border" and who not in border(ADDRESSES[name][0], mode)):
                continue
            for method in methods_asked(name, who):
                got = with_cookies(client, kept).generic(method, samples.get(name, address))
                assert told(got) == expected(name, address, method, who, mode), (mode, who, method, address)


def border(kind: str, mode: str) -> set[str]:
    """Nobody, the last who is kept out, and the first who is let in."""
    let_in = [who for who in EVERYBODY if is_let_in(kind, who, mode)]
    kept_out = [who for who in EVERYBODY if who not in let_in]
    return {"nobody", *kept_out[-1:], *let_in[:1]}


@pytest.mark.django_db
@pytest.mark.parametrize("mode", MODES, indirect=True)
def test_the_tables_of_the_admin_are_for_staff_in_every_mode(mode, admin_client):
    tables = [address for name, address in addresses() if is_admin(name)]
    assert len(tables) > 80
    nobody, owner = browser_of("nobody"), browser_of("owner")
    own_ways = {"/admin/login/", "/admin/logout/", "/admin/jsi18n/"}
    for address in tables:
        shut = nobody.get(address)
        if mode != "open":
            assert told(shut) == (403 if mode == "link" else SIGN_IN), address
        elif address not in own_ways:
            assert shut["Location"].startswith("/admin/login/"), address
        if address not in own_ways:
            assert owner.get(address)["Location"].startswith("/admin/login/"), address
    assert admin_client.get("/admin/").status_code == 200


def addresses() -> Iterator[tuple[str, str]]:
    """The name of each address, or its pattern where it has none, and an address of it. Logging out comes last."""
    found = list(_addresses(get_resolver().url_patterns, "/", ""))
    yield from sorted(found, key=lambda each: each[0] == "account_logout")


def _addresses(patterns: list[URLPattern | URLResolver], before: str, space: str) -> Iterator[tuple[str, str]]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _addresses(each.url_patterns, route, f"{space}{each.namespace}:" if each.namespace else space)
        elif not space.startswith("api") or each.name in {"openapi-json", "openapi-view", "api-root"}:
            yield f"{space}{each.name}" if each.name else route.removeprefix("/"), _filled(route)


def _filled(route: str) -> str:
    route = re.sub(r"\^?\(\?P<\w+>[^)]*\)(/?)\$", r"none\1", route)
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], route)


def is_admin(name: str) -> bool:
    return name.startswith(("admin:", "admin/"))


def methods_asked(name: str, who: str) -> tuple[str, ...]:
    """A page that takes no POST is asked for one by those only whom a mode may keep out before."""
    takes_post = ADDRESSES[name][2] != 405
    return ("GET", "POST") if takes_post or who in {"nobody", "guest"} else ("GET",)


def expected(name: str, address: str, method: str, who: str, mode: str) -> int | str:
    """The status, or the beginning of the address that somebody is sent to."""
    kind, got, posted = ADDRESSES[name]
    let_in = got if method == "GET" else posted
    if kind == "entrance" and who in ACCOUNTS:
        return 302
    if kind == "account" and who in READ[mode] and who not in ACCOUNTS:
        return SIGN_IN
    # A page says which methods it takes before it asks an account what it may.
    if is_let_in(kind, who, mode) or (let_in == 405 and kind in PERMISSIONS and who in READ[mode]):
        return let_in
    if who not in READ[mode]:
        return kept_out(kind, address, method, mode)
    if (name, method) == ("home", "GET"):
        return BOARD
    return SIGN_IN if kind in PERMISSIONS and who not in ACCOUNTS else 403


def is_let_in(kind: str, who: str, mode: str) -> bool:
    if kind in PERMISSIONS:
        return who in READ[mode] and kind in ROLES.get(who, ())
    if kind == "account":
        return who in ACCOUNTS
    if kind in {"way in", "entrance"} or (kind == "room" and mode == "link"):
        return True
    return who in (PLAY if kind == "play" else READ)[mode]


def kept_out(kind: str, address: str, method: str, mode: str) -> int | str:
    if kind == "read api":
        return 401
    is_file = "." in address.rpartition("/")[2]
    return SIGN_IN if mode == "sign_in" and method == "GET" and not is_file else 403


def told(got):
    """Where a redirect to the sign-in or from the start page leads, or the status."""
    place = got.headers.get("Location", "") if got.status_code == 302 else ""
    return next((known for known in (SIGN_IN, BOARD) if place.startswith(known)), got.status_code)


#: Each operation of the API: the scope that it takes in a closed arena, and what a token with it gets. `read` is for
#: everybody in an open one; the others take a token everywhere.
OPERATIONS = {
    "leaderboard": ("read", 404),
    "models": ("read", 200),
    "model": ("read", 404),
    "versus": ("read", 404),
    "begin": ("play", 422),
    "battle": ("play", 404),
    "events": ("play", 404),
    "follow_up": ("play", 422),
    "stop": ("play", 404),
    "leave": ("play", 404),
    "vote": ("play", 422),
    "votes": ("export", 422),
}
#: Tokens: of nobody's account, then of accounts with a role; and what each of them opens where the arena is closed.
TOKENS = {
    "none": set(),
    "read": {"read"},
    "play": {"play"},
    "export": {"export"},
    "operate": set(),
    "all of a guest": {"read"},
    "all of a voter": {"read", "play"},
    "all of an analyst": {"read", "play", "export"},
    "all of one who is locked out": set(),
}


def test_each_operation_has_a_row():
    found = {name for name, *_ in operations()}
    assert (found - OPERATIONS.keys(), OPERATIONS.keys() - found) == (set(), set())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", MODES, indirect=True)
def test_each_operation_answers_each_token_as_the_table_says(mode):
    for token, opened in TOKENS.items():
        headers = {"authorization": f"Bearer {secret_of(token)}"} if token != "none" else {}
        for name, method, address in operations():
            scope, let_in = OPERATIONS[name]
            got = new_client().generic(method, address, "{}", content_type="application/json", headers=headers)
            holds = token not in {"none", "all of one who is locked out"}
            # In an open arena nobody asks an account whether it may play.
            is_open = mode == "open" and (scope == "read" or (scope, token) == ("play", "all of a guest"))
            refused = 403 if holds else 401
            assert got.status_code == (let_in if is_open or scope in opened else refused), (mode, token, name)
            if got.status_code >= 400:
                assert got.headers["Content-Type"] == "application/problem+json", (mode, token, name)


def operations() -> Iterator[tuple[str, str, str]]:
    """The name, the method and an address of each operation."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            address = re.sub(r"{(\w+)}", lambda found: UUID if found[1] == "battle_id" else f"no-{found[1]}", path)
            yield operation["operationId"], method.upper(), address


def secret_of(token: str) -> str:
    if not token.startswith("all of"):
        return make_token(scopes=token)
    account = account_of(token.rpartition(" ")[2], name=token)
    secret = make_token(scopes="read play export operate", account=account)
    if token.endswith("locked out"):
        account.is_active = False
        account.save()
    return secret


#: Each socket, and what its page hears where it may not read: 4403, and where a battle is not the voter's 4404.
SOCKETS = {"battle_socket": f"/ws/battles/{UUID}/", "leaderboard_socket": "/ws/leaderboard/"}
WHEN_LET_IN = {"battle_socket": 4404, "leaderboard_socket": None}


def test_each_socket_has_a_row():
    assert {each.name for each in routing.urlpatterns} == SOCKETS.keys() == WHEN_LET_IN.keys()


@pytest.mark.django_db(transaction=True)
async def test_each_socket_answers_everybody_as_the_table_says(settings):
    for mode in MODES:
        settings.ACCESS = mode
        for who in ("nobody", "looker", "player", "guest", "voter"):
            client = await database_sync_to_async(_browser)(who, mode)
            for name, address in SOCKETS.items():
                let_in = WHEN_LET_IN[name] if who in READ[mode] else 4403
                assert await closed_with(client, address) == let_in, (mode, who, name)


def _browser(who, mode):
    client = new_client()
    if who in ACCOUNTS:
        client.force_login(account_of(who, name=f"{who} {mode}"))
        return client
    return browser_of(who)


async def closed_with(client, address):
    """The code with which the socket is closed at once, or None where it stays open."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"cookie", cookies.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    socket = WebsocketCommunicator(application, address, headers)
    assert (await socket.connect())[0]
    code = None if await socket.receive_nothing(timeout=0.05) else (await socket.receive_output())["code"]
    await socket.disconnect()
    return code
