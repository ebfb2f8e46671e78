// Compiled for this machine with vectors (CMakeLists.txt): -fopt-info-vec says which loops have them.
#include "yardstick.h"
#include <cmath>

namespace mdl::perf {

void totalsByHand(const Yardstick &columns, size_t count) {
  const double *__restrict height = columns.height, *__restrict width = columns.width,
                           *__restrict frames = columns.frames;
  const double *__restrict steps = columns.steps, *__restrict batch = columns.batch, *__restrict text = columns.text;
  const double *__restrict guidance = columns.guidance;
  double *__restrict flopsTensor = columns.flopsTensor, *__restrict flopsVector = columns.flopsVector;
  double *__restrict read = columns.read, *__restrict written = columns.written;
  double *__restrict state = columns.state, *__restrict peak = columns.peak;
#pragma GCC ivdep // 13 columns are more than the compiler compares for overlap
  for (size_t i = 0; i < count; ++i) {
    double t = std::floor((frames[i] + 3) * 0.25), l = text[i], b = batch[i];
    double s = t * std::floor(height[i] * 0.0625) * std::floor(width[i] * 0.0625);      // tokens of the transformer
    double q = std::floor(height[i] * 0.125) * std::floor(width[i] * 0.125), p = t * q; // latent pixels
    double passes = 1 + guidance[i], forwards = steps[i] * passes, all = b * forwards, texts = b * passes;
    double blocks = std::floor((s + 16383) * 0x1p-14), vaeBlocks = std::floor((q + 16383) * 0x1p-14);
    flopsTensor[i] = all * ((819200 * (s + l) + 23908843520) * s + 4288675840 * l + 369623040) +
                     texts * (393216 * l + 9261023232) * l + b * ((1536 * q + 2161889792) * p - 1474007040 * q);
    flopsVector[i] = all * ((8000 * (s + l) + 16015424) * s + 1285120 * l + 1321344) +
                     texts * (9216 * l + 3457024) * l + b * ((5 * q + 2550160) * p - 1842240 * q);
    read[i] = all * (819200 * blocks * (s + l) + 32 * p + 12482688 * s + 1257472 * l + 4997634) +
              forwards * 28576983168 + texts * (9216 * l + 4931588) * l + passes * (9312 * l * l) +
              guidance[i] * 9261424640 + b * (1536 * vaeBlocks * p + 2728832 * p - 1764096 * q) + 146590662 * t +
              9257883168;
    written[i] = all * (11254016 * s + 1259520 * l + 2580992) + texts * (9216 * l + 3948544) * l +
                 passes * (6144 * l * l) + b * (2490720 * p - 1591680 * q);
    double later = t >= 2 ? 1 : 0; // there are chunks after the first
    state[i] = b * q * (7680 * later + 294976);
    double vae = b * std::fmax((1568 * t + 146304) * q * later, (1568 * t + 35712) * q);
    double dit = std::fmax(b * (32 * p + 10240 * s + 8192 * l + 2), b * (30720 * s + 30720 * l + 133120));
    double core = b * (51200 * s + 10240 * l + 133120);
    double encoder = std::fmax(128 * l * l + std::fmax(128 * b * l * l + 32768 * b * l, 40960 * b * l), 57344 * b * l);
    peak[i] = std::fmax(std::fmax(vae, dit), std::fmax(core, encoder));
  }
}

} // namespace mdl::perf
