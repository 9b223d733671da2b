import torch
from transformers import AutoModelForCausalLM

from arena.backends.transformers_local.model import turn_wide_layers


def test_turned_layers_compute_the_same_from_the_same_numbers(models):
    model = AutoModelForCausalLM.from_pretrained(models / "tiny", dtype=torch.float32).eval()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        logits = model(input_ids=ids).logits
    turn_wide_layers(model)
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())
    with torch.inference_mode():
        assert torch.allclose(model(input_ids=ids).logits, logits, atol=1e-5)


def test_wide_layers_lie_column_by_column_and_what_was_shared_still_is(models):
    model = AutoModelForCausalLM.from_pretrained(models / "tiny", dtype=torch.float32)
    turn_wide_layers(model)
    attention = model.model.layers[0].self_attn
    assert model.lm_head.weight.stride() == (1, model.config.vocab_size)
    assert attention.q_proj.weight.stride() == (1, 64)
    assert attention.k_proj.weight.stride() == (64, 1)
    assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()
