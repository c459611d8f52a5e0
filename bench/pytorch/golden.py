"""Checks these programs against what the reference computed: `python3 golden.py` in a checkout prints what differs, and how much.

The recorded random draws of the golden cases take the place of those that decode.py makes.
"""

import pathlib

import torch

import decode
import safetensors_file
import uvit2d

GOLDEN = pathlib.Path(__file__).parent.parent.parent / "tests" / "golden"
MASK = 15


def network(name):
    """The network and each of its parts that a case has the output of."""
    folder = GOLDEN / name
    inputs, outputs = (safetensors_file.read(folder / f"{kind}.safetensors") for kind in ("inputs", "outputs"))
    model, found = uvit2d.load(folder), {}
    for part, module in model.named_modules():
        if f"mid.{part}" in outputs:
            module.register_forward_hook(lambda _, __, result, part=part: found.__setitem__(f"mid.{part}", result))
    found["logits"] = model(*(inputs[i] for i in ("input_ids", "encoder_hidden_states", "pooled_text_emb", "micro_conds")))
    for output, expected in outputs.items():
        report(f"{name} {output}", (found[output] - expected).abs().max().item())


def scheduler(name):
    """Every step of a decoding."""
    folder = GOLDEN / name
    inputs, outputs = (safetensors_file.read(folder / f"{kind}.safetensors") for kind in ("inputs", "outputs"))
    steps, grids = len(outputs["timesteps"]), inputs["sample_0"]
    for step in range(steps):
        exponential, uniform = inputs[f"exponential_{step}"], inputs.get(f"uniform_{step}")
        decode.torch.multinomial = lambda shares, _, generator: (shares / exponential.reshape(shares.shape)).argmax(-1, keepdim=True)
        decode.gumbel = lambda *_: -torch.log((-torch.log(uniform.clamp(1e-20))).clamp(1e-20))
        grids = decode.advance(inputs[f"logits_{step}"], grids, MASK, step, steps, outputs["temperatures"], None)
        report(f"{name} step {step}", (grids != outputs[f"prev_sample_{step}"]).sum().item())


def report(what, difference):
    print(f"{what}: {'equal' if difference == 0 else f'differs by {difference}'}")


with torch.inference_mode():
    network("amused_uvit_a_256like")
    scheduler("amused_sched_b_batch_12steps")
