"""A chat template of strangers: what it writes is what transformers writes, and what it costs has an end."""

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import jinja2
import pytest
from transformers import PreTrainedTokenizerFast

from arena.backends.base import Message, Unavailable
from arena.backends.prompt_templates.child import RENDERING, OverLimit, RenderingProcess
from arena.backends.prompt_templates.rendering import compiled, rendered
from tests.backends.tiny_family import write_llama_tokenizer
from tests.running import ROOT

NAMES = {"bos_token": "<s>", "eos_token": "</s>"}
TURNS = (
    Message("system", "Be brief & kind."),
    Message("user", "  1 < 2, 'so' \"what\"? 한국 🙂\n"),
    Message("assistant", "Yes."),
    Message("user", "<b>Why?</b>"),
)
SAY = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"

#: Templates in our own words, one for each thing that templates of the field use.
WRITES = {
    "plain": SAY + "{% if add_generation_prompt %}assistant:{% endif %}",
    "special tokens": "{{ bos_token }}{% for m in messages %}{{ m['content'] + eos_token }}{% endfor %}{{ pad_token }}",
    "the day": "It is the {{ strftime_now('%d of %B %Y') }}.\n" + SAY,
    "the day where it is known": "{% if strftime_now is defined %}{{ strftime_now('%Y') }}{% else %}old{% endif %}",
    "generation": "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}!\n"
    "{% endgeneration %}{% else %}{{ m.content }}\n{% endif %}{% endfor %}",
    "what generation sets stays in it": "{% set x = 'out' %}{% generation %}{% set x = 'in' %}{{ x }}"
    "{% endgeneration %}{{ x }}",
    "generation in a loop": "{% for m in messages %}{%- generation -%}{{ loop.index }}{{ m.role }}"
    "{%- endgeneration -%}{% endfor %}",
    "loop controls": "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m.content }}"
    "{% if m.role == 'assistant' %}{% break %}{% endif %}{% endfor %}",
    "white space": "  {% if true %}  \n a \n  {% endif %}\n  {#- c -#}\n{{- ' b ' -}}\n\n"
    "{% raw %}{{ x }}{% endraw %}\n\n",
    "json": "{{ {'b': '한국 <b> & \\'', 'a': [1, none, true]} | tojson }}",
    "json in lines": "{{ {'b': 1, 'a': {'c': []}} | tojson(indent=2, sort_keys=true) }}"
    "{{ [1, 2] | tojson(separators=(',', ':')) }}",
    "json as ASCII": "{{ '한국' | tojson(ensure_ascii=true) }}",
    "namespace": "{% set ns = namespace(n=0, last='') %}{% for m in messages %}"
    "{% set ns.n = ns.n + m.content | length %}{% set ns.last = m.role %}{% endfor %}{{ ns.n }}{{ ns.last }}",
    "macros": "{% macro say(m, end='.') %}<{{ m.role }}>{{ m.content | trim }}{{ end }}"
    "{{ varargs | length }}{% endmacro %}{% for m in messages %}{{ say(m) }}{{ say(m, '!', 1) }}{% endfor %}",
    "methods of text": "{{ messages[1].content.strip().split(',')[0].upper() }}"
    "{{ messages[-1]['content'].startswith('<b>') }}{{ messages[1].content.lstrip('\\n ').replace('<', '-') }}",
    "filters": "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join('|') }}"
    "{{ (messages | last).content | e }}{{ messages[1:] | rejectattr('role', 'eq', 'user') | list }}",
    "items and dict": "{% for k, v in messages[0] | items %}{{ k }}={{ v }}{% endfor %}{{ dict(a=1, b='x') }}"
    "{% for k, v in messages[0].items() %}{{ k }}{% endfor %}",
    "text or parts": "{% for m in messages %}{{ m.content if m.content is string else 'parts' }}{% endfor %}",
    "no tools": "{% if tools is none and documents is none %}none{% endif %}"
    "{{ tools is defined }}{{ builtin_tools is defined }}",
    "reasoning": "{% for m in messages %}{{ m.reasoning_content is defined }}{{ m.get('tool_calls') }}{% endfor %}",
    "unknown names": "{{ nobody }}{{ nobody is defined }}{{ messages[0].nothing }}"
    "{% if enable_thinking %}thinks{% endif %}",
}  # fmt: skip
#: Templates that refuse this conversation, or are none.
REFUSES = {
    "refusal": "{{ raise_exception('no ' + messages[0].role) }}",
    "refusal of a name": "{{ nobody.of_this_name }}",
    "sandbox": "{{ messages.append(1) }}",
    "sandbox of classes": "{{ ''.__class__.__mro__ }}",
    "private names": "{% set ns = namespace() %}{% set ns.__html__ = 1 %}",
    "more private names": "{% set ns = namespace(_a=1) %}{{ ns._a }}",
    "no Jinja": "{% if %}",
    "an unknown tag": "{% training %}{% endtraining %}",
}  # fmt: skip
#: Templates that read a message as a list of parts, as models that see pictures have them.
PARTS = {
    "each part": "{% for m in messages %}{{ m.role }}: {% for part in m['content'] %}{% if part['type'] == 'text' %}"
    "{{ part['text'] }}{% elif part['type'] == 'image' %}<image>{% endif %}{% endfor %}\n{% endfor %}",
    "the first part": "{% for m in messages %}{{ m['content'][0]['text'] }};{% endfor %}",
    "selected parts": "{% for m in messages %}{% for part in m.content | selectattr('type', 'equalto', 'text') %}"
    "{{ part.text }}{% endfor %}{% endfor %}",
}  # fmt: skip
ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
#: What would take all memory or stack there is.
HOSTILE = {
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a long text": "{{ 'x' * 2000000000 }}",
    "a long text of what is said": "{{ messages[0].role * (messages | length * 2000000000) }}",
    "a wide number": "{{ '%1000000000d' % 1 }}",
    "a wide format": "{{ '{:>2000000000}'.format(messages | length) }}",
    "a list that doubles": "{% set ns = namespace(x=[1]) %}{% for _ in range(99) %}{% set ns.x = 2 * ns.x %}{%endfor%}",
    "ten million characters": "{{ messages[0].content * 1000000 }}",
    "a million brackets": "{{ " + "(" * 1000000 + "1" + ")" * 1000000 + " }}",
    "a refusal of a million words": "{{ raise_exception('no ' * 1000000) }}",
}


ENDS_AT_ONCE = """
import os
from arena.backends.base import Message
from arena.backends.prompt_templates.child import RENDERING
print(RENDERING.rendered("{{ 1 }}", [Message("user", "x")], {}), flush=True)
os.kill(os.getpid(), 9)
"""
FORKS = """
import os
from arena.backends.base import Message
from arena.backends.prompt_templates.child import RENDERING
def said(who):
    return RENDERING.rendered("{{ messages[0].content }}", [Message("user", who)], {}) == who
said("parent")
RENDERING._lock.acquire()  # as if another thread were just asking
if os.fork():
    RENDERING._lock.release()
    os.wait()
    print(said("parent"), flush=True)
else:
    print(said("copy"), flush=True)
    RENDERING.close()
    os._exit(0)
"""


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    write_llama_tokenizer(folder)
    return PreTrainedTokenizerFast.from_pretrained(folder)


@pytest.fixture
def process():
    """A process of the test's own."""
    process = RenderingProcess()
    yield process
    process.close()


def by_transformers(tokenizer, template, content=str, **options):
    conversation = [{"role": message.role, "content": content(message.content)} for message in TURNS]
    return tokenizer.apply_chat_template(
        conversation, chat_template=template, tokenize=False, add_generation_prompt=True, **NAMES, **options
    )


def in_parts(text):
    return [{"type": "text", "text": text}]


@pytest.mark.parametrize("feature", WRITES)
def test_a_template_writes_what_it_writes_in_transformers(tokenizer, feature):
    written = by_transformers(tokenizer, WRITES[feature])
    assert rendered(compiled(WRITES[feature]), TURNS, NAMES) == written
    assert RENDERING.rendered(WRITES[feature], TURNS, NAMES) == written


@pytest.mark.parametrize("feature", REFUSES)
def test_a_template_that_transformers_refuses_is_refused_in_a_sentence(tokenizer, feature):
    with pytest.raises(jinja2.TemplateError):
        by_transformers(tokenizer, REFUSES[feature])
    with pytest.raises(Unavailable, match=r"^the chat template .{10,}") as refusal:
        rendered(compiled(REFUSES[feature]), TURNS, NAMES)
    with pytest.raises(Unavailable, match=re.escape(str(refusal.value))):
        RENDERING.rendered(REFUSES[feature], TURNS, NAMES)


@pytest.mark.parametrize("feature", PARTS)
def test_a_template_that_reads_parts_is_given_parts(tokenizer, feature):
    written = by_transformers(tokenizer, PARTS[feature], in_parts)
    assert rendered(compiled(PARTS[feature]), TURNS, NAMES) == written
    assert RENDERING.rendered(PARTS[feature], TURNS, NAMES) == written
    assert TURNS[1].content in written


@pytest.mark.parametrize("options", [{}, {"enable_thinking": False}, {"effort": "low", "tags": ["한", 1]}])
def test_an_entrys_options_reach_its_template_as_they_do_in_transformers(tokenizer, options):
    template = SAY + "{{ enable_thinking is defined and not enable_thinking }}{{ effort }}{{ tags | tojson }}"
    if "tags" not in options:
        template = template.replace("{{ tags | tojson }}", "")
    assert RENDERING.rendered(template, TURNS, NAMES, options=options) == by_transformers(
        tokenizer, template, **options
    )


def test_the_moment_may_be_given():
    template, moment = "{{ strftime_now('%Y-%m-%d %H:%M') }}", datetime(2026, 2, 3, 4, 5)
    assert RENDERING.rendered(template, TURNS, NAMES, now=moment) == "2026-02-03 04:05"
    assert rendered(compiled(template), TURNS, NAMES, now=moment) == "2026-02-03 04:05"


@pytest.mark.parametrize(
    ("several", "written"),
    [
        ([{"name": "tool_use", "template": "x"}, {"name": "default", "template": "y"}], "y"),
        ({"default": "y", "rag": "x"}, "y"),
    ],
)
def test_of_several_templates_the_default_counts(several, written):
    assert rendered(compiled(several), TURNS, NAMES) == written


@pytest.mark.parametrize("several", [[{"name": "tool_use", "template": "x"}], [], {"rag": "x"}, 7, ["x"]])
def test_several_templates_without_a_default_are_refused(several):
    with pytest.raises(Unavailable, match="none of them is called 'default'"):
        compiled(several)


@pytest.mark.parametrize("trick", HOSTILE)
def test_a_hostile_template_costs_a_sentence_and_the_next_one_is_written(process, trick):
    with pytest.raises(Unavailable, match=r"^the chat template .{10,}") as refusal:
        process.rendered(HOSTILE[trick], TURNS, NAMES)
    assert len(str(refusal.value)) < 400
    assert process.rendered("{{ messages[1].content }}", TURNS, NAMES) == TURNS[1].content


def test_a_template_without_an_end_is_ended(process):
    with pytest.raises(OverLimit, match="was still busy after 1 s"):
        process.rendered(ENDLESS, TURNS, NAMES)
    assert process.rendered("{{ messages[1].content }}", TURNS, NAMES) == TURNS[1].content


def test_a_template_that_is_found_out_costs_no_other_process(process):
    process.rendered("{{ 1 }}", TURNS, NAMES)
    before = process._process.pid
    for trick in ("a long text", "a macro that calls itself", "a wide number"):
        with pytest.raises(Unavailable):
            process.rendered(HOSTILE[trick], TURNS, NAMES)
    assert process._process.pid == before


def test_a_process_that_someone_else_ended_is_replaced(process):
    process.rendered("{{ 1 }}", TURNS, NAMES)
    process._process.kill()
    process._process.wait()
    assert process.rendered("{{ 2 }}", TURNS, NAMES) == "2"


def test_each_thread_gets_its_own_text(process):
    def said(number):
        return process.rendered("{{ messages[0].content }}", [Message("user", str(number))], {})

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(said, range(200))) == [str(number) for number in range(200)]


def test_the_process_has_none_of_the_arenas_secrets(process, monkeypatch):
    monkeypatch.setenv("ARENA_SECRET_KEY", "hidden")
    process.rendered("{{ 1 }}", TURNS, NAMES)
    environment = Path(f"/proc/{process._process.pid}/environ")
    if not environment.exists():
        pytest.skip("only Linux shows what a process was given")
    assert b"hidden" not in environment.read_bytes()


def test_the_process_ends_with_its_parent():
    parent = subprocess.run(
        [sys.executable, "-c", ENDS_AT_ONCE], capture_output=True, text=True, timeout=60, env={}, cwd=ROOT, check=False
    )  # its child holds the same standard error: this returns once both are gone
    assert (parent.returncode, parent.stdout.strip()) == (-signal.SIGKILL, "1")


def test_a_copy_of_the_parent_has_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS], capture_output=True, text=True, timeout=60, env={}, cwd=ROOT,
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "True"]
