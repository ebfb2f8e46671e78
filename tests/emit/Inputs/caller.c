/* A program that uses an emitted file, in C and in C++. */
#define WAN_DECLARATIONS_ONLY
#include "wan.c"
#include <stdio.h>
#include <string.h>

int main(void) {
  struct wan_inputs in;
  struct wan_outputs out;
  const struct wan_output_info *info;
  char digits[48];
  int status, stages = 0;
  wan_defaults(&in);
  in.steps = 7;
  if (wan_evaluate(&in, &out) != WAN_OK) return 1;
  for (info = wan_output_list; info->name; ++info)
    stages += strstr(info->name, ".flops_tensor") && ((struct wan_number *)((char *)&out + info->offset))->exact > 0;
  wan_print(&out.diffusion.flops_tensor, digits);
  printf("diffusion: %s FLOP in %.0f calls, %d stages with FLOPs\n", digits, out.diffusion.calls.real, stages);
  in.steps = 0;
  status = wan_evaluate(&in, &out);
  printf("%s: %s\n", wan_status_name(status), out.message);
  return 0;
}
