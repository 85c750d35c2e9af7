from torch import nn


class RMSNorm(nn.Module):
    def forward(self, x):
        return x


class RowParallelLinear(nn.Module):
    def forward(self, x):
        return x


class RadixAttention(nn.Module):
    def forward(self, x):
        return x


def get_moe_impl_class(config):
    return choose(config)


def general_mm_embed_routine(ids, language_model):
    return language_model(ids)


def make_layers(count, layer_fn, pp_rank=None, pp_size=None):
    return [layer_fn(idx=0, prefix="")], 0, count
