"""The layers that aMUSEd's transformer is made of, with the operators that diffusers 0.27.2 calls for them on PyTorch 1.13.

Names of modules are those of the checkpoint. Weights are set by the loader, which is why none is initialised: a module here
is made of parameters without memory of their own.
"""

import torch
import torch.nn.functional as F
from torch import nn


class Linear(nn.Module):
    """x W^T + b."""

    def __init__(self, size_in, size_out, bias):
        super().__init__()
        self.weight = unset(size_out, size_in)
        self.bias = unset(size_out) if bias else None

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class Conv2d(nn.Module):
    """2-D cross-correlation."""

    def __init__(self, size_in, size_out, kernel, bias, stride=1, padding=0, groups=1):
        super().__init__()
        self.weight = unset(size_out, size_in // groups, kernel, kernel)
        self.bias = unset(size_out) if bias else None
        self.stride, self.padding, self.groups = stride, padding, groups

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding, 1, self.groups)


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight."""

    def __init__(self, size, eps, affine=True):
        super().__init__()
        self.eps = eps
        self.weight = unset(size) if affine else None

    def forward(self, x):
        variance = x.to(torch.float32).pow(2).mean(-1, keepdim=True)
        normal = x * torch.rsqrt(variance + self.eps)
        return normal if self.weight is None else normal * self.weight


class LayerNorm(nn.Module):
    """Layer normalisation, with a shift where the network has biases."""

    def __init__(self, size, eps, affine, bias):
        super().__init__()
        self.size, self.eps = (size,), eps
        self.weight = unset(size) if affine else None
        self.bias = unset(size) if affine and bias else None

    def forward(self, x):
        return F.layer_norm(x, self.size, self.weight, self.bias, self.eps)


class AdaLayerNorm(nn.Module):
    """norm(x) (1 + scale) + shift, both projected from the condition: AdaLayerNormContinuous."""

    def __init__(self, config, norm):
        super().__init__()
        self.linear = Linear(config["hidden_size"], 2 * config["hidden_size"], config["use_bias"])
        self.norm = norm

    def forward(self, x, condition):
        scale, shift = torch.chunk(self.linear(F.silu(condition).to(x.dtype)), 2, dim=1)
        return self.norm(x) * (1 + scale)[:, None, :] + shift[:, None, :]


class Attention(nn.Module):
    """Attention as the processor for PyTorch before 2.0 computes it, with nothing masked."""

    def __init__(self, width, heads, bias):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.to_q, self.to_k, self.to_v = (Linear(width, width, bias) for _ in range(3))
        self.to_out = nn.ModuleList([Linear(width, width, bias), nn.Dropout(0.0)])

    def forward(self, x, memory=None):
        memory = x if memory is None else memory
        query = self.split(self.to_q(x))
        key, value = self.to_k(memory), self.to_v(memory)
        key, value = self.split(key), self.split(value)
        # With beta = 0 the first operand gives its shape alone.
        scores = torch.baddbmm(
            torch.empty(query.shape[0], query.shape[1], key.shape[1], dtype=query.dtype, device=query.device),
            query, key.transpose(-1, -2), beta=0, alpha=self.scale,
        )
        shares = scores.softmax(dim=-1)
        del scores
        mixed = self.join(torch.bmm(shares.to(query.dtype), value))
        # The processor divides by its rescale_output_factor whatever that is.
        return self.to_out[1](self.to_out[0](mixed)) / 1.0

    def split(self, x):
        batch, length, width = x.shape
        x = x.reshape(batch, length, self.heads, width // self.heads).permute(0, 2, 1, 3)
        return x.reshape(batch * self.heads, length, width // self.heads)

    def join(self, x):
        rows, length, width = x.shape
        x = x.reshape(rows // self.heads, self.heads, length, width).permute(0, 2, 1, 3)
        return x.reshape(rows // self.heads, length, width * self.heads)


class Geglu(nn.Module):
    """value * gelu(gate)."""

    def __init__(self, size_in, size_out, bias):
        super().__init__()
        self.proj = Linear(size_in, 2 * size_out, bias)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """The feed-forward layer of a transformer layer."""

    def __init__(self, config):
        super().__init__()
        hidden, inner, bias = config["hidden_size"], config["intermediate_size"], config["use_bias"]
        self.net = nn.ModuleList([Geglu(hidden, inner, bias), nn.Dropout(0.0), Linear(inner, hidden, bias)])

    def forward(self, x):
        for part in self.net:
            x = part(x)
        return x


class GlobalResponseNorm(nn.Module):
    """gamma x n + beta + x, n a channel's norm over the grid by the mean of all channels'."""

    def __init__(self, channels):
        super().__init__()
        self.gamma, self.beta = unset(1, 1, 1, channels), unset(1, 1, 1, channels)

    def forward(self, x):
        norms = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
        shares = norms / (norms.mean(dim=-1, keepdim=True) + 1e-6)
        return self.gamma * (x * shares) + self.beta + x


def unset(*shape):
    """A parameter whose values are the loader's to bring; expanded from one number, it takes no memory."""
    return nn.Parameter(torch.zeros(()).expand(shape), requires_grad=False)
