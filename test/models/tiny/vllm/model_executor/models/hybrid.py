from torch import nn

from vllm.model_executor.layers import RMSNorm
from vllm.model_executor.layers.blocks import MambaMixer

from .plain import PlainAttention
from .utils import make_layers


class HybridAttentionLayer(nn.Module):
    def __init__(self, config, prefix=""):
        self.norm = RMSNorm()
        self.mixer = PlainAttention()

    def forward(self, positions, x):
        return self.mixer(positions, self.norm(x))


class HybridMambaLayer(nn.Module):
    def __init__(self, config, prefix=""):
        self.norm = RMSNorm()
        self.mixer = MambaMixer()

    def forward(self, positions, x):
        return self.mixer(self.norm(x))


LAYERS = {"attention": HybridAttentionLayer, "mamba": HybridMambaLayer}


class HybridModel(nn.Module):
    def __init__(self, config):
        def get_layer(prefix):
            layer_class = LAYERS[config.kinds[0]]
            return layer_class(config, prefix=prefix)

        self.start, self.end, self.layers = make_layers(config.count, get_layer, prefix="layers")

    def forward(self, positions, x):
        for i in range(self.start, self.end):
            layer = self.layers[i]
            x = layer(positions, x)
        return x


class HybridForCausalLM(nn.Module):
    def __init__(self, config):
        self.backbone = HybridModel(config)

    def forward(self, positions, x):
        return self.backbone(positions, x)
