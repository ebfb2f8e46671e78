// For x86-64-v2: compiled with its flags (CMakeLists.txt), run only where the processor has it.
#define MDL_UNIT kernelsV2
#define MDL_UNIT_NAME "x86-64-v2"
#include "Kernels.inc"
