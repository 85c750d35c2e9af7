"""Where the tokens of a step are in the KV cache."""

from vllm.triton_utils import tl, triton


class BlockTable:
    def __init__(self, block_size, block_table, slot_mapping):
        self.block_size = block_size
        self.block_table = block_table
        self.slot_mapping = slot_mapping

    def compute_slot_mapping(self, positions):
        grid = (positions.shape[0],)
        _compute_slot_mapping_kernel[grid](positions, self.block_table, self.slot_mapping, self.block_size)
        return self.slot_mapping


@triton.jit
def _compute_slot_mapping_kernel(positions, block_table, slot_mapping, block_size: tl.constexpr):
    token = tl.program_id(0)
    position = tl.load(positions + token)
    block = tl.load(block_table + position // block_size)
    tl.store(slot_mapping + token, block * block_size + position % block_size)
