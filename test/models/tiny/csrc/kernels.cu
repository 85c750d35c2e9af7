template <typename T>
__global__ void plain_kernel(T* out) {}

__global__ void __launch_bounds__(256, (1 + 1))
    bounded_kernel(const float* in) {}

TORCH_LIBRARY(_C, ops) {
  ops.def("plain_op(Tensor! out) -> ()");
}
