import torch.nn as nn


class ReplicatedLinear(nn.Module):
    def forward(self, x):
        return self.quant_method.apply(x)


class QKVParallelLinear(ReplicatedLinear):
    pass


class MergedColumnParallelLinear(ReplicatedLinear):
    pass


class RowParallelLinear(ReplicatedLinear):
    pass
