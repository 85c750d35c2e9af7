#include <torch/all.h>

namespace vllm {

// Normalizes the hidden states of each token, and scales them.
template <typename scalar_t>
__global__ void rms_norm_kernel(scalar_t* out, const scalar_t* input, const scalar_t* weight, const float epsilon,
                                const int num_tokens, const int hidden_size) {
  __shared__ float s_variance;
  float variance = 0.0f;
  for (int idx = threadIdx.x; idx < hidden_size; idx += blockDim.x) {
    const float x = static_cast<float>(input[blockIdx.x * hidden_size + idx]);
    variance += x * x;
  }
  variance = block_sum(variance);
  if (threadIdx.x == 0) s_variance = rsqrtf(variance / hidden_size + epsilon);
  __syncthreads();
  for (int idx = threadIdx.x; idx < hidden_size; idx += blockDim.x) {
    const float x = static_cast<float>(input[blockIdx.x * hidden_size + idx]);
    out[blockIdx.x * hidden_size + idx] = static_cast<scalar_t>(x * s_variance) * weight[idx];
  }
}

}  // namespace vllm
