template <typename T>
__global__ void plain_kernel(T* out) {}

__global__ void __launch_bounds__(256, (1 + 1))
    bounded_kernel(const float* in) {}

template <typename T, int width>
__global__ std::enable_if_t<(width > 0) && Vector<T>::exists>
chosen_kernel(T* out) {}

static __global__ void
#if defined(USE_ROCM)
__launch_bounds__(64, 2)
#endif
conditional_kernel(int n) {}

TORCH_LIBRARY(_C, ops) {
  ops.def("plain_op(Tensor! out) -> ()");
}
