import triton
from torch import nn

from ....model_executor.layers.linear import MergedColumnParallelLinear
from ....model_executor.models.plain import PlainAttention


class IslandFusedProj(MergedColumnParallelLinear):
    def forward(self, x):
        return super().forward(x * 2)


@triton.jit
def scatter_kernel(x):
    pass


class IslandLayer(nn.Module):
    def __init__(self):
        self.attn = PlainAttention()
        self.fused_proj = IslandFusedProj()

    def forward(self, positions, x):
        scatter_kernel[(1,)](x)
        return self.fused_proj(self.attn(positions, x))


class IslandForCausalLM(nn.Module):
    def __init__(self, config):
        layers = []
        for _ in range(config.count):
            layers.append(IslandLayer())
        self.layers = nn.ModuleList(layers)

    def forward(self, positions, x):
        for layer in self.layers[:4]:
            x = layer(positions, x)
        for layer in self.layers[4:]:
            x = layer(positions, x)
        return x
