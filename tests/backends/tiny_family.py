"""Tiny twins of the open models: their architecture and their tokenizer's shape, with random weights."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEXTS = ["the cat sat on the mat", "### Instruction: Response: USER: ASSISTANT: User Agent safe unsafe O1 O2"]


@dataclass(frozen=True)
class Family:
    """architecture: a configuration class of transformers; settings: of it; tokens: besides <unk>, <s> and </s>."""

    architecture: str = "LlamaConfig"
    settings: dict[str, Any] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()


ROPE = {"rope_type": "default", "rope_theta": 1e6}

#: By the beginning of the weights' id, the longest that fits. Heads stand in the originals' ratio.
FAMILIES = {
    "llama-2-70b": Family(settings={"num_attention_heads": 8, "num_key_value_heads": 1}),
    "llama-2": Family(),
    "llama-7b": Family(settings={"rms_norm_eps": 1e-6}),
    "code-llama": Family(settings={"rope_parameters": ROPE}, tokens=("▁<PRE>", "▁<SUF>")),
    "alpaca": Family(tokens=("[PAD]",)),
    "vicuna": Family(),
    "mistral": Family("MistralConfig", {"num_key_value_heads": 1, "sliding_window": 64}),
    "llama-guard": Family(),
}


def family_of(weights_id: str) -> Family:
    return FAMILIES[max((name for name in FAMILIES if weights_id.startswith(name)), key=len)]


def write_twin(folder: Path, family: Family) -> None:
    """A model of two layers with this family's architecture, and a tokenizer of its shape."""
    import torch
    import transformers

    vocabulary = write_llama_tokenizer(folder, family.tokens)
    shape = {
        "vocab_size": vocabulary,
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 2048,
        "initializer_range": 0.5,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    config = getattr(transformers, family.architecture)(**shape | family.settings)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)


def write_llama_tokenizer(folder: Path, tokens: tuple[str, ...] = ()) -> int:
    """A tokenizer as Llama's converted ones are: metaspace, bytes where a character is unknown, <s> in front.

    The size of its vocabulary.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, normalizers, processors, trainers
    from tokenizers.models import BPE

    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)], show_progress=False
    )
    trained = Tokenizer(BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.train_from_iterator(TEXTS, trainer)
    # The bytes are pieces of the vocabulary and no tokens that are matched in the text.
    model = json.loads(trained.to_str())
    model["added_tokens"] = [token for token in model["added_tokens"] if token["content"] in special]
    tokenizer = Tokenizer.from_str(json.dumps(model))
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in tokens])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "add_bos_token": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(names))
    return tokenizer.get_vocab_size()
