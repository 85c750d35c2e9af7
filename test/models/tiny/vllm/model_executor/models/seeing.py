from torch import nn

from .utils import init_vllm_registered_model


class SeeingForCausalLM(nn.Module):
    def __init__(self, config):
        self.language_model = init_vllm_registered_model(
            config,
            architectures=["PlainForCausalLM"],
        )

    def forward(self, ids, positions):
        return self.language_model.model(ids, positions)

    def compute_logits(self, x):
        return self.language_model.compute_logits(x)


class ChosenForCausalLM(nn.Module):
    def __init__(self, config):
        self.language_model = init_vllm_registered_model(config)

    def forward(self, ids, positions):
        return self.language_model.model(ids, positions)
