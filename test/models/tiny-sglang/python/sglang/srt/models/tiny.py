from torch import nn

from sglang.srt.layers.blocks import (
    RadixAttention,
    RMSNorm,
    RowParallelLinear,
    general_mm_embed_routine,
    get_moe_impl_class,
    make_layers,
)
from sglang.srt.layers.communicator import LayerCommunicator
from sglang.srt.utils import is_npu, run_two_batches

_is_npu = is_npu()


class TinyExperts(nn.Module):
    def __init__(self, config):
        self.experts = get_moe_impl_class(config)(config.count)

    def forward(self, x):
        return self.experts(x)


class TinyLayer(nn.Module):
    def __init__(self, config):
        self.attn = RadixAttention()
        self.proj = RowParallelLinear()
        self.mlp = TinyExperts(config)
        self.input_layernorm = RMSNorm()
        self.post_attention_layernorm = RMSNorm()
        self.layer_communicator = LayerCommunicator(
            modes=None,
            input_layernorm=self.input_layernorm,
            post_attention_layernorm=self.post_attention_layernorm,
        )

    def prepare_npu(self, x):
        return self.proj(self.proj(x))

    def forward(self, x, residual):
        x, residual = self.layer_communicator.prepare_attn(x, residual)
        if x.shape[0] != 0:
            if not _is_npu:
                x = self.attn(x)
            else:
                x = self.prepare_npu(x)
        x = self.proj(x)
        x, residual = self.layer_communicator.prepare_mlp(x, residual)
        return self.mlp(x), residual


class TinyModel(nn.Module):
    def __init__(self, config):
        self.layers, self.start_layer, self.end_layer = make_layers(
            config.count,
            lambda idx, prefix: TinyLayer(config),
            pp_rank=0,
            pp_size=1,
        )

    def forward(self, batch, x):
        if batch.two_at_a_time:
            x = run_two_batches(self.layers, x)
        else:
            for i in range(self.start_layer, self.end_layer):
                layer = self.layers[i]
                x, residual = layer(x, residual)
        return x


class TinyForConditionalGeneration(nn.Module):
    def __init__(self, config):
        self.model = TinyModel(config)

    def forward(self, ids):
        return general_mm_embed_routine(ids, language_model=self.model)


EntryClass = [TinyForConditionalGeneration]
