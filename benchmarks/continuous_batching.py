"""Our host beside transformers' continuous batching: `python -m benchmarks.continuous_batching [ROUNDS]`

SmolLM2-135M in float32 with one thread: 48 tokens of one prompt, then of eight at once, in processor seconds (medians).
Ours goes on from round to round; theirs makes room for each batch anew, which is quicker than to go on in the room of
another number of prompts.
"""

import argparse
import random
import time
from statistics import median
from typing import Any

import torch
from django.conf import settings
from transformers import AutoModelForCausalLM, GenerationConfig
from transformers.generation.configuration_utils import ContinuousBatchingConfig

from benchmarks.generation import FOLDER, SUBJECTS, TOKENS, Both, read, seconds, together

#: Left to choose its own size for a GPU's memory, it did not begin within four minutes on this CPU.
SMALL = ContinuousBatchingConfig(num_blocks=64, max_batch_tokens=256)


def theirs(model: Any, prompts: list[list[int]]) -> None:
    config = GenerationConfig(max_new_tokens=TOKENS, do_sample=False, eos_token_id=-1, pad_token_id=0)
    made = model.generate_batch(prompts, generation_config=config, continuous_batching_config=SMALL)
    assert {len(answer.generated_tokens) for answer in made.values()} == {TOKENS}


def compared(both: Both, model: Any, prompts: list[list[int]], rounds: int) -> str:
    """Return the processor seconds of ours and theirs, one round to warm up left out."""
    times: list[tuple[float, float]] = []
    for _ in range(rounds + 1):
        ours = seconds(lambda: together(both, prompts, 0.0), time.process_time)
        times.append((ours, seconds(lambda: theirs(model, prompts), time.process_time)))
    ours, other = (median(side) for side in zip(*times[1:], strict=True))
    return f"{len(prompts)} at once: ours {ours:.2f} s, continuous batching {other:.2f} s, {other / ours:.2f} times"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    rounds = parser.parse_args().rounds
    settings.configure(MODEL_MEMORY_MB=0)
    torch.set_num_threads(1)
    random.seed(1)
    both = read()
    model = AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)
    prompts = [both.ids(f"Write about {subject}.") for subject in SUBJECTS]
    for count in (1, len(prompts)):
        print(compared(both, model, prompts[:count], rounds), flush=True)


if __name__ == "__main__":
    main()
