"""Rotary position embedding of queries and keys, in place."""

import torch
from torch import nn


class RotaryEmbedding(nn.Module):
    def __init__(self, head_size, base):
        super().__init__()
        self.head_size = head_size
        self.cos_sin_cache = nn.Buffer(torch.empty(32768, head_size))

    def forward(self, positions, query, key):
        torch.ops._C.rotary_embedding(positions, query, key, self.head_size, self.cos_sin_cache, True)
        return query, key
