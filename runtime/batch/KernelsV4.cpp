// For x86-64-v4: compiled with its flags (CMakeLists.txt), run only where the processor has it.
#define MDL_UNIT kernelsV4
#define MDL_UNIT_NAME "x86-64-v4"
#include "Kernels.inc"
