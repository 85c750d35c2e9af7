"""Collectives of the tensor-parallel group."""

import torch.distributed as dist


def tensor_model_parallel_size():
    return dist.get_world_size()


def tensor_model_parallel_all_reduce(input_):
    dist.all_reduce(input_)
    return input_


def tensor_model_parallel_all_gather(input_):
    parts = input_.new_empty((dist.get_world_size(),) + input_.shape)
    dist.all_gather_into_tensor(parts, input_)
    return parts.movedim(0, -2).flatten(-2)
