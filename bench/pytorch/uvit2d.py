"""aMUSEd's transformer as UVit2DModel of diffusers 0.27.2 computes it, for grids that are neither halved nor doubled.

Written for timing: the same operators in the same order as the reference runs eagerly, so that its time is PyTorch's own.
"""

import json
import math

import torch
import torch.nn.functional as F
from torch import nn

import safetensors_file
from layers import AdaLayerNorm, Attention, Conv2d, FeedForward, GlobalResponseNorm, LayerNorm, Linear, RMSNorm, unset


class Embed(nn.Module):
    """Tokens to vectors."""

    def __init__(self, config):
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.weight = unset(config["vocab_size"], config["in_channels"])
        self.layer_norm = norm(config, config["in_channels"])
        self.conv = Conv2d(config["in_channels"], config["block_out_channels"], 1, config["use_bias"])

    def forward(self, ids):
        vectors = self.layer_norm(F.embedding(ids, self.embeddings.weight))
        return self.conv(vectors.permute(0, 3, 1, 2))


class Condition(nn.Module):
    """Two projections with SiLU between them: TimestepEmbedding."""

    def __init__(self, config):
        super().__init__()
        hidden, bias = config["hidden_size"], config["use_bias"]
        self.linear_1 = Linear(config["micro_cond_embed_dim"] + config["cond_embed_dim"], hidden, bias)
        self.linear_2 = Linear(hidden, hidden, bias)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class ResBlock(nn.Module):
    """A ConvNeXt block."""

    def __init__(self, config):
        super().__init__()
        channels, bias = config["block_out_channels"], config["use_bias"]
        self.depthwise = Conv2d(channels, channels, 3, bias, padding=1, groups=channels)
        self.norm = norm(config, channels)
        self.channelwise_linear_1 = Linear(channels, 4 * channels, bias)
        self.channelwise_norm = GlobalResponseNorm(4 * channels)
        self.channelwise_linear_2 = Linear(4 * channels, channels, bias)
        self.cond_embeds_mapper = Linear(config["hidden_size"], 2 * channels, bias)

    def forward(self, x, condition):
        given = x
        x = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        x = self.channelwise_norm(F.gelu(self.channelwise_linear_1(x)))
        x = self.channelwise_linear_2(x).permute(0, 3, 1, 2)
        x = x + given
        scale, shift = self.cond_embeds_mapper(F.silu(condition)).chunk(2, dim=1)
        return x * (1 + scale[:, :, None, None]) + shift[:, :, None, None]


class AttentionBlock(nn.Module):
    """Two attentions to the text: SkipFFTransformerBlock."""

    def __init__(self, config):
        super().__init__()
        channels, hidden, bias = config["block_out_channels"], config["hidden_size"], config["use_bias"]
        self.kv_mapper = None if channels == hidden else Linear(hidden, channels, bias)
        self.norm1, self.norm2 = RMSNorm(channels, 1e-6), RMSNorm(channels, 1e-6)
        self.attn1, self.attn2 = (Attention(channels, config["block_num_heads"], bias) for _ in range(2))

    def forward(self, x, text):
        if self.kv_mapper is not None:
            text = self.kv_mapper(F.silu(text))
        x = self.attn1(self.norm1(x), text) + x
        return self.attn2(self.norm2(x), text) + x


class Block(nn.Module):
    """What lies before the transformer layers, and after them."""

    def __init__(self, config):
        super().__init__()
        self.res_blocks = nn.ModuleList([ResBlock(config) for _ in range(config["num_res_blocks"])])
        self.attention_blocks = nn.ModuleList([AttentionBlock(config) for _ in range(config["num_res_blocks"])])

    def forward(self, x, text, condition):
        for res_block, attention_block in zip(self.res_blocks, self.attention_blocks):
            x = res_block(x, condition)
            batch, channels, height, width = x.shape
            x = attention_block(x.view(batch, channels, height * width).permute(0, 2, 1), text)
            x = x.permute(0, 2, 1).view(batch, channels, height, width)
        return x


class Layer(nn.Module):
    """A transformer layer."""

    def __init__(self, config):
        super().__init__()
        hidden, heads, bias = config["hidden_size"], config["num_attention_heads"], config["use_bias"]
        self.norm1, self.norm2 = (AdaLayerNorm(config, norm(config, hidden)) for _ in range(2))
        self.norm3 = AdaLayerNorm(config, LayerNorm(hidden, config["layer_norm_eps"], config["ln_elementwise_affine"], bias))
        self.attn1, self.attn2 = (Attention(hidden, heads, bias) for _ in range(2))
        self.ff = FeedForward(config)

    def forward(self, x, text, condition):
        x = self.attn1(self.norm1(x, condition)) + x
        x = self.attn2(self.norm2(x, condition), text) + x
        return self.ff(self.norm3(x, condition)) + x


class Logits(nn.Module):
    """Vectors to logits: ConvMlmLayer."""

    def __init__(self, config):
        super().__init__()
        self.conv1 = Conv2d(config["block_out_channels"], config["in_channels"], 1, config["use_bias"])
        self.layer_norm = norm(config, config["in_channels"])
        self.conv2 = Conv2d(config["in_channels"], config["codebook_size"], 1, config["use_bias"])

    def forward(self, x):
        x = self.layer_norm(self.conv1(x).permute(0, 2, 3, 1))
        return self.conv2(x.permute(0, 3, 1, 2))


class UVit2D(nn.Module):
    """The whole network."""

    def __init__(self, config):
        super().__init__()
        if config["downsample"] or config["upsample"]:
            raise SystemExit("uvit2d.py: the config asks for downsample or upsample; expected neither")
        self.config = config
        channels, hidden, bias = config["block_out_channels"], config["hidden_size"], config["use_bias"]
        self.encoder_proj = Linear(config["encoder_hidden_size"], hidden, bias)
        self.encoder_proj_layer_norm = norm(config, hidden)
        self.embed = Embed(config)
        self.cond_embed = Condition(config)
        self.down_block = Block(config)
        self.project_to_hidden_norm = norm(config, channels)
        self.project_to_hidden = Linear(channels, hidden, bias)
        self.transformer_layers = nn.ModuleList([Layer(config) for _ in range(config["num_hidden_layers"])])
        self.project_from_hidden_norm = norm(config, hidden)
        self.project_from_hidden = Linear(hidden, channels, bias)
        self.up_block = Block(config)
        self.mlm_layer = Logits(config)

    def forward(self, ids, text, pooled, micro):
        text = self.encoder_proj_layer_norm(self.encoder_proj(text))
        numbers = encode(micro.flatten(), self.config["micro_cond_encode_dim"]).reshape(ids.shape[0], -1)
        condition = self.cond_embed(torch.cat([pooled, numbers], dim=1).to(text.dtype)).to(text.dtype)
        x = self.down_block(self.embed(ids), text, condition)
        batch, channels, height, width = x.shape
        x = x.permute(0, 2, 3, 1).reshape(batch, height * width, channels)
        x = self.project_to_hidden(self.project_to_hidden_norm(x))
        for layer in self.transformer_layers:
            x = layer(x, text, condition)
        x = self.project_from_hidden(self.project_from_hidden_norm(x))
        x = x.reshape(batch, height, width, channels).permute(0, 3, 1, 2)
        return self.mlm_layer(self.up_block(x, text, condition))


def norm(config, size):
    """The normalisation of everything but feed-forward layers and the blocks' attentions."""
    return RMSNorm(size, config["layer_norm_eps"], config["ln_elementwise_affine"])


def encode(numbers, width):
    """Each number as cosines, then sines: get_timestep_embedding with flip_sin_to_cos and no shift."""
    half = width // 2
    exponents = -math.log(10000) * torch.arange(0, half, dtype=torch.float32) / half
    angles = numbers[:, None].float() * torch.exp(exponents)[None, :]
    both = torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1)
    both = torch.cat([both[:, half:], both[:, :half]], dim=-1)
    return F.pad(both, (0, 1)) if width % 2 else both


def load(folder):
    """The network of a folder of diffusers, over its mapped file."""
    with open(f"{folder}/config.json", encoding="utf-8") as file:
        config = json.load(file)
    network = UVit2D(config)
    weights = safetensors_file.read(f"{folder}/diffusion_pytorch_model.safetensors")
    own = dict(network.named_parameters())
    wrong = sorted(own.keys() ^ weights.keys()) + sorted(n for n in own.keys() & weights.keys() if own[n].shape != weights[n].shape)
    if wrong:
        raise SystemExit(f"uvit2d.py: {folder} does not hold this network: {', '.join(wrong[:5])} and {max(0, len(wrong) - 5)} more are missing, unknown or misshapen")
    for name, parameter in own.items():
        parameter.data = weights[name]
    return network.eval()
