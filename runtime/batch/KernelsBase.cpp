// For the machine as the compiler takes it by default.
#define MDL_UNIT kernelsBase
#define MDL_UNIT_NAME "base"
#include "Kernels.inc"
