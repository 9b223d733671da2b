import gzip
import json
import os
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from arena.formats.refusals import MalformedFile
from arena.imports import answers as module
from arena.imports.answers import ChangedAnswer, ImportedAnswers, import_answers
from arena.models import LanguageModel, Prompt, PromptSet, RecordedAnswer
from arena.models.catalog import Kind
from tests.factories import make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def written(folder, answers, *, generator="greeter", name="greeter.json"):
    rows = [{"instruction": i, "output": o, "generator": generator, "dataset": "koala"} for i, o in answers.items()]
    (folder / name).write_text(json.dumps(rows))
    return folder / name


def command(*paths):
    out = StringIO()
    call_command("import_answers", *map(str, paths), stdout=out)
    return out.getvalue()


def stored():
    return set(RecordedAnswer.objects.values_list("model__display_name", "prompt__text", "text"))


def test_a_file_becomes_an_entry_with_answers_to_a_set_of_prompts(tmp_path):
    imported = import_answers(written(tmp_path, {"Hi": "Hello!", "Bye": ""}))
    assert imported == ImportedAnswers("greeter", answers=2, new_answers=2, new_prompts=2)
    assert stored() == {("greeter", "Hi", "Hello!"), ("greeter", "Bye", "")}
    entry = LanguageModel.objects.get()
    assert (entry.slug, entry.kind, entry.backend, entry.weights) == (
        "greeter",
        Kind.RECORDED,
        "recorded",
        "",
    )
    prompt = Prompt.objects.get(text="Hi")
    assert (prompt.key, prompt.topic) == (sha256(b"Hi").hexdigest(), "koala")
    prompt_set = PromptSet.objects.get()
    assert (prompt_set.slug, prompt_set.licence) == ("alpaca-eval", "CC BY-NC 4.0")
    assert prompt_set.is_recorded


def test_models_share_their_prompts_and_may_miss_some(tmp_path):
    import_answers(written(tmp_path, {"Hi": "Hello!", "Bye": "Goodbye!"}))
    imported = import_answers(written(tmp_path, {"Bye": "See you!"}, generator="other"))
    assert (imported.new_answers, imported.new_prompts) == (1, 0)
    assert [prompt.text for prompt in Prompt.objects.recorded_sample(9)] == ["Bye"]


def test_the_makers_and_licences_of_known_generators_are_filled_in(tmp_path):
    import_answers(written(tmp_path, {"Hi": "Hello!"}, generator="vicuna-33b-v1.3"))
    import_answers(written(tmp_path, {"Hi": "Hello!"}, generator="nobody-knows"))
    entries = LanguageModel.objects.values_list("slug", "organisation", "licence")
    assert list(entries) == [
        ("nobody-knows", "", ""),
        ("vicuna-33b-v1-3", "LMSYS", "Non-commercial (LLaMA licence)"),
    ]


def test_importing_twice_changes_nothing_and_says_so(tmp_path):
    path = written(tmp_path, {"Hi": "Hello!", "Bye": ""})
    assert command(path) == "greeter.json: greeter, 2 of 2 answers are new, and 2 prompts\n"
    before = list(RecordedAnswer.objects.values())
    assert command(path) == "greeter.json: nothing new, all 2 answers of greeter are known\n"
    assert list(RecordedAnswer.objects.values()) == before


def test_further_answers_of_a_renamed_entry_join_it(tmp_path):
    import_answers(written(tmp_path, {"Hi": "Hello!"}))
    LanguageModel.objects.update(slug="host", display_name="Host", organisation="Us")
    import_answers(written(tmp_path, {"Hi": "Hello!", "Bye": "Goodbye!"}))
    assert stored() == {("Host", "Hi", "Hello!"), ("Host", "Bye", "Goodbye!")}
    assert LanguageModel.objects.get().organisation == "Us"


def test_generators_that_slug_alike_stay_apart_and_leave_live_entries_alone(tmp_path):
    live = make_entry("model-1-0")
    for generator in ("model-1.0", "model-1-0", "모델"):
        import_answers(written(tmp_path, {"Hi": f"I am {generator}"}, generator=generator))
    assert set(LanguageModel.objects.recorded().values_list("slug", "display_name")) == {
        ("model-1-0-2", "model-1.0"),
        ("model-1-0-3", "model-1-0 (recorded)"),
        ("recorded", "모델"),
    }
    assert live.recorded_answers.count() == 0


def test_another_answer_to_a_known_prompt_is_refused_by_row_and_nothing_is_kept(tmp_path):
    import_answers(written(tmp_path, {"Hi": "Hello!"}))
    with pytest.raises(ChangedAnswer) as refused:
        import_answers(written(tmp_path, {"New": "Oh!", "Hi": "Hello?"}))
    reason = "greeter gave another answer to this instruction in an earlier import"
    assert str(refused.value) == f"greeter.json: row 2: {reason}"
    assert stored() == {("greeter", "Hi", "Hello!")}
    assert Prompt.objects.count() == 1


def test_a_refusal_late_in_a_file_leaves_nothing_of_its_earlier_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    import_answers(written(tmp_path, {"e": "1"}))
    with pytest.raises(ChangedAnswer):
        import_answers(written(tmp_path, {"a": "1", "b": "1", "c": "1", "d": "1", "e": "2"}))
    assert stored() == {("greeter", "e", "1")}


def test_a_malformed_file_leaves_nothing(tmp_path):
    (tmp_path / "bad.json").write_text('[{"instruction": "Hi", "output": "Hello!", "generator": "greeter"}, {}]')
    with pytest.raises(MalformedFile):
        import_answers(tmp_path / "bad.json")
    for table in (LanguageModel, PromptSet, Prompt, RecordedAnswer):
        assert not table.objects.exists()


def test_batches_together_are_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    told = []
    imported = import_answers(
        written(tmp_path, {str(n): f"{n}!" for n in range(5)}), on_progress=lambda *step: told.append(step)
    )
    assert imported == ImportedAnswers("greeter", answers=5, new_answers=5, new_prompts=5)
    assert stored() == {("greeter", str(n), f"{n}!") for n in range(5)}
    assert told == [(2, 5), (2, 5), (1, 5)]


def test_the_command_keeps_the_good_files_before_a_bad_one_and_says_which(tmp_path):
    good = written(tmp_path, {"Hi": "Hello!"}, name="good.json")
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(written(tmp_path, {"Hi": "Hi!"}, generator="other").read_bytes()))
    bad, last = (
        tmp_path / "vicuna.json",
        written(tmp_path, {"Hi": "Hey!"}, generator="last", name="last.json"),
    )
    bad.write_text('[{"instruction": "Hi", "generator": "vicuna"}]')
    with pytest.raises(CommandError) as refused:
        command(good, packed, bad, last)
    assert str(refused.value).splitlines() == [
        "vicuna.json: row 1: 'output' is missing",
        "Nothing of vicuna.json is kept.",
        "Imported before it, and kept: good.json, packed.json.gz.",
        "Not read: last.json.",
    ]
    assert stored() == {("greeter", "Hi", "Hello!"), ("other", "Hi", "Hi!")}


def test_the_command_says_no_more_than_it_knows_about_a_single_bad_file(tmp_path):
    with pytest.raises(CommandError) as refused:
        command(tmp_path / "absent.json")
    assert str(refused.value).splitlines()[1:] == ["Nothing of absent.json is kept."]


def test_the_real_files_are_imported():
    if "ARENA_EXTRA_DATA" not in os.environ:
        pytest.skip("ARENA_EXTRA_DATA is not set")
    command(*sorted(Path(os.environ["ARENA_EXTRA_DATA"], "alpaca_eval").glob("*.json.gz")))
    assert (LanguageModel.objects.recorded().count(), Prompt.objects.count()) == (12, 805)
    assert RecordedAnswer.objects.count() == 12 * 805 - 1
    assert not LanguageModel.objects.filter(organisation="").exists()
