import torch
import torch.nn as nn


class SiluAndMul(nn.Module):
    def forward(self, x):
        return x


class Attention(nn.Module):
    def forward(self, q, k, v):
        return torch.ops.vllm.unified_attention(q, k, v)


class EncoderOnlyAttention(Attention):
    pass


class VocabParallelEmbedding(nn.Module):
    def forward(self, ids):
        return ids


class ParallelLMHead(VocabParallelEmbedding):
    pass


class LogitsProcessor(nn.Module):
    def forward(self, head, x):
        return x


class FusedMoE(nn.Module):
    def __init__(self, shared_experts=None, gate=None):
        self.shared_experts = shared_experts

    def forward(self, x, logits):
        return x


class MambaMixer(nn.Module):
    def __init__(self):
        from .linear import ReplicatedLinear

        self.in_proj = ReplicatedLinear()
        self.out_proj = ReplicatedLinear()

    def forward(self, x):
        return torch.ops.vllm.mamba_mixer(x)

    def forward_cuda(self, x):
        states = self.in_proj(x)
        states = torch.ops.vllm.mamba_scan(states)
        return self.out_proj(states)


def get_rope(size):
    return SomethingElse(size)


def maybe_fused(act, x, following):
    return act(x)
