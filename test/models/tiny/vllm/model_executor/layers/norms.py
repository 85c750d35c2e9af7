import torch.nn as nn


class RMSNorm(nn.Module):
    def forward(self, x, residual=None):
        return x
