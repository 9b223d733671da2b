"""A proxy in front that knows who people are."""

import pytest
from django.contrib.auth.models import User

from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def proxy(settings):
    settings.IDENTITY_HEADER, settings.TRUSTED_PROXIES = "X-Forwarded-User", ["192.0.2.1"]


def as_named(client, name, *, through="192.0.2.1"):
    return client.get("/account/", headers={"X-Forwarded-User": name}, REMOTE_ADDR=through)


def test_whom_a_trusted_proxy_names_is_signed_in(client):
    assert "mina" in as_named(client, "mina").text
    assert "mina" in as_named(new_client(), "Mina").text
    assert User.objects.count() == 1


def test_nobody_elses_word_counts(client):
    assert as_named(client, "mina", through="198.51.100.7")["Location"].startswith("/account/login/")
    assert not User.objects.exists()


def test_whoever_the_proxy_names_no_more_is_signed_out(client):
    as_named(client, "mina")
    assert as_named(client, "")["Location"].startswith("/account/login/")
    as_named(client, "mina")
    assert "june" in as_named(client, "june").text


def test_a_locked_account_stays_out(client):
    as_named(client, "mina")
    User.objects.update(is_active=False)
    assert as_named(client, "mina")["Location"].startswith("/account/login/")
