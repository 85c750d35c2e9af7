"""Marks a model for torch.compile with one CUDA graph per piece between attentions."""


def support_torch_compile(cls):
    inner = cls.__call__

    def __call__(self, *args, **kwargs):
        return inner(self, *args, **kwargs)

    cls.__call__ = __call__
    return cls
