"""Answers of a tiny model, through the door that the workers use."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from shutil import copytree
from typing import Any

import pytest

from arena.backends.base import GenerationFailed, PromptTooLong, Unavailable
from arena.backends.prompt_templates import TEMPLATES
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.prompt import PromptFormat
from tests.backends.asking import Steps, answer, ask, pieces_of

LONG = "the cat sat on the mat and " * 12


def reference(models, request):
    """What transformers' own generate() writes, read whole, and how many tokens it took."""
    import torch
    from transformers import AutoModelForCausalLM

    prompt_format = PromptFormat.read(models / "tiny")
    prompt = prompt_format.token_ids(request)
    model: Any = AutoModelForCausalLM.from_pretrained(models / "tiny", dtype=torch.float32)
    written = model.generate(
        torch.tensor([prompt]), do_sample=False, max_new_tokens=request.decoding.max_new_tokens, pad_token_id=0
    )[0, len(prompt) :].tolist()
    return prompt_format.tokenizer.decode(written).replace("\ufffd", ""), len(prompt)


@pytest.mark.parametrize("text", ["hello", LONG, "안녕 🙂"])
def test_a_greedy_answer_is_what_transformers_itself_would_write(backend, models, text):
    expected, _ = reference(models, ask(text))
    assert expected
    assert answer(backend, ask(text)) == expected


def test_weights_that_two_backends_load_at_once_are_whole(models):
    expected, _ = reference(models, ask("hello"))
    with ThreadPoolExecutor(2) as threads:
        both = [TransformersBackend(models), TransformersBackend(models)]
        assert list(threads.map(lambda backend: answer(backend, ask("hello")), both)) == [expected] * 2


def test_a_long_prompt_is_read_in_pieces_with_a_sign_of_life_after_each(backend, models):
    _, tokens = reference(models, ask(LONG))
    pieces, _ = pieces_of(backend.stream(ask(LONG)))
    silent = next(i for i, piece in enumerate(pieces) if piece)
    assert silent >= tokens // 64


def test_the_same_seed_writes_the_same_answer_and_another_seed_another(backend):
    request = ask("hello", temperature=1.0)
    assert answer(backend, request) == answer(backend, request)
    assert answer(backend, request) != answer(backend, replace(request, seed=8))


def test_answers_written_at_the_same_time_are_those_written_alone(backend):
    requests = [ask(text, temperature=t) for text in ("hello", LONG, "the cat") for t in (0, 1.0)]
    alone = [answer(backend, request) for request in requests]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda request: answer(backend, request), requests * 2)) == alone * 2


def test_an_answer_ends_after_max_new_tokens_and_says_so(backend):
    _, completion = pieces_of(backend.stream(ask("hello", max_new_tokens=5)))
    assert (completion.reason, completion.tokens) == ("length", 5)


def test_an_answer_ends_where_the_model_ends_it(backend):
    ends = [pieces_of(backend.stream(ask("hi" * i, temperature=2.0, max_new_tokens=400)))[1] for i in range(1, 9)]
    stopped = [end for end in ends if end.reason == "stop"]
    assert stopped
    assert all(end.tokens < 400 for end in stopped)


def test_no_broken_character_is_ever_written(backend):
    pieces, _ = pieces_of(backend.stream(ask("안녕 🙂", temperature=2.0, max_new_tokens=400)))
    assert any(pieces)
    assert not any("\ufffd" in piece for piece in pieces)


def test_closing_an_answer_ends_it_at_once(backend):
    stream = Steps(backend.stream(ask("hello", max_new_tokens=400)))
    next(stream)
    begun = time.process_time()
    stream.close()
    assert time.process_time() - begun < 0.2  # all of the answer takes longer
    assert next(stream, "nothing more") == "nothing more"


def test_a_conversation_that_leaves_no_room_for_the_answer_is_refused(backend):
    room = 512 - backend.count_tokens(ask("hello"))
    assert next(Steps(backend.stream(ask("hello", max_new_tokens=room)))) is not None
    with pytest.raises(PromptTooLong, match="512"):
        pieces_of(backend.stream(ask("hello", max_new_tokens=room + 1)))


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (ask("hello", weights="nowhere"), "prepare_models"),
        (ask("hello", weights="../tiny"), "no usable weights"),
        (ask("hello", template="vicuna"), "unknown prompt template 'vicuna'"),
        (ask("hello", template=""), "unknown prompt template ''"),
    ],
)
def test_what_cannot_answer_says_why(backend, request_, sentence):
    with pytest.raises(Unavailable, match=sentence):
        pieces_of(backend.stream(request_))


def test_weights_that_are_no_numbers_fail_the_answer(backend):
    with pytest.raises(GenerationFailed):
        pieces_of(backend.stream(ask("hello", weights="broken", temperature=1.0)))


def test_damaged_weights_are_unavailable_until_they_are_mended(models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    whole = (tmp_path / "tiny" / "model.safetensors").read_bytes()
    (tmp_path / "tiny" / "model.safetensors").write_bytes(whole[:-1000])
    backend = TransformersBackend(tmp_path)
    with pytest.raises(Unavailable, match="cannot be loaded"):
        backend.warm_up({"weights": "tiny"})
    (tmp_path / "tiny" / "model.safetensors").write_bytes(whole)
    backend.warm_up({"weights": "tiny"})
    assert answer(backend, ask("hello"))


def test_weights_are_loaded_once_for_all_threads(models):
    backend = TransformersBackend(models)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: backend.warm_up({"weights": "tiny"}), range(4)))
        loaded = set(threads.map(lambda _: id(backend._load(models / "tiny").result()), range(4)))
    assert len(loaded) == 1


def test_text_is_cut_before_a_stop_string_of_the_template_and_the_answer_ends_there(models, backend, monkeypatch):
    request = ask("hello", template="base", max_new_tokens=60)
    whole, _ = pieces_of(backend.stream(request))
    text = "".join(whole)
    stop = text[20:24]
    monkeypatch.setitem(TEMPLATES, "base", replace(TEMPLATES["base"], stops=(stop,)))
    pieces, completion = pieces_of(backend.stream(request))
    assert "".join(pieces) == text[: text.index(stop)]
    assert completion.reason == "stop"
    assert completion.tokens < 60


def with_stops(request, stops):
    return replace(request, options={**request.options, "stops": stops})


@pytest.mark.parametrize("template", ["tokenizer", "base"])
def test_an_entry_may_name_stops_of_its_own_and_only_tokens_up_to_the_stop_are_written(models, backend, template):
    request = ask("hello", template=template, max_new_tokens=60)
    text = answer(backend, request)
    stop = text[20:24]
    cut = text[: text.index(stop)]
    pieces, completion = pieces_of(backend.stream(with_stops(request, ["never in it", stop])))
    assert "".join(pieces) == cut
    assert completion.reason == "stop"
    shorter = [
        answer(backend, ask("hello", template=template, max_new_tokens=completion.tokens - less)) for less in (0, 1)
    ]
    assert [stop in one for one in shorter] == [True, False]


def test_the_host_writes_on_for_others_when_a_stop_ends_one_answer(backend):
    request = ask("hello", template="base", max_new_tokens=60)
    text = answer(backend, request)
    requests = [with_stops(request, [text[10:13]]), request, with_stops(request, [text[30:33]]), request]
    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(lambda request: answer(backend, request), requests))
    assert written == [text[: text.index(text[10:13])], text, text[: text.index(text[30:33])], text]


@pytest.mark.parametrize("stops", ["</s>", [""], [1], None, {"a": 1}])
def test_stops_that_are_no_list_of_strings_are_refused(backend, stops):
    with pytest.raises(Unavailable, match="must be a list of strings"):
        pieces_of(backend.stream(with_stops(ask("hello"), stops)))


def test_an_answer_ends_at_the_end_tokens_of_its_template(backend, monkeypatch):
    asked = replace(ask("hello", template="base", temperature=5.0, max_new_tokens=200), seed=0)
    requests = [replace(asked, seed=seed) for seed in range(8)]

    def tokens():
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(lambda request: pieces_of(backend.stream(request))[1].tokens, requests))

    before = tokens()
    monkeypatch.setitem(TEMPLATES, "base", replace(TEMPLATES["base"], stops=("<|endoftext|>",)))
    after = tokens()
    assert after != before
    assert all(fewer <= more for fewer, more in zip(after, before, strict=True))


def test_what_looks_like_a_stop_and_is_none_is_shown(backend, monkeypatch):
    request = ask("hello", template="base", max_new_tokens=60)
    text = answer(backend, request)
    monkeypatch.setitem(TEMPLATES, "base", replace(TEMPLATES["base"], stops=(text[-5:] + "never",)))
    assert answer(backend, request) == text


def test_where_the_template_opens_the_thoughts_what_comes_before_their_end_is_thoughts(models, tmp_path):
    folder = copytree(models / "tiny", tmp_path / "thinking")
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text().replace("assistant{{ '\\n' }}", "assistant{{ '\\n<think>\\n' }}"))
    with pytest.raises(GenerationFailed, match="24 tokens of thoughts"):
        answer(TransformersBackend(tmp_path), ask("hello", weights="thinking"))
