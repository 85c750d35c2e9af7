"""Picks the next token of each request."""

from torch import nn


class Sampler(nn.Module):
    def forward(self, logits):
        return self.greedy_sample(logits)

    @staticmethod
    def greedy_sample(logits):
        return logits.argmax(dim=-1)
