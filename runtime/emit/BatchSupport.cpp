//===- BatchSupport.cpp - The parts of every C file for many points -------===//
#include "CSupport.h"

namespace mdl::emit {

const char *const kBatchInterface = R"(
/* The tables have an entry for each input and each output, in the order of the enumerations. */
struct $input {
  const char *name, *unit;
  double low, high; /* what its column holds: whole numbers from low to high */
};
/* Whatever the columns hold: |result - exact| <= relative * |exact| + absolute. Both are 0 where a result is exact; with
   exact_below_2p53 one below 2^53 is exact all the same. */
struct $output {
  const char *name, *title, *unit;
  double relative, absolute;
  int exact_below_2p53;
};
extern const struct $input $inputs[];
extern const struct $output $outputs[];

/* What is said of a point. */
enum { @INVALID, @VALID, @UNDECIDED };
)";

const char *const kBatchRules = R"C(#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Results have the same digits everywhere only without fused operations, wider intermediates and shortcuts. */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "what is no number counts here: compile without -ffast-math and -ffinite-math-only"
#endif
#if FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "reals are IEEE doubles here: compile without x87"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpass-failed" /* below -O2 there are no vectors */
#elif defined(__GNUC__)
#pragma GCC optimize("-ffp-contract=off,-fno-math-errno,-fno-trapping-math")
#endif

/* How loops over points become vectors, the widest ones where the machine has them: no pass of a loop reads what another
   one writes. */
#if defined(__clang__) && defined(__AVX512F__)
#define @WIDE __attribute__((__min_vector_width__(512)))
#define @VECTOR _Pragma("clang loop vectorize(assume_safety) vectorize_width(8)")
#elif defined(__clang__)
#define @WIDE
#define @VECTOR _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define @WIDE
#define @VECTOR _Pragma("GCC ivdep")
#else
#define @WIDE
#define @VECTOR
#endif
#if defined(__GNUC__)
#define @ALIGNED __attribute__((aligned(64)))
#else
#define @ALIGNED
#endif

/* Points of a block, and of its array: rows that begin a power of two apart would be in each other's way. */
enum { @BLOCK = 256, @ROW = @BLOCK + 8 };
)C";

const char *const kBatchPower = R"(
/* Squares from the lowest bit. */
static double $power(double base, double exponent) {
  double result = 1;
  uint64_t rest;
  if (isnan(base) || !(fabs(exponent) < 0x1p63)) return (double)NAN;
  for (rest = (uint64_t)fabs(exponent); rest != 0; rest >>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return exponent < 0 ? 1 / result : result;
}
)";

const char *const kBatchSmallest = R"(
/* The first of the smallest rows. */
static double $smallest(const double *all, size_t count, size_t length) {
  size_t best = 0, row, k;
  for (k = 0; k < count; ++k)
    if (isnan(all[k])) return (double)NAN;
  for (row = length; row < count; row += length) {
    for (k = 0; k + 1 < length && all[row + k] == all[best + k];) ++k;
    if (all[row + k] < all[best + k]) best = row;
  }
  return (double)(best / length);
}
)";

const char *const kBatchSums = R"(
/* A sum is run for every index that some point of the block takes; each point adds up its own turns. More than 10^7 turns
   are no number. */
static int $fits(double low, double high) { return high - low <= 1e7; }
/* The first index from `from` on that some point takes, or infinity. */
static double $next(const double *low, const double *high, double from) {
  double next = (double)INFINITY;
  size_t i;
  for (i = 0; i < @BLOCK; ++i) {
    const double at = low[i] > from ? low[i] : from;
    if ($fits(low[i], high[i]) && at < high[i] && at < next) next = at;
  }
  return next;
}
static double $first(const double *low, const double *high, double *total) {
  size_t i;
  for (i = 0; i < @BLOCK; ++i) total[i] = $fits(low[i], high[i]) ? 0 : (double)NAN;
  return $next(low, high, -(double)INFINITY);
}
@WIDE static void $add(const double *low, const double *high, double index, const double *term, double *total) {
  size_t i;
  @VECTOR
  for (i = 0; i < @BLOCK; ++i) total[i] = low[i] <= index && index < high[i] ? total[i] + term[i] : total[i];
}
)";

const char *const kBatchCheck = R"(
/* A block's columns, or a copy with its last point repeated up to a whole block. */
static const double *$column(const double *column, size_t count, double *copy) {
  size_t i;
  if (count == @BLOCK) return column;
  for (i = 0; i < @BLOCK; ++i) copy[i] = column[i < count ? i : count - 1];
  return copy;
}

static void $check(const double *const *in, size_t count, unsigned char *valid) {
  size_t i, k;
  for (i = 0; i < count; ++i) valid[i] = @VALID;
  for (k = 0; k < @IN_COUNT; ++k)
    for (i = 0; i < count; ++i)
      if (!(in[k][i] >= $inputs[k].low && in[k][i] <= $inputs[k].high && floor(in[k][i]) == in[k][i]))
        valid[i] = @INVALID;
)";

/// Where the plan of the requirements is there.
const char *const kBatchRequire = R"(
static void $require(const double *const *in, size_t count, unsigned char *valid) {
  @ALIGNED double holds[@CONDITIONS][@ROW];
  double *to[@CONDITIONS];
  size_t i, k;
  for (k = 0; k < @CONDITIONS; ++k) to[k] = holds[k];
  $conditions(in, to);
  for (k = 0; k < @CONDITIONS; ++k)
    for (i = 0; i < count; ++i)
      if (!(holds[k][i] == 1)) valid[i] = @INVALID;
}
)";

const char *const kBatchEntry = R"({
  @ALIGNED double columns[@IN_COUNT][@ROW], results[@OUT_COUNT][@ROW];
  const double *from[@IN_COUNT];
  double *to[@OUT_COUNT];
  size_t at, k;
  for (at = 0; at < count; at += @BLOCK) {
    const size_t here = count - at < @BLOCK ? count - at : (size_t)@BLOCK;
    for (k = 0; k < @IN_COUNT; ++k) from[k] = $column(in[k] + at, here, columns[k]);
    for (k = 0; k < @OUT_COUNT; ++k) to[k] = here == @BLOCK && out[k] ? out[k] + at : results[k];
    $numbers(from, to);
    for (k = 0; k < @OUT_COUNT; ++k)
      if (here < @BLOCK && out[k]) memcpy(out[k] + at, results[k], here * sizeof(double));
    if (valid) $check(from, here, valid + at);
  }
}
)";

} // namespace mdl::emit
