"""Linear layers whose weight is split over the ranks."""

import torch
from torch import nn

from vllm.distributed.communication_op import tensor_model_parallel_all_reduce, tensor_model_parallel_size


class UnquantizedLinearMethod:
    def apply(self, layer, x):
        return torch.nn.functional.linear(x, layer.weight)


class ColumnParallelLinear(nn.Module):
    def __init__(self, input_size, output_size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(output_size // tensor_model_parallel_size(), input_size))
        self.quant_method = UnquantizedLinearMethod()

    def forward(self, x):
        return self.quant_method.apply(self, x)


class MergedColumnParallelLinear(ColumnParallelLinear):
    def __init__(self, input_size, output_sizes):
        super().__init__(input_size, sum(output_sizes))


class QKVParallelLinear(ColumnParallelLinear):
    def __init__(self, hidden_size, head_size, heads, kv_heads):
        super().__init__(hidden_size, head_size * (heads + 2 * kv_heads))


class RowParallelLinear(nn.Module):
    def __init__(self, input_size, output_size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(output_size, input_size // tensor_model_parallel_size()))
        self.quant_method = UnquantizedLinearMethod()

    def forward(self, x):
        partial = self.quant_method.apply(self, x)
        return tensor_model_parallel_all_reduce(partial)
