// For x86-64-v3: compiled with its flags (CMakeLists.txt), run only where the processor has it.
#define MDL_UNIT kernelsV3
#define MDL_UNIT_NAME "x86-64-v3"
#include "Kernels.inc"
