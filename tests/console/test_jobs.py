"""Prompts, imports and exports of the console, and the worker that does them."""

import io
import os
import shutil
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from arena.conf.redis_clients import client, key
from arena.console.jobs import claim, read_job, release
from arena.console.run_job import run_job
from arena.models import Choice, PromptSet, RecordedAnswer, Vote
from arena.queues import DEFAULT, is_empty
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db

VOTES = b"model_a,model_b,winner\nzebra,okapi,model_a\nzebra,okapi,tie\nzebra,zebra,tie\n"
ANSWERS = b'[{"instruction": "Tides?", "output": "The sea.", "generator": "zebra", "dataset": "koala"}]'


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR


@pytest.fixture
def operator():
    return member_of("operate")


@pytest.fixture
def analyst():
    return member_of("analyse")


def done(client, address, **sent):
    """The page of the job once a worker has done it."""
    asked = client.post(address, sent)
    assert asked.status_code == 302, asked.text
    run_job(asked["Location"].rstrip("/").rpartition("/")[2])
    return compact(client.get(asked["Location"]).text)


def upload(content, name="mine.csv"):
    return SimpleUploadedFile(name, content)


def test_votes_come_in_and_the_page_says_how_many(operator, var):
    page = done(operator, "/manage/imports/", what="votes", source="the zoo", file=upload(VOTES))
    assert "2 new · 0 known · 1 rejected" in page
    assert Vote.objects.filter(battle__imported_from__name="the zoo").count() == 2
    again = done(operator, "/manage/imports/", what="votes", source="the zoo", file=upload(VOTES))
    assert "0 new · 2 known" in again
    assert not list((var / "jobs").iterdir())


def test_an_import_tells_its_columns_and_the_votes_without_texts(operator, tmp_path):
    head, text = b"l,r,verdict,conversation_a,conversation_b\n", b"[{'role'"
    (tmp_path / "zoo.csv").write_bytes(head + b"yak,gnu,yak,,\n")
    told = ["--mapping", "model_a=l", "model_b=r", "winner=verdict", "--source", "the zoo", "--unpublished"]
    call_command("import_votes", str(tmp_path / "zoo.csv"), *told, stdout=io.StringIO())
    file = upload(head + b"gnu,yak,yak," + text + b"," + text + b"\n")
    page = done(operator, "/manage/imports/", what="votes", source="the zoo", file=file)
    assert "1 new · 0 known · 0 rejected · 1 without texts" in page
    assert "<code>winner</code>=<code>verdict</code>" in page


def test_answers_come_in(operator):
    page = done(operator, "/manage/imports/", what="answers", file=upload(ANSWERS, "model_outputs.json"))
    assert "1 new" in page
    assert RecordedAnswer.objects.get().text == "The sea."


def test_a_file_on_the_machine_is_read_where_it_lies_and_stays(operator, var):
    (var / "imports").mkdir(parents=True)
    (var / "imports" / "large.csv").write_bytes(VOTES)
    assert "large.csv" in operator.get("/manage/imports/").text
    assert "2 new" in done(operator, "/manage/imports/", what="votes", dropped="large.csv")
    assert (var / "imports" / "large.csv").exists()


def test_prompts_come_in_and_their_set_is_listed(operator):
    file = upload(b"Why is the sky blue?\nWhat is a tide?\n", "mine.txt")
    done(operator, "/manage/prompts/", name="Mine", licence="MIT", language="en", file=file)
    assert PromptSet.objects.get().prompts.count() == 2
    assert "Mine" in operator.get("/manage/prompts/").text


def switch(operator, prompt_set, offer):
    address = f"/manage/prompts/{prompt_set.slug}/"
    return compact(operator.post(address, {"offer": offer}, follow=True).text)


def test_a_set_is_offered_no_more_and_again(operator, client):
    mine = PromptSet.objects.create(slug="mine", name="Mine")
    mine.prompts.create(key="k", text="What is a tide?", language="en")
    assert "What is a tide?" in client.get("/").text
    assert "Mine is offered no more." in switch(operator, mine, "no")
    assert "What is a tide?" not in client.get("/").text
    assert "What is a tide?" not in client.get("/?suggestion=k").text
    assert "Nothing has changed" in switch(operator, mine, "no")
    assert "Nothing has changed" in switch(operator, mine, "perhaps")
    assert "Mine is offered again." in switch(operator, mine, "yes")
    assert "What is a tide?" in client.get("/").text


def test_recorded_prompts_are_offered_no_more_either(operator, client):
    recorded = make_recorded("What is an ebb?")
    assert "What is an ebb?" in client.get("/recorded/").text
    switch(operator, recorded.set, "no")
    assert "What is an ebb?" not in client.get("/recorded/").text
    refused = client.post("/battles/", {"recorded": recorded.pk})
    assert "This prompt is not here any more" in refused.text


def make_recorded(text):
    """A prompt that two entries have answered elsewhere."""
    recorded_set = PromptSet.objects.create(slug="recorded", name="Recorded", is_recorded=True)
    prompt = recorded_set.prompts.create(key="r", text=text, language="en")
    for _ in range(2):
        RecordedAnswer.objects.create(model=make_entry(kind="recorded"), prompt=prompt, text="It falls.")
    return prompt


def test_a_switch_asks_for_the_permission(operator):
    mine = PromptSet.objects.create(slug="mine", name="Mine")
    assert member_of("review", name="bob").post("/manage/prompts/mine/", {"offer": "no"}).status_code == 403
    mine.refresh_from_db()
    assert mine.is_offered


def test_a_file_that_cannot_be_read_says_why(operator):
    page = done(operator, "/manage/imports/", what="votes", file=upload(b"colour,size\nred,3\n"))
    assert "it is of no known format" in page
    assert "failed" in operator.get("/manage/imports/").text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose one file."),
        ({"dropped": "../secret_key"}, "not in the folder any more"),
        ({"file": SimpleUploadedFile("large.csv", b"x" * 1_100_000)}, "This is larger than 1 MB."),
    ],
)
def test_what_is_no_file_to_import_is_said(operator, settings, sent, says):
    settings.UPLOAD_MB = 1
    refused = operator.post("/manage/imports/", {"what": "votes"} | sent)
    assert refused.status_code == 422
    assert says in refused.text


def test_a_large_file_is_moved_and_nothing_of_it_stays(operator, var, settings):
    settings.FILE_UPLOAD_TEMP_DIR = var / "uploads"
    (var / "uploads").mkdir(parents=True)
    rows = VOTES + b"zebra,zebra,tie\n" * 200_000
    assert len(rows) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert "2 new · 0 known · 200,001 rejected" in done(operator, "/manage/imports/", what="votes", file=upload(rows))
    assert [list(folder.iterdir()) for folder in (var / "uploads", var / "jobs")] == [[], []]


def test_what_nobody_came_back_for_is_dropped_by_the_next_job(operator, var, settings):
    settings.FILE_UPLOAD_TEMP_DIR = var / "uploads"
    for old in (var / "uploads" / "half", var / "jobs" / "lost" / "mine.csv"):
        old.parent.mkdir(parents=True)
        old.write_bytes(b"x")
    for path in (var / "uploads" / "half", var / "jobs" / "lost"):
        os.utime(path, (0, 0))
    done(operator, "/manage/imports/", what="votes", file=upload(VOTES))
    assert [list(folder.iterdir()) for folder in (var / "uploads", var / "jobs")] == [[], []]


def test_a_file_that_the_worker_does_not_find_is_said(operator, var):
    asked = operator.post("/manage/imports/", {"what": "votes", "file": upload(VOTES)})["Location"]
    shutil.rmtree(var / "jobs")
    run_job(asked.split("/")[-2])
    assert "it must see the same ARENA_VAR as the web server" in operator.get(asked).text


def test_the_name_of_a_file_leads_nowhere_else(operator, var):
    done(operator, "/manage/imports/", what="votes", file=upload(VOTES, "../../mine.csv"))
    assert [path.name for path in var.iterdir()] == ["jobs"]


def test_votes_go_out_as_an_archive(analyst):
    cast_vote(make_battle(), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    page = done(analyst, "/manage/exports/", format="csv", licence="CC-BY-4.0")
    assert "1 vote · 1 row" in page
    address = page.split('class="button" href="')[1].split('"')[0]
    packed = zipfile.ZipFile(io.BytesIO(analyst.get(address).content))
    assert sorted(packed.namelist()) == ["csv/README.md", "csv/votes.csv"]
    assert member_of("operate", name="bob").get(address).status_code == 403


def test_a_board_goes_out_too(analyst):
    assert "Download" in done(analyst, "/manage/exports/", format="board-csv")


def test_what_cannot_be_exported_is_said(analyst):
    refused = analyst.post("/manage/exports/", {"format": "excel"})
    assert refused.status_code == 422
    assert "Choose one of these formats." in refused.text


def test_a_job_that_waits_says_so_and_its_page_comes_again(operator):
    asked = operator.post("/manage/imports/", {"what": "votes", "file": upload(VOTES)})
    page = operator.get(asked["Location"]).text
    assert "waits for a worker" in page
    assert "manage.py worker --hosts default" in page
    assert 'data-live="1"' in page
    assert "waits for a worker" in operator.get("/manage/imports/").text


def test_a_second_job_waits_for_the_first_and_each_is_done_once(operator):
    first, second = (
        operator.post("/manage/imports/", {"what": "votes", "file": upload(VOTES)})["Location"].split("/")[-2]
        for _ in range(2)
    )
    assert claim(first) is not None
    run_job(second)
    assert read_job(second).state == "waiting"
    release()
    run_job(second)
    run_job(second)
    assert read_job(second).state == "done"
    assert read_job(second).counts == {"new": 2, "known": 0, "rejected": 1}


def test_a_job_that_is_being_done_is_not_asked_for_again(operator):
    job = operator.post("/manage/imports/", {"what": "votes", "file": upload(VOTES)})["Location"].split("/")[-2]
    assert claim(job) is not None
    client().delete(key(DEFAULT))
    assert claim(job) is None
    assert is_empty(DEFAULT)


def test_a_job_that_is_gone_or_of_the_other_kind(operator, analyst_and_operator):
    gone = operator.get("/manage/imports/12345678-1234-1234-1234-123456789012/")
    assert "not here any more" in gone.text
    asked = analyst_and_operator.post("/manage/exports/", {"format": "csv"})["Location"]
    assert analyst_and_operator.get(asked.replace("exports", "imports")).status_code == 404
    assert analyst_and_operator.get(f"{asked}archive/").status_code == 404


@pytest.fixture
def analyst_and_operator():
    return member_of("analyse", "operate", name="both")


@pytest.mark.usefixtures("no_redis")
def test_without_redis_nothing_is_asked_for_and_no_file_stays(operator, var):
    asked = operator.post("/manage/imports/", {"what": "votes", "file": upload(VOTES)}, follow=True)
    assert "Redis does not answer" in asked.text
    assert not list((var / "jobs").iterdir())


def test_the_pages_take_a_fixed_number_of_queries(analyst_and_operator, django_assert_max_num_queries):
    for page, most in (("prompts", 5), ("imports", 4), ("exports", 6)):
        with django_assert_max_num_queries(most):
            analyst_and_operator.get(f"/manage/{page}/")
