#include "Kernels.h"

namespace mdl::runtime::batch {

#ifdef MDL_BATCH_UNITS // the three levels are linked in
extern const Kernels kernelsV2, kernelsV3, kernelsV4;
#endif
extern const Kernels kernelsBase;

std::span<const Kernels> kernels() {
  static const std::vector<Kernels> usable = [] {
    std::vector<Kernels> found;
#ifdef MDL_BATCH_UNITS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd"))
      found.push_back(kernelsV4);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma"))
      found.push_back(kernelsV3);
    if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) found.push_back(kernelsV2);
#endif
    found.push_back(kernelsBase);
    return found;
  }();
  return usable;
}

} // namespace mdl::runtime::batch
