from vllm.model_executor.layers import RMSNorm

from .plain import PlainAttention, PlainDecoderLayer, PlainForCausalLM, PlainModel


class HeirAttention(PlainAttention):
    def __init__(self):
        super().__init__()
        self.q_norm = RMSNorm()

    def forward(self, positions, x):
        qkv, _ = self.qkv_proj(x)
        qkv = self.q_norm(qkv)
        return self._finish(self.attn(qkv, qkv, qkv))


class HeirDecoderLayer(PlainDecoderLayer):
    def __init__(self, config, prefix=""):
        super().__init__(config, prefix)
        self.self_attn = HeirAttention()


class HeirModel(PlainModel):
    def __init__(self, *, config):
        super().__init__(config=config, layer_type=HeirDecoderLayer)


class HeirForCausalLM(PlainForCausalLM):
    def _init_model(self, config):
        return HeirModel(config=config)
