"""Over TLS the address is checked and the name is: the certificate must be the host's, wherever it was found."""

import shutil
import ssl
import subprocess

import pytest

from arena.backends.base import Unavailable
from arena.backends.openai_http import OpenAIBackend
from arena.backends.openai_http.connection import trusted
from tests.backends.asking import Steps, pieces_of
from tests.backends.scripted_server import answering, saying, serving
from tests.backends.test_openai_http import QUICK, request

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a key and a certificate of model.test that vouches for itself."""
    file = tmp_path_factory.mktemp("tls") / "model.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=model.test"
    names = ["-addext", "subjectAltName=DNS:model.test", "-keyout", file, "-out", file.with_suffix(".crt")]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@pytest.fixture
def over_tls(certificate, monkeypatch, settings):
    """Serves a script as model.test, whose certificate this machine trusts."""
    settings.REMOTE_HOSTS = ["model.test", "other.test", "127.0.0.1"]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    trusted.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrap(server):
        server.socket = context.wrap_socket(server.socket, server_side=True)
        return server

    yield wrap
    trusted.cache_clear()


def ask(server, host):
    backend = OpenAIBackend(limits=QUICK, resolve=lambda *_: ["127.0.0.1"])
    return backend.stream(request(f"https://{host}:{server.server_port}/v1"))


def test_a_server_with_the_certificate_of_its_name_answers(over_tls):
    with serving(answering("Hi")) as server:
        over_tls(server)
        assert "".join(pieces_of(ask(server, "model.test"))[0]) == "Hi"


def test_a_server_with_a_certificate_of_another_name_is_not_asked(over_tls):
    with serving(answering("Hi")) as server:
        over_tls(server)
        with pytest.raises(Unavailable, match="certificate"):
            pieces_of(ask(server, "other.test"))
    assert server.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(over_tls, monkeypatch):
    with serving(answering("Hi")) as server:
        over_tls(server)
        monkeypatch.delenv("SSL_CERT_FILE")
        trusted.cache_clear()
        with pytest.raises(Unavailable, match="certificate"):
            pieces_of(ask(server, "model.test"))
    assert server.requests == []


def test_closing_hangs_up(over_tls):
    def step(played):
        saying("Hi", done=False)(played)
        played.wait_for_the_client_to_go()

    with serving(step) as server:
        over_tls(server)
        stream = Steps(ask(server, "model.test"))
        while next(stream).text != "Hi":
            pass
        stream.close()
        assert server.hung_up.wait(5)
