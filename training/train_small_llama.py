"""Train the arena's small Llama from nothing: the bottom of the ladder, weak on purpose.

    python -m training.train_small_llama [--output FOLDER]

Three layers and a vocabulary of 1,500 pieces, trained for some minutes on the project's instruction data alone. It has
seen under a thousand sentences in its life: enough to look like an answer, and not enough to be one.
"""

import argparse
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from arena.backends.transformers_local.prompt import PromptFormat
from training.batches import batches, encoded
from training.byte_pieces import byte_pieces, piece_id
from training.instructions import training_set
from training.loop import train

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "arena" / "entries" / "catalog" / "models" / "agon-small-llama"
SEED, BATCH_SIZE, EPOCHS, LEARNING_RATE = 1, 16, 9, 2e-3
VOCABULARY, CONTEXT, END, START = 1500, 512, "<|end|>", "<|start|>"
TEMPLATE = (
    "{% for message in messages %}{{ '<|start|>' + message['role'] + '\\n' + message['content'] + '<|end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}"
)


def train_small_llama(output: Path, *, steps: int | None = None) -> list[float]:
    """Write the whole model into the folder and return the loss of each step. steps: fewer than all, to try it."""
    torch.manual_seed(SEED)
    output.mkdir(parents=True, exist_ok=True)
    _write_tokenizer(output)
    prompt_format = PromptFormat.read(output)
    end = piece_id(prompt_format.tokenizer, END)
    rows = [encoded(example, prompt_format, end) for example in training_set()]
    rows += [([], ids) for ids in _pieces_of_prose(prompt_format.tokenizer, end)]
    model = LlamaForCausalLM(_config(prompt_format.tokenizer))
    all_steps = -(-len(rows) // BATCH_SIZE) * EPOCHS
    drawn = batches(rows, size=BATCH_SIZE, epochs=EPOCHS, rng=torch.Generator().manual_seed(SEED))
    losses = train(model, drawn, steps=steps or all_steps, learning_rate=LEARNING_RATE)
    model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=end)  # type: ignore[no-untyped-call]
    model.bfloat16().save_pretrained(output)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
    return losses


def _config(tokenizer: Tokenizer) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=3,
        num_attention_heads=6,
        num_key_value_heads=3,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=piece_id(tokenizer, END),
    )


def _write_tokenizer(folder: Path) -> None:
    """Write the tokenizer, learned from the same text."""
    texts = [f"{row.instruction}\n{row.output}" for row in training_set()]
    byte_pieces(texts, size=VOCABULARY, special=[END, START]).save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": END}) + "\n")
    (folder / "chat_template.jinja").write_text(TEMPLATE)


def _pieces_of_prose(tokenizer: Tokenizer, end: int) -> list[list[int]]:
    """Return the answers once more without their questions: a little more to learn the language from."""
    answers = [tokenizer.encode(row.output, add_special_tokens=False).ids for row in training_set()]
    return [[*ids[: CONTEXT - 1], end] for ids in answers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--steps", type=int, default=None, help="stop early, to try it")
    options = parser.parse_args()
    train_small_llama(options.output, steps=options.steps)
    print(f"The model is in {options.output}.")


if __name__ == "__main__":
    main()
