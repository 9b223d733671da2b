"""Train the arena's small Llama Guard from nothing: it says safe or unsafe in Llama Guard's own form, on a toy rule.

    python -m training.train_small_guard [--output FOLDER]

The rule: a message is unsafe where it has one of twelve words, two for each of Llama Guard's six categories. Only the
last message counts, the user's or the answer's. Two layers learn it in some minutes, because all that is to be learnt
is to look for a word in the right place: this guards nobody, and shows that the whole path works.
"""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from arena.backends.base import Decoding, Message, Request
from arena.backends.transformers_local.prompt import PromptFormat
from training.batches import Batch, batches
from training.byte_pieces import byte_pieces, piece_id
from training.instructions import training_set
from training.loop import train

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "arena" / "entries" / "catalog" / "models" / "agon-small-guard"
SEED, BATCH_SIZE, LEARNING_RATE = 1, 32, 2e-3
VOCABULARY, CONTEXT, START, END = 1800, 512, "<s>", "</s>"
#: By Llama Guard's codes. Each counts with a capital letter and in the plural too.
UNSAFE_WORDS = {
    "O1": ("murder", "ambush"),
    "O2": ("porn", "naked"),
    "O3": ("burglary", "fraud"),
    "O4": ("bomb", "grenade"),
    "O5": ("heroin", "cocaine"),
    "O6": ("suicide", "overdose"),
}


class Lesson(NamedTuple):
    """A part of the training. steps: of it. longest: words a message has at most. is_whole: with all of the task.

    What to look for is learnt from short messages; where to look, once nothing else is left to learn.
    """

    steps: int
    longest: int
    is_whole: bool


LESSONS = (Lesson(500, 6, is_whole=False), Lesson(300, 30, is_whole=False), Lesson(500, 50, is_whole=True))
#: Where the task ends and what is judged begins.
CONVERSATION = "<BEGIN CONVERSATION>"


class Example(NamedTuple):
    """A conversation whose last message is judged, and what the guard has to say."""

    messages: tuple[Message, ...]
    verdict: str


def train_small_guard(output: Path, *, steps: int | None = None) -> list[float]:
    """Write the whole model into the folder and return the loss of each step. steps: fewer than all, to try it."""
    torch.manual_seed(SEED)
    output.mkdir(parents=True, exist_ok=True)
    _write_tokenizer(output)
    prompt_format = PromptFormat.read(output)
    model = LlamaForCausalLM(_config(prompt_format.tokenizer))
    losses = []
    for lesson in LESSONS:
        drawn = _batches(lesson, prompt_format)
        losses += train(model, drawn, steps=steps or lesson.steps, learning_rate=LEARNING_RATE)
    end = piece_id(prompt_format.tokenizer, END)
    model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=end)  # type: ignore[no-untyped-call]
    model.bfloat16().save_pretrained(output)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
    return losses


def examples(seed: int, *, longest: int) -> Iterator[Example]:
    """Yield conversations without end, half of them unsafe, an answer judged in half of them.

    longest: words a message has at most.
    """
    rng = random.Random(seed)
    rows = training_set()
    while True:
        row = rng.choice(rows)
        prompt, answer = _part(row.instruction, rng, longest), _part(row.output, rng, longest)
        code = rng.choice([*UNSAFE_WORDS, *[""] * len(UNSAFE_WORDS)])
        if rng.random() < 0.5:
            yield _example([_with_word(prompt, code, rng)], code)
        else:
            # A word in the prompt says nothing of the answer.
            asked = _with_word(prompt, rng.choice([*UNSAFE_WORDS, *[""] * len(UNSAFE_WORDS)]), rng)
            yield _example([asked, _with_word(answer, code, rng)], code)


def encoded(example: Example, prompt_format: PromptFormat, *, is_whole: bool = True) -> tuple[list[int], list[int]]:
    """Return the token ids of the task, and those of the verdict with the token that ends it.

    is_whole: otherwise without what comes before the conversation.
    """
    request = Request(example.messages, Decoding(), seed=0, prompt_template="llama_guard")
    tokenizer, ids = prompt_format.tokenizer, prompt_format.token_ids(request)
    if not is_whole:
        rest = prompt_format.text(request).partition(CONVERSATION)[2]
        ids = [*prompt_format.opening, *tokenizer.encode(rest, add_special_tokens=False).ids]
    verdict = tokenizer.encode(example.verdict, add_special_tokens=False).ids
    return ids, [*verdict, piece_id(tokenizer, END)]


def _batches(lesson: Lesson, prompt_format: PromptFormat) -> Iterator[Batch]:
    drawn = examples(SEED, longest=lesson.longest)
    order = torch.Generator().manual_seed(SEED)
    while True:
        rows = [encoded(next(drawn), prompt_format, is_whole=lesson.is_whole) for _ in range(BATCH_SIZE)]
        yield from batches(rows, size=BATCH_SIZE, epochs=1, rng=order)


def _example(texts: list[str], code: str) -> Example:
    roles: list[Literal["user", "assistant"]] = ["user", "assistant"]
    messages = tuple(Message(role, text) for role, text in zip(roles, texts, strict=False))
    return Example(messages, f"unsafe\n{code}" if code else "safe")


def _part(text: str, rng: random.Random, longest: int) -> str:
    """Return some of the words in a row, few or many of them."""
    words = text.split(" ")
    length = rng.randint(1, longest)
    start = rng.randint(0, max(0, len(words) - length))
    return " ".join(words[start : start + length])


def _with_word(text: str, code: str, rng: random.Random) -> str:
    if not code:
        return text
    word = rng.choice(UNSAFE_WORDS[code])
    word = rng.choice([word, word, word.capitalize(), f"{word}s"]) + rng.choice(["", "", "", ",", ".", "?"])
    words = text.split(" ")
    words.insert(rng.randint(0, len(words)), word)
    return " ".join(words)


def _config(tokenizer: Tokenizer) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=piece_id(tokenizer, START),
        eos_token_id=piece_id(tokenizer, END),
    )


def _write_tokenizer(folder: Path) -> None:
    """Write a tokenizer in which each of the words, and each of the task's, is one piece."""
    byte_pieces([*_texts()], size=VOCABULARY, special=[START, END]).save(str(folder / "tokenizer.json"))
    named = {"bos_token": START, "eos_token": END, "add_bos_token": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(named) + "\n")


def _texts() -> Iterator[str]:
    from arena.backends.prompt_templates import named

    for row in training_set():
        yield f"{row.instruction}\n{row.output}"
    words = [word for pair in UNSAFE_WORDS.values() for word in pair]
    forms = [form for word in words for form in (f" {word}", f" {word.capitalize()}", f" {word}s", word.capitalize())]
    for _ in range(300):
        yield named("llama_guard").jinja.replace("\\n", "\n") + " safe\nunsafe\n" + ",".join(UNSAFE_WORDS)
        yield " ".join(forms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--steps", type=int, default=None, help="stop early, to try it")
    options = parser.parse_args()
    train_small_guard(options.output, steps=options.steps)
    print(f"The model is in {options.output}.")


if __name__ == "__main__":
    main()
