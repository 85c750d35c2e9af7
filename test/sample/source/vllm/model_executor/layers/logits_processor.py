"""Hidden states to logits of the whole vocabulary."""

from torch import nn

from vllm.distributed.communication_op import tensor_model_parallel_all_gather


class LogitsProcessor(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.vocab_size = vocab_size

    def forward(self, lm_head, hidden_states):
        logits = lm_head.quant_method.apply(lm_head, hidden_states)
        logits = tensor_model_parallel_all_gather(logits)
        return logits[..., : self.vocab_size]
