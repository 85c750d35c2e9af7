from itertools import islice

import torch
from torch import nn

from vllm.model_executor.layers import RMSNorm
from vllm.model_executor.layers.blocks import (
    Attention,
    EncoderOnlyAttention,
    LogitsProcessor,
    ParallelLMHead,
    SiluAndMul,
    VocabParallelEmbedding,
    get_rope,
    maybe_fused,
)
from vllm.model_executor.layers.linear import MergedColumnParallelLinear, QKVParallelLinear, RowParallelLinear

from .utils import PPMissingLayer, make_layers


class PlainMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_up_proj = MergedColumnParallelLinear()
        self.down_proj = RowParallelLinear()
        self.act_fn = SiluAndMul()

    def forward(self, x):
        x, _ = self.gate_up_proj(x)
        x = maybe_fused(self.act_fn, x, self.down_proj)
        x, _ = self.down_proj(x)
        return x


class PlainAttention(nn.Module):
    def __init__(self, encoder=False):
        super().__init__()
        self.qkv_proj = QKVParallelLinear()
        self.o_proj = RowParallelLinear()
        self.rotary_emb = get_rope(64)
        attn_cls = EncoderOnlyAttention if encoder else Attention
        self.attn = attn_cls()

    def forward(self, positions, x):
        qkv, _ = self.qkv_proj(x)
        q, k, v = qkv.split([1, 1, 1], dim=-1)
        q, k = self.rotary_emb(positions, q, k)
        return self._finish(self.attn(q, k, v))

    def _finish(self, x):
        output, _ = self.o_proj(x)
        return output


class PlainDecoderLayer(nn.Module):
    def __init__(self, config, prefix=""):
        super().__init__()
        self.self_attn = PlainAttention()
        self.mlp = PlainMLP()
        self.input_layernorm = RMSNorm()
        self.post_attention_layernorm = RMSNorm()

    def forward(self, positions, x, residual):
        if residual is None:
            residual = x
            x = self.input_layernorm(x)
        else:
            x, residual = self.input_layernorm(x, residual)
        x = self.self_attn(positions=positions, x=x)
        x, residual = self.post_attention_layernorm(x, residual)
        return self.mlp(x), residual


class PlainModel(nn.Module):
    def __init__(self, *, config, layer_type: type[nn.Module] = PlainDecoderLayer):
        super().__init__()
        self.embed_tokens = VocabParallelEmbedding()
        layer_type = layer_type or PlainDecoderLayer
        self.start, self.end, self.layers = make_layers(
            config.count,
            lambda prefix: layer_type(config=config, prefix=prefix),
            prefix="layers",
        )
        if config.last:
            self.norm = RMSNorm()
        else:
            self.norm = PPMissingLayer()

    def embed(self, ids):
        return self.embed_tokens(ids)

    def forward(self, ids, positions, given=None):
        if config.first:
            if given is not None:
                x = given
            else:
                if ids is None:
                    raise ValueError("nothing given")
                x = self.embed(ids)
            residual = None
        for index, layer in enumerate(islice(self.layers, self.start, self.end)):
            x, residual = layer(positions, x, residual)
        if not config.last:
            return x
        x, _ = self.norm(x, residual)
        return x


class PlainForCausalLM(nn.Module):
    def __init__(self, *, config):
        super().__init__()
        self.model = self._init_model(config)
        self.lm_head = ParallelLMHead()
        if config.tied:
            self.lm_head = self.model.embed_tokens
        self.logits_processor = LogitsProcessor()

    def _init_model(self, config):
        return PlainModel(config=config)

    def forward(self, ids, positions):
        return self.model(ids, positions)

    def compute_logits(self, x):
        return self.logits_processor(self.lm_head, x)
