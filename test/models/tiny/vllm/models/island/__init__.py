from vllm.platforms import current_platform

if current_platform.is_cuda():
    from .gpu.model import IslandForCausalLM
else:
    from .elsewhere import IslandForCausalLM
