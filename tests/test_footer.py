"""The foot of each page."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from arena.models.voters import MayDo

pytestmark = pytest.mark.django_db


def _logged_in(*permissions: MayDo) -> Client:
    user = User.objects.create_user("someone")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("permission", "address"),
    [(MayDo.OPERATE, "/manage/"), (MayDo.REVIEW, "/manage/votes/"), (MayDo.ANALYSE, "/manage/exports/")],
)
def test_whoever_may_use_the_console_finds_it_at_the_foot_of_a_page(permission: MayDo, address: str) -> None:
    client = _logged_in(permission)
    assert f'<a href="{address}">Console</a>' in client.get("/terms/").text
    assert client.get(address).status_code == 200


def test_a_visitor_and_a_mere_player_find_no_console() -> None:
    assert "/manage/" not in Client().get("/terms/").text
    assert "/manage/" not in _logged_in(MayDo.PLAY).get("/terms/").text
