"""Masked decoding as AmusedPipeline and AmusedScheduler of diffusers 0.27.2 do it.

Every step runs the whole network over all rows and all places: unconditional rows first, then conditional ones.
"""

import math

import torch


def decode(network, text, pooled, micro, side, steps, guidance, seed):
    """The token grids of a batch.

    text [2 B, L, width], pooled [2 B, width] and micro [2 B, 5] have the unconditional rows first. Returns [B, side, side].
    """
    mask = network.config["vocab_size"] - 1
    batch = text.shape[0] // 2
    draws = torch.Generator().manual_seed(seed)
    temperatures = torch.linspace(2, 0, steps)
    grids = torch.full((batch, side, side), mask, dtype=torch.long)
    for step in range(steps):
        logits = network(torch.cat([grids] * 2), text, pooled, micro)
        unconditional, conditional = logits.chunk(2)
        logits = unconditional + guidance * (conditional - unconditional)
        grids = advance(logits, grids, mask, step, steps, temperatures, draws)
    return grids


def advance(logits, grids, mask, step, steps, temperatures, draws):
    """One step of the scheduler: samples every masked token, and masks the least certain again."""
    batch, codes, height, width = logits.shape
    tokens = grids.reshape(batch, height * width)
    logits = logits.reshape(batch, codes, height * width).permute(0, 2, 1)
    unknown = tokens == mask
    probabilities = logits.softmax(dim=-1)
    sampled = torch.multinomial(probabilities.reshape(-1, codes), 1, generator=draws)[:, 0].view(batch, height * width)
    sampled = torch.where(unknown, sampled, tokens)
    if step == steps - 1:
        return sampled.reshape(batch, height, width)

    ratio = torch.tensor([[(step + 1) / steps]])
    count = (tokens.shape[1] * torch.cos(ratio * math.pi / 2)).floor()
    count = torch.max(torch.tensor([1]), torch.min(unknown.sum(dim=-1, keepdim=True) - 1, count))
    chosen = torch.gather(probabilities, -1, sampled[:, :, None])[:, :, 0]
    chosen = torch.where(unknown, chosen, torch.finfo(chosen.dtype).max)
    confidence = torch.log(chosen.clamp(1e-20)) + temperatures[step] * gumbel(chosen, draws)
    limit = torch.gather(torch.sort(confidence, dim=-1).values, 1, count.long())
    return torch.where(confidence < limit, mask, sampled).reshape(batch, height, width)


def gumbel(like, draws):
    """Noise of the standard Gumbel distribution."""
    uniform = torch.zeros_like(like).uniform_(0, 1, generator=draws)
    return -torch.log((-torch.log(uniform.clamp(1e-20))).clamp(1e-20))
