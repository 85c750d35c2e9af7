"""Token embedding and output head, split over the ranks by vocabulary."""

import torch
from torch import nn

from vllm.distributed.communication_op import tensor_model_parallel_all_reduce, tensor_model_parallel_size
from vllm.model_executor.layers.linear import UnquantizedLinearMethod


class VocabParallelEmbedding(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(vocab_size // tensor_model_parallel_size(), hidden_size))
        self.quant_method = UnquantizedLinearMethod()

    def forward(self, input_ids):
        partial = torch.nn.functional.embedding(input_ids, self.weight)
        return tensor_model_parallel_all_reduce(partial)


class ParallelLMHead(VocabParallelEmbedding):
    pass
