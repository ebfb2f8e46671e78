/* A program that uses a file for many points: a grid of heights and frames, a line each, with what is said of it. */
#define WAN_BATCH_DECLARATIONS_ONLY
#include "wan_batch.c"
#include <stdio.h>

enum { HEIGHTS = 17, FRAMES = 21, COUNT = HEIGHTS * FRAMES }; /* a block and a part of one */

int main(void) {
  static double height[COUNT], frames[COUNT], flops[COUNT], memory[COUNT], fits[COUNT];
  static unsigned char valid[COUNT];
  const double *in[WAN_BATCH_IN_COUNT];
  double *out[WAN_BATCH_OUT_COUNT];
  size_t i, k;
  for (i = 0; i < COUNT; ++i) height[i] = 464 + 16 * (double)(i / FRAMES), frames[i] = 1 + 4 * (double)(i % FRAMES);
  in[WAN_BATCH_IN_HEIGHT] = height;
  in[WAN_BATCH_IN_FRAMES] = frames;
  for (k = 0; k < WAN_BATCH_OUT_COUNT; ++k) out[k] = NULL;
  out[WAN_BATCH_OUT_FLOPS_TENSOR] = flops;
  out[WAN_BATCH_OUT_MEMORY_BYTES] = memory;
  out[WAN_BATCH_OUT_FITS] = fits;
  wan_batch(COUNT, in, out, NULL);
  for (i = 0; i < COUNT; ++i) printf("%.0f,%.0f,%.0f,%.0f,%.0f\n", height[i], frames[i], flops[i], memory[i], fits[i]);
  height[0] = 720.5, height[1] = 736, frames[2] = 0, frames[3] = 3;
  wan_batch(5, in, out, valid);
  fprintf(stderr, "verdicts: %d %d %d %d %d\n", valid[0], valid[1], valid[2], valid[3], valid[4]);
  fprintf(stderr, "%s from %.0f to %.0f %s\n", wan_batch_inputs[0].name, wan_batch_inputs[0].low, wan_batch_inputs[0].high,
          wan_batch_inputs[0].unit);
  fprintf(stderr, "%s in %s: within %g and %g\n", wan_batch_outputs[1].name, wan_batch_outputs[1].unit,
          wan_batch_outputs[1].relative, wan_batch_outputs[1].absolute);
  return 0;
}
