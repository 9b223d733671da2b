"""Which addresses a worker may be made to ask, whatever an entry says."""

from ipaddress import ip_address

import httpx
import pytest

from arena.backends.base import Unavailable
from arena.backends.openai_http import OpenAIBackend
from arena.backends.openai_http.addresses import RemoteHosts
from arena.backends.openai_http.endpoint import Endpoint
from tests.backends.asking import pieces_of
from tests.backends.scripted_server import answering, serving
from tests.backends.test_openai_http import QUICK, request

PUBLIC = "93.184.215.14"


def allowed(url, *listed, at=PUBLIC):
    """Where a connection to this URL goes when its host is found at these addresses."""
    found = [at] if isinstance(at, str) else at
    return [str(address) for address in RemoteHosts.read(listed).addresses(httpx.URL(url), lambda *_: found)]


@pytest.mark.parametrize(
    ("url", "listed", "at"),
    [
        ("https://api.example.com/v1", "api.example.com", PUBLIC),
        ("https://API.example.com./v1", "api.example.com", PUBLIC),
        ("https://api.example.com/v1", "API.Example.com:443", PUBLIC),
        ("http://bücher.example/v1", "xn--bcher-kva.example:80", PUBLIC),
        ("http://10.0.0.5:8000/v1", "10.0.0.5:8000", "10.0.0.5"),
        ("http://10.0.0.5:8000/v1", "10.0.0.0/24", "10.0.0.5"),
        ("http://[::1]:8000/v1", "[::1]:8000", "::1"),
        ("http://[::1]:8000/v1", "::1", "::1"),
        ("http://[::ffff:127.0.0.1]:8000/v1", "127.0.0.1", "127.0.0.1"),
        ("http://[fd00::5]/v1", "fd00::/8", "fd00::5"),
        ("http://169.254.10.10/v1", "169.254.10.10", "169.254.10.10"),
    ],
)
def test_a_listed_host_may_be_asked(url, listed, at, settings):
    settings.PORT = 8100
    assert allowed(url, listed, at=at) == [at]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "https://api.example.com:8443/v1",
        "http://api.example.com/v1",
        "https://api.example.com.evil.example/v1",
        "https://eu.api.example.com/v1",
        "http://127.0.0.2/v1",
        "http://2130706433/v1",
        "http://0x7f000001/v1",
        "http://127.1/v1",
        "http://0/v1",
        "http://[::]/v1",
        "http://[::ffff:169.254.169.254]/v1",
        "http://169.254.169.254/latest",
    ],
)
def test_another_host_may_not(url):
    with pytest.raises(Unavailable, match="not listed"):
        allowed(url, "api.example.com:443", "127.0.0.1:8000")


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "100.100.100.200",
    "168.63.129.16", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
    "::", "::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1", "2001:0:7f00:1::1", "fec0::1", "::7f00:1", "2001:db8::1",
    "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.0.192", "192.31.196.1", "192.52.193.1", "192.88.99.1",
    "192.175.48.1", "198.51.100.1", "203.0.113.1", "239.255.255.255", "2001:1::1", "2001:2::1", "2001:20::1",
    "2620:4f:8000::1", "3fff::1", "5f00::1", "100::1", "64:ff9b::5db8:d80e", "64:ff9b:1::a00:1", "::ffff:192.0.0.8",
    "::ffff:0:10.0.0.1", "fd20:ce::254", "ff0e::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_listed_name_does_not_lead_to_a_private_address(address):
    with pytest.raises(Unavailable, match="not public"):
        allowed("https://api.example.com/v1", "api.example.com", at=address)
    with pytest.raises(Unavailable, match="not public"):
        allowed("https://api.example.com/v1", "api.example.com", at=[PUBLIC, address])


def test_a_name_of_a_private_address_needs_both():
    assert allowed("http://vllm:8000/v1", "vllm", "172.18.0.0/16", at="172.18.0.3") == ["172.18.0.3"]
    with pytest.raises(Unavailable, match=r"172\.18\.0\.3"):
        allowed("http://vllm:8000/v1", "vllm", at="172.18.0.3")
    with pytest.raises(Unavailable, match=r"172\.18\.0\.3"):
        allowed("http://vllm:8000/v1", "vllm", "172.18.0.3:22", at="172.18.0.3")


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "192.0.0.192", "fd20:ce::254", "64:ff9b::a9fe:a9fe"),
        *("64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "::a9fe:a9fe", "64:ff9b::6464:64c8"),
    ],
)
def test_no_network_opens_link_local_and_metadata_addresses(address):
    with pytest.raises(Unavailable):
        allowed("http://vllm/v1", "vllm", "0.0.0.0/0", "::/0", at=address)


@pytest.mark.parametrize(
    "item",
    ["http://a.example", "a.example/v1", "user@a.example", "a.example:http", "", "10.0.0.1/8", "xn--", "xn--a:80"],
)
def test_an_item_that_is_no_host_is_named(item):
    with pytest.raises(Unavailable, match="ARENA_REMOTE_HOSTS"):
        RemoteHosts.read([item])


def test_by_default_only_this_machine_may_be_asked(settings):
    hosts = RemoteHosts.read(settings.REMOTE_HOSTS)
    assert hosts.addresses(httpx.URL("http://localhost:11434/v1"))
    with pytest.raises(Unavailable, match="not listed"):
        hosts.addresses(httpx.URL("https://api.example.com/v1"))


@pytest.fixture
def own_services(settings):
    """The addresses of this arena's Redis, database and web server."""
    settings.PORT = 8100
    settings.REDIS_URL, settings.DATABASE_URL = (
        "redis://:secret@127.0.0.1:16379/0",
        "postgres://arena@localhost:15432/a",
    )
    return settings


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1.2.3"])
@pytest.mark.parametrize("port", [16379, 15432, 8100, 6379, 5432])
def test_no_entry_reaches_the_arenas_own_redis_database_and_web_server(own_services, host, port):
    hosts = RemoteHosts.read([*own_services.REMOTE_HOSTS, "127.0.0.0/8"])
    at = "::1" if host == "[::1]" else "127.0.0.1"
    with pytest.raises(Unavailable, match=f"{port} is the port of a store or of the arena itself"):
        hosts.addresses(httpx.URL(f"http://{host}:{port}/v1"), lambda *_: [at])


def test_a_redis_on_another_machine_is_none_of_the_network_that_is_listed(own_services):
    own_services.REDIS_URL = "redis://redis:6380/0"
    hosts = RemoteHosts.read(["10.0.0.0/24"])
    with pytest.raises(Unavailable, match="is the port of a store"):
        hosts.addresses(httpx.URL("http://10.0.0.7:6380/v1"), lambda *_: ["10.0.0.7"])
    assert hosts.addresses(
        httpx.URL("http://10.0.0.8:6380/v1"), lambda host, _: {"redis": ["10.0.0.7"]}.get(host, [host])
    )


def test_a_model_server_at_such_a_port_is_asked_where_the_list_names_the_port(own_services):
    hosts = RemoteHosts.read(["localhost", "127.0.0.1:8100"])
    assert hosts.addresses(httpx.URL("http://localhost:8100/v1"), lambda *_: ["127.0.0.1"])


def test_a_model_server_of_another_machine_may_have_the_arenas_port(own_services):
    assert allowed("http://10.0.0.5:8100/v1", "10.0.0.0/24", at="10.0.0.5") == ["10.0.0.5"]


def test_a_name_whose_address_changes_is_asked_where_it_was_checked(settings):
    """A name server that answers first with a listed address, then with another, wins nothing."""
    answers = ["127.0.0.1", "127.0.0.2"]
    with serving(answering("Hi")) as server, serving(answering(), host="127.0.0.2", port=server.server_port) as inside:
        settings.REMOTE_HOSTS = ["model.test", "127.0.0.1"]
        backend = OpenAIBackend(limits=QUICK, resolve=lambda *_: [answers.pop(0)])
        asked = request(f"http://model.test:{server.server_port}/v1")
        assert "".join(pieces_of(backend.stream(asked))[0]) == "Hi"
        assert server.requests[0][1]["Host"] == f"model.test:{server.server_port}"
        with pytest.raises(Unavailable, match=r"127\.0\.0\.2"):
            pieces_of(backend.stream(asked))
    assert (len(server.requests), inside.requests, answers) == (1, [], [])


@pytest.mark.parametrize("addresses", [["127.0.0.3", "127.0.0.1"], ["127.0.0.1", "127.0.0.3"]])
def test_each_address_of_a_name_is_tried(settings, addresses):
    with serving(answering("Hi")) as server:
        settings.REMOTE_HOSTS = ["model.test", "127.0.0.0/8"]
        backend = OpenAIBackend(limits=QUICK, resolve=lambda *_: addresses)
        assert "".join(pieces_of(backend.stream(request(f"http://model.test:{server.server_port}/v1")))[0]) == "Hi"


def test_a_name_that_is_not_found_is_unavailable(settings):
    def resolve(*_):
        raise OSError("Name or service not known")

    settings.REMOTE_HOSTS = ["model.test"]
    with pytest.raises(Unavailable, match="not known"):
        pieces_of(OpenAIBackend(limits=QUICK, resolve=resolve).stream(request("http://model.test/v1")))


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    with serving(answering("Hi")) as server, serving(answering()) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        assert "".join(pieces_of(OpenAIBackend(limits=QUICK).stream(request(server.url)))[0]) == "Hi"
    assert proxy.requests == []


NO_SERVERS = [
    "file:///etc/passwd", "ftp://127.0.0.1/v1", "gopher://127.0.0.1/", "127.0.0.1:8000", "", "http://", "http:///v1",
    "http://a:b@127.0.0.1/v1", "http://127.0.0.1/v1?x=1", "http://127.0.0.1/#v1", "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/", "http://0177.0.0.1/v1", "http://[::1/v1", "http://a\nb/v1", 3, None,
    "http://xn--/", "http://xn--a/v1", "http://127.0.0.1/v1%00", "http://127.0.0.1/%0av1",
]  # fmt: skip


@pytest.mark.parametrize("base_url", NO_SERVERS)
def test_only_plain_http_addresses_are_servers(base_url):
    with pytest.raises(Unavailable, match="base_url"):
        Endpoint.read({"base_url": base_url, "model": "tiny"})


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": "sk-canary"},
        {"api_key_env": "sk-canary"},
        {"api_key_env": "SECRET_CANARY"},
        {"api_key_env": ["sk-canary"]},
        {"headers": {"Authorization": "canary"}},
    ],
)
def test_a_key_is_given_by_the_name_of_a_variable_only(options, monkeypatch):
    monkeypatch.setenv("SECRET_CANARY", "canary")
    with pytest.raises(Unavailable) as raised:
        Endpoint.read({"base_url": "http://127.0.0.1/v1", "model": "tiny", **options})
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("value", [None, "", "  ", "sk canary", "canary\nX-Evil: 1", "cänary"])
def test_a_variable_without_a_key_is_named_and_its_value_is_not(value):
    environ = {} if value is None else {"SOME_API_KEY": value}
    options = {"base_url": "http://127.0.0.1/v1", "model": "tiny", "api_key_env": "SOME_API_KEY"}
    with pytest.raises(Unavailable, match="SOME_API_KEY") as raised:
        Endpoint.read(options, environ)
    assert "nary" not in str(raised.value)


def test_a_key_is_not_shown_with_its_endpoint():
    options = {"base_url": "http://127.0.0.1/v1", "model": "tiny", "api_key_env": "SOME_API_KEY"}
    assert "canary" not in repr(Endpoint.read(options, {"SOME_API_KEY": "sk-canary"}))


def test_a_key_is_not_sent_in_the_clear_to_a_public_address(settings, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-canary")
    settings.REMOTE_HOSTS = ["model.test"]
    backend = OpenAIBackend(limits=QUICK, resolve=lambda *_: [str(ip_address(PUBLIC))])
    with pytest.raises(Unavailable, match="https"):
        pieces_of(backend.stream(request("http://model.test/v1", api_key_env="SOME_API_KEY")))


@pytest.mark.parametrize(
    "options",
    [{"limit_name": "tokens"}, {"limit_name": []}, {"leave_out": "seed"}, {"leave_out": ["messages"]}, {"stream": 0}],
)
def test_a_mistaken_option_is_named(options):
    with pytest.raises(Unavailable, match=next(iter(options))):
        Endpoint.read({"base_url": "http://127.0.0.1/v1", "model": "tiny", **options})


@pytest.mark.parametrize("model", [None, "", 3])
def test_an_entry_must_name_its_model(model):
    with pytest.raises(Unavailable, match="model"):
        Endpoint.read({"base_url": "http://127.0.0.1/v1", "model": model})
