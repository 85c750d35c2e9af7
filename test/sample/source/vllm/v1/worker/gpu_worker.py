"""One process, one GPU."""

import torch


class Worker:
    def __init__(self, model_runner):
        self.model_runner = model_runner

    @torch.inference_mode()
    def execute_model(self, scheduler_output):
        return self.model_runner.execute_model(scheduler_output)
