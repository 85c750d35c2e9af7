from torch import nn

from vllm.model_executor.layers.blocks import MambaMixer
from vllm.model_executor.layers.linear import ReplicatedLinear

from .plain import PlainAttention


class MixedLayer(nn.Module):
    def __init__(self, kind):
        if kind == "full":
            self.self_attn = PlainAttention()
        else:
            self.linear_attn = MambaMixer()
        self.out = nn.Sequential(ReplicatedLinear(), nn.GELU())

    def forward(self, positions, x):
        if self.kind == "full":
            x = self.self_attn(positions, x)
        elif self.kind == "linear":
            x = self.linear_attn(x)
        else:
            raise ValueError(self.kind)
        return self.out(x)


class MixedForCausalLM(nn.Module):
    def __init__(self, config):
        self.h = nn.ModuleList([MixedLayer(kind) for kind in config.kinds])

    def forward(self, positions, x):
        for block in self.h:
            x = block(positions, x)
        return x
