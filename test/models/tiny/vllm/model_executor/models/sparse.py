from torch import nn

from vllm.distributed import tensor_model_parallel_all_reduce
from vllm.model_executor.layers.blocks import FusedMoE
from vllm.model_executor.layers.linear import ReplicatedLinear

from . import plain
from .plain import PlainMLP


class SparseExperts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = ReplicatedLinear()
        self.shared_experts = PlainMLP()
        self.experts = FusedMoE(shared_experts=self.shared_experts, gate=self.gate)

    def forward(self, x):
        logits, _ = self.gate(x)
        x = self.experts(x, logits)
        if self.tp_size > 1:
            x = tensor_model_parallel_all_reduce(x)
        return x


class SparseDecoderLayer(plain.PlainDecoderLayer):
    def __init__(self, config, prefix=""):
        super().__init__(config, prefix)
        if config.sparse:
            self.mlp = SparseExperts()
        else:
            self.mlp = PlainMLP()


class SparseModel(plain.PlainModel):
    def __init__(self, *, config):
        super().__init__(config=config, layer_type=SparseDecoderLayer)


class SparseForCausalLM(plain.PlainForCausalLM):
    def __init__(self, *, config):
        super().__init__(config=config)
        self.model = SparseModel(config=config)
