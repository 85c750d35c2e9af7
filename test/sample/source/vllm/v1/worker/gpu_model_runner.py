"""Runs the model for one engine step."""

import torch
from torch.profiler import record_function


class GPUModelRunner:
    def __init__(self, model, sampler, block_table):
        self.model = model
        self.block_table = block_table
        self.sampler = sampler

    def _prepare_inputs(self, scheduler_output):
        self.block_table.compute_slot_mapping(scheduler_output.positions)
        return {name: value.to('cuda', non_blocking=True) for name, value in scheduler_output.inputs.items()}

    @torch.inference_mode()
    def execute_model(self, scheduler_output):
        with record_function(scheduler_output.annotation):
            inputs = self._prepare_inputs(scheduler_output)
            hidden_states = self.model(**inputs)
            logits = self.model.compute_logits(hidden_states[scheduler_output.last_tokens])
            sampled = self.sampler(logits)
        return self._bookkeeping_sync(sampled)

    def _bookkeeping_sync(self, sampled):
        return sampled.to('cpu').tolist()
