_TEXT_GENERATION_MODELS = {
    "PlainForCausalLM": ("plain", "PlainForCausalLM"),
    "HeirForCausalLM": ("heir", "HeirForCausalLM"),
    "SparseForCausalLM": ("sparse", "SparseForCausalLM"),
    "HybridForCausalLM": ("hybrid", "HybridForCausalLM"),
    "MixedForCausalLM": (
        "mixed",
        "MixedForCausalLM",
    ),
    "IslandForCausalLM": ("vllm.models.island", "IslandForCausalLM"),
    "LostForCausalLM": ("lost", "LostForCausalLM"),
}

_MULTIMODAL_MODELS = {
    "SeeingForCausalLM": ("seeing", "SeeingForCausalLM"),
    "ChosenForCausalLM": ("seeing", "ChosenForCausalLM"),
}

_TRANSFORMERS_MODELS = {
    "TransformersForCausalLM": ("transformers", "TransformersForCausalLM"),
}
