"""`manage.py models` and `manage.py worker`, as an operator uses them."""

import os
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from arena.answers.test_run_report import read_test_run, request_test_run
from arena.backends import BACKENDS
from arena.backends.base import Completion
from arena.management.commands.worker import programs_of
from arena.models import LanguageModel
from arena.supervisor.programs import workers
from arena.tasks import write_one_test_run
from tests.entries.samples import ENTRY, WEIGHTS
from tests.factories import make_battle, make_entry
from tests.running import ROOT, eventually
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db

LOCAL = 'backend = "transformers"\nweights = "some"\nprompt_template = "tokenizer"\n'
#: Nothing listens on port 1.
REMOTE = ENTRY.replace(LOCAL, 'backend = "openai"\noptions = {base_url = "http://127.0.0.1:1/v1", model = "some"}\n')


class Colourful(ScriptedBackend):
    """Would paint a terminal red."""

    def script(self, request):
        yield "\x1b[31mThe sea "
        yield "breathes. 👩‍🚀\n"
        return Completion("length", 3)

    def count_tokens(self, request):
        return 5


@pytest.fixture(autouse=True)
def backends(monkeypatch):
    monkeypatch.setitem(BACKENDS, "colourful", f"{__name__}:Colourful")


@pytest.fixture
def run(capsys):
    """The lines that a command prints."""

    def run(*arguments):
        call_command(*map(str, arguments))
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def own(settings, tmp_path):
    """The folder of an operator's catalogue files."""
    settings.VAR = tmp_path / "var"
    return settings.VAR / "catalog"


@pytest.fixture
def mine(tmp_path):
    """Writes an operator's file."""

    def mine(text, name="mine.toml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return mine


def test_every_entry_is_listed_with_its_battles_and_its_queue(run):
    zebra = make_entry("ZEBRA-7", weights="some", state="paused")
    make_battle(zebra, make_entry("TAPIR-3")), make_battle(make_entry("옥자"), zebra)
    lines = [line.split() for line in run("models")]
    assert lines[0] == ["SLUG", "NAME", "KIND", "BACKEND", "WEIGHTS", "STATE", "BATTLES", "QUEUE", "SERVED", "BY"]
    assert ["zebra-7", "ZEBRA-7", "model", "recorded", "some", "paused", "2", "host.some", "-"] in lines
    assert ["tapir-3", "TAPIR-3", "model", "recorded", "-", "active", "1", "remote", "-"] in lines


def test_the_list_takes_as_many_queries_for_many_entries_as_for_one(run, django_assert_num_queries):
    for _ in range(5):
        make_battle()
    with django_assert_num_queries(3):
        run("models", "list")


def test_a_file_is_added_and_is_there_after_a_restart(run, own, mine):
    assert run("models", "add", mine(WEIGHTS + ENTRY)) == ["added some-model"]
    LanguageModel.objects.all().delete()
    assert "added some-model" in run("load_catalog")
    assert (own / "mine.toml").read_text() == WEIGHTS + ENTRY
    assert [file.name for file in own.iterdir()] == ["mine.toml"]


def test_a_file_that_lies_in_the_folder_already_is_added_where_it_is(run, own):
    own.mkdir(parents=True)
    (own / "mine.toml").write_text(ENTRY)
    assert run("models", "add", own / "mine.toml") == ["added some-model"]


def test_a_broken_entry_is_added_again(run, own):
    own.mkdir(parents=True)
    (own / "mine.toml").write_text(ENTRY)
    run("models", "add", own / "mine.toml")
    LanguageModel.objects.update(state="broken", broken_because="no weights")
    assert run("models", "add", own / "mine.toml") == ["added some-model"]
    assert (LanguageModel.objects.get().state, LanguageModel.objects.get().broken_because) == ("active", "")


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        (ENTRY.replace("some-model", "zebra-7"), "mine.toml", "slug 'zebra-7' is taken by 'ZEBRA-7'"),
        (ENTRY + "temprature = 1", "mine.toml", "unknown key 'temprature'"),
        (ENTRY, "mine.txt", r"ends in \.toml"),
        (ENTRY, "there.toml", r"there\.toml is there already"),
        (WEIGHTS, "mine.toml", "'some' is described twice"),
        (REMOTE, "mine.toml", "does not list its models"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_whole(run, own, mine, text, name, sentence):
    make_entry("ZEBRA-7")
    own.mkdir(parents=True)
    (own / "there.toml").write_text(WEIGHTS)
    with pytest.raises(CommandError, match=sentence):
        run("models", "add", mine(text, name))
    assert LanguageModel.objects.count() == 1
    assert [file.name for file in own.iterdir()] == ["there.toml"]


def test_a_file_that_is_not_there_is_named(run, own, tmp_path):
    with pytest.raises(CommandError, match=r"absent\.toml: cannot be read"):
        run("models", "add", tmp_path / "absent.toml")


def test_states_are_changed_and_what_was_so_before_is_said(run):
    make_entry("ZEBRA-7"), make_entry("TAPIR-3", state="retired")
    paused, unchanged = run("models", "pause", "zebra-7", "tapir-3")
    assert "zebra-7 is paused" in paused
    assert unchanged == "tapir-3 is retired already: nothing is changed"
    assert "zebra-7 is active" in run("models", "resume", "zebra-7")[0]
    assert "zebra-7 is retired" in run("models", "retire", "zebra-7")[0]
    assert LanguageModel.objects.get(slug="zebra-7").state == "retired"


def test_an_unknown_slug_changes_nothing_and_a_close_one_is_named(run):
    make_entry("ZEBRA-7")
    with pytest.raises(CommandError, match="no entry is called 'zebra'; close: zebra-7"):
        run("models", "pause", "zebra-7", "zebra")
    assert LanguageModel.objects.get().state == "active"


def test_an_answer_is_streamed_and_timed_without_commands_to_the_terminal(run):
    make_entry("ZEBRA-7", backend="colourful")
    answer, *_, timing = run("models", "test", "zebra-7")
    assert answer == "[31mThe sea breathes. 👩‍🚀"
    assert "s to the first token; 3 tokens in " in timing
    assert timing.endswith("cut at max_new_tokens")


def test_a_test_that_fails_says_what_to_do(run):
    make_entry("ZEBRA-7", backend="transformers", weights="nowhere")
    with pytest.raises(CommandError) as refusal:
        run("models", "test", "zebra-7")
    what_to_do, cause = str(refusal.value).splitlines()
    assert "run `python manage.py prepare_models nowhere`" in what_to_do
    assert cause.startswith("Unavailable: no weights in ")


class Odd(Colourful):
    """Raises what no backend should."""

    def script(self, request):
        raise KeyError("rope")
        yield


def test_a_test_in_which_a_library_raises_is_a_sentence(run, monkeypatch):
    monkeypatch.setitem(BACKENDS, "odd", f"{__name__}:Odd")
    make_entry("ZEBRA-7", backend="odd")
    with pytest.raises(CommandError, match=r"Something broke that should not.*\nKeyError: 'rope'"):
        run("models", "test", "zebra-7")


def test_a_broken_entry_that_works_in_a_test_is_drawn_again_once_its_worker_runs(run):
    make_entry("ZEBRA-7", backend="colourful", state="broken", broken_because="no weights")
    assert "zebra-7 is broken: no weights" in run("models")
    assert run("models", "test", "zebra-7")[-1].startswith("It works here, and is drawn again once its worker runs.")
    assert LanguageModel.objects.get().state == "broken"


def test_a_broken_entry_that_works_in_its_worker_is_drawn_again():
    entry = make_entry("ZEBRA-7", backend="colourful", state="broken", broken_because="no weights")
    write_one_test_run(request_test_run(entry, "Tides?"))
    entry.refresh_from_db()
    assert (entry.state, entry.broken_because) == ("active", "")


def test_a_worker_is_what_up_would_start(settings):
    assert programs_of(["some"]) == [workers(["some"], settings.LOCAL_CONCURRENCY)[-1]]
    assert [program.name for program in programs_of(["default", "remote", "some"])] == [
        "worker default",
        "worker remote",
        "worker host.some",
    ]


@pytest.mark.parametrize(
    ("hosts", "sentence"),
    [(",", "names no host"), ("nowhere", "No entry uses the weights 'nowhere'. There are: default, remote, some.")],
)
def test_a_host_that_nobody_has_is_refused(run, hosts, sentence):
    make_entry(weights="some")
    with pytest.raises(CommandError, match=sentence):
        run("worker", "--hosts", hosts)


def test_a_worker_without_redis_is_refused_and_the_password_not_shown(run, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    with pytest.raises(CommandError, match=r"Redis does not answer at redis://127\.0\.0\.1:1/0"):
        run("worker", "--hosts", "remote")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_machine_joins_with_two_addresses_and_the_key_and_is_named_in_the_list(run, own, mine, tmp_path, settings):
    entry = make_entry("ZEBRA-7", script="The sea breathes.")
    database = connection.settings_dict
    url = settings.DATABASE_URL and settings.DATABASE_URL.rpartition("/")[0] + f"/{database['NAME']}"
    environment = {"DATABASE_URL": url or f"sqlite:///{database['NAME']}", "REDIS_URL": settings.REDIS_URL}
    command = [sys.executable, "manage.py", "worker", "--hosts", "remote"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARENA_")}
    environment |= {"ARENA_VAR": str(tmp_path / "elsewhere"), "ARENA_SECRET_KEY": settings.SECRET_KEY}
    worker = subprocess.Popen(command, cwd=ROOT, env=kept | environment, stdout=subprocess.PIPE, text=True)
    try:
        assert "Serving remote" in worker.stdout.readline()
        assert "alone so far" in worker.stdout.readline()  # no worker serves `default` here
        assert "remote@" in run("models")[1]
        added, advice = run("models", "add", mine(ENTRY))
        assert added == "added some-model, paused until a worker serves it"
        assert "worker --hosts some," in advice
        run_id = request_test_run(entry, "Tides?")
        report = eventually(lambda: over(run_id), within=30, what="the run is over")
        assert (report.state, report.text) == ("done", "The sea breathes.")
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
        worker.stdout.close()


def over(run_id):
    report = read_test_run(run_id)
    return report if report.is_over else None


def test_the_list_says_which_entries_rest_and_which_adapter_they_have(run):
    from arena.answers import breakers

    entry = make_entry("ZEBRA-7", backend="transformers", weights="some", adapter="lora", options={})
    breakers.trip(entry.pk)
    line = next(line for line in run("models") if "zebra-7" in line)
    assert "some + lora" in line
    assert "resting" in line
