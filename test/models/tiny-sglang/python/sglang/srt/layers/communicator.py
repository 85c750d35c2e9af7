class LayerCommunicator:
    def __init__(self, modes, input_layernorm, post_attention_layernorm):
        self.input_layernorm = input_layernorm
        self.post_attention_layernorm = post_attention_layernorm
        self._communicate = choose(modes)

    def prepare_attn(self, x, residual):
        return self.input_layernorm(x), residual

    def prepare_mlp(self, x, residual):
        return self._communicate(x, self.post_attention_layernorm)
