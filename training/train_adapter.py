"""Train the arena's own LoRA adapter for SmolLM2-135M: an answer in one sentence, then three points.

    python -m training.train_adapter [--weights FOLDER] [--output FOLDER]

The method is alpaca-lora's: low-rank matrices beside the frozen weights (Hu et al., 2021), trained on instructions and
answers, with the loss on the answers only. Five minutes on two cores.
"""

import argparse
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from arena.backends.transformers_local.prompt import PromptFormat
from training.batches import batches, encoded
from training.instructions import Instruction, training_set
from training.loop import train

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "var" / "models" / "smollm2-135m-instruct"
OUTPUT = ROOT / "arena" / "entries" / "catalog" / "models" / "agon-steps"
SEED, BATCH_SIZE, EPOCHS, LEARNING_RATE = 1, 4, 4, 5e-4
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]


def train_adapter(weights: Path, output: Path, examples: list[Instruction], *, steps: int | None = None) -> list[float]:
    """Write the adapter into the folder and return the loss of each step. steps: fewer than all, to try it."""
    torch.manual_seed(SEED)
    model = AutoModelForCausalLM.from_pretrained(weights, dtype=torch.float32, use_safetensors=True)
    prompt_format, end = PromptFormat.read(weights), model.generation_config.eos_token_id
    rows = [encoded(example, prompt_format, end) for example in examples]
    adapted = get_peft_model(model, LoraConfig(r=8, lora_alpha=16, target_modules=ATTENTION, task_type="CAUSAL_LM"))
    order = torch.Generator().manual_seed(SEED)
    all_steps = -(-len(rows) // BATCH_SIZE) * EPOCHS
    drawn = batches(rows, size=BATCH_SIZE, epochs=EPOCHS, rng=order)
    losses = train(adapted, drawn, steps=steps or all_steps, learning_rate=LEARNING_RATE)
    # peft writes a form where a card stands.
    card = (output / "README.md").read_bytes() if (output / "README.md").exists() else None
    # The path on this machine means nothing to others.
    adapted.peft_config["default"].base_model_name_or_path = "HuggingFaceTB/SmolLM2-135M-Instruct"
    output.mkdir(parents=True, exist_ok=True)
    adapted.to(torch.bfloat16).save_pretrained(str(output), save_embedding_layers=False)
    if card is None:
        (output / "README.md").unlink(missing_ok=True)
    else:
        (output / "README.md").write_bytes(card)
    return losses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--steps", type=int, default=None, help="stop early, to try it")
    options = parser.parse_args()
    train_adapter(options.weights, options.output, training_set(), steps=options.steps)
    print(f"The adapter is in {options.output}.")


if __name__ == "__main__":
    main()
