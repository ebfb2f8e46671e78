//===- CSupport.cpp - The parts of every C file ---------------------------===//
#include "CSupport.h"

namespace mdl::emit {

std::string withNames(std::string_view text, const std::string &prefix, const std::string &macro) {
  std::string named;
  for (char c : text) {
    if (c == '$') named += prefix;
    else if (c == '@') named += macro;
    else named += c;
  }
  return named;
}

const char *const kCTypes = R"(#include <stddef.h>

#ifndef __SIZEOF_INT128__
#error "integers up to 2^127 need a compiler that has __int128: gcc or clang, for a machine of 64 bits"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* An integer below 2^127 in size. */
__extension__ typedef __int128 $int;
__extension__ typedef unsigned __int128 $uint;
#define @INT_MAX (($int)(~($uint)0 >> 1))

/* What $evaluate returns. */
enum $status { @OK, @OUT_OF_RANGE, @GUARD_FAILED, @OVERFLOW, @TOO_MANY_TURNS };

/* What a number is: none, an integer, a real, or one that does not fit. */
enum $kind { @ABSENT, @EXACT, @REAL, @TOO_LARGE };
struct $number {
  enum $kind kind;
  $int exact;  /* of @EXACT */
  double real; /* of @REAL; of @EXACT the nearest double */
};

)";

const char *const kCInterface = R"(
/* The tables end with an entry without a name. */
struct $input_info {
  const char *name, *unit, *range;
  const char *const *choices; /* what the values from 0 on are called, up to NULL; NULL for a number */
  $int low, high;
  size_t offset; /* of its $int in struct $inputs */
};
struct $output_info {
  const char *name, *title, *unit;
  size_t offset; /* of its struct $number in struct $outputs */
};
extern const struct $input_info $input_list[];
extern const struct $output_info $output_list[];

/* Sets every input to its default. */
void $defaults(struct $inputs *in);
/* Computes all outputs. Unless it returns @OK, `message` says why there are none. */
int $evaluate(const struct $inputs *in, struct $outputs *out);
/* `guard-failed`: what mdlc calls a status. */
const char *$status_name(int status);
/* The digits of a number: all of an integer, 17 of a real, which read back as the same double. */
void $print(const struct $number *number, char text[48]);

#ifdef __cplusplus
}
#endif
)";

const char *const kCArithmetic = R"(#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Reals have the same digits everywhere only without fused operations, wider intermediates and shortcuts. */
#if defined(__FAST_MATH__) || FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "reals are IEEE doubles here: compile without -ffast-math, and without x87"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("-ffp-contract=off")
#endif

/* The mark of what does not fit. Every operation with it gives it again; of reals that is NAN. */
#define @BEYOND (-@INT_MAX - 1)
/* Not inlined: thousands of calls would take a compiler a minute for a few microseconds. */
#define @PRIVATE static __attribute__((unused, noinline))

@PRIVATE $int $add($int a, $int b) {
  $int sum = 0;
  return a == @BEYOND || b == @BEYOND || __builtin_add_overflow(a, b, &sum) ? @BEYOND : sum;
}
@PRIVATE $int $mul($int a, $int b) {
  $int product = 0;
  if (a == (int64_t)a && b == (int64_t)b) return a * b;
  return a == @BEYOND || b == @BEYOND || __builtin_mul_overflow(a, b, &product) ? @BEYOND : product;
}
/* Towards minus infinity. */
@PRIVATE $int $floordiv($int a, $int b) {
  $int quotient;
  if (a == @BEYOND || b == @BEYOND || b == 0) return @BEYOND;
  if (a >= 0 && b > 0 && a == (int64_t)a && b == (int64_t)b) return (int64_t)a / (int64_t)b;
  quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
@PRIVATE $int $divexact($int a, $int b) {
  $int quotient = $floordiv(a, b);
  return $mul(quotient, b) == a ? quotient : @BEYOND;
}
@PRIVATE $int $nonneg($int a) { return a == @BEYOND ? @BEYOND : a >= 0; }
@PRIVATE $int $max($int a, $int b) { return a == @BEYOND || b == @BEYOND ? @BEYOND : a < b ? b : a; }
/* Squares from the lowest bit; 0^0 is 1. */
@PRIVATE $int $pow($int base, $int exponent) {
  $int result = 1;
  if (base == @BEYOND || exponent < 0) return @BEYOND;
  for (; exponent != 0; exponent >>= 1, base = $mul(base, base))
    if (exponent & 1) result = $mul(result, base);
  return result;
}
/* The first of the smallest rows. */
@PRIVATE $int $argmin(const $int *slots, size_t count, size_t length) {
  size_t best = 0, row, k;
  for (k = 0; k < count; ++k)
    if (slots[k] == @BEYOND) return @BEYOND;
  for (row = length; row < count; row += length) {
    for (k = 0; k + 1 < length && slots[row + k] == slots[best + k];) ++k;
    if (slots[row + k] < slots[best + k]) best = row;
  }
  return ($int)(best / length);
}

@PRIVATE double $finite(double value) { return isfinite(value) ? value : (double)NAN; }
@PRIVATE double $toreal($int a) { return a == @BEYOND ? (double)NAN : (double)a; }
@PRIVATE double $radd(double a, double b) { return $finite(a + b); }
@PRIVATE double $rmul(double a, double b) { return $finite(a * b); }
@PRIVATE double $rdiv(double a, double b) { return $finite(a / b); }
@PRIVATE double $rmax(double a, double b) { return isnan(a) || isnan(b) ? (double)NAN : a < b ? b : a; }
@PRIVATE double $rpow(double base, $int exponent) {
  double result = 1;
  $uint rest = exponent < 0 ? -($uint)exponent : ($uint)exponent;
  if (isnan(base) || exponent != (int64_t)exponent) return (double)NAN;
  for (; rest != 0; rest >>= 1, base *= base)
    if (rest & 1) result *= base;
  return $finite(exponent < 0 ? 1 / result : result);
}
@PRIVATE $int $rfloor(double a) {
  $int whole;
  if (!(fabs(a) < 0x1p127)) return @BEYOND;
  whole = ($int)a;
  return (double)whole > a ? whole - 1 : whole;
}
@PRIVATE $int $rnonneg(double a) { return isnan(a) ? @BEYOND : a >= 0; }
)";

const char *const kCSums = R"(
/* Whether the turns of a sum, from `low` up to `high` without it, are fewer than what is left. */
static int $turns($int low, $int high, $int *left, int *too_many) {
  $int turns = 0;
  if (low == @BEYOND || high == @BEYOND) return 0;
  if (high <= low) return 1;
  if (__builtin_sub_overflow(high, low, &turns) || turns > *left) return *too_many = 1, 0;
  *left -= turns;
  return 1;
}
)";

const char *const kCChecks = R"(
/* A metric's own number; its slot holds `scale` times that. */
@PRIVATE struct $number $whole($int value, $int scale) {
  struct $number number = {@TOO_LARGE, 0, 0};
  if (value == @BEYOND) return number;
  number.kind = scale == 1 || value % scale == 0 ? @EXACT : @REAL;
  number.exact = number.kind == @REAL ? 0 : scale == 1 ? value : value / scale;
  number.real = number.kind == @REAL ? (double)value / (double)scale : (double)number.exact;
  return number;
}
@PRIVATE struct $number $real(double value, $int scale) {
  struct $number number = {@TOO_LARGE, 0, 0};
  if (!isfinite(value)) return number;
  number.kind = @REAL, number.real = scale == 1 ? value : value / (double)scale;
  return number;
}

void $print(const struct $number *number, char text[48]) {
  char digits[48], *at = digits + sizeof digits;
  $uint rest = number->exact < 0 ? -($uint)number->exact : ($uint)number->exact;
  if (number->kind == @REAL) {
    snprintf(text, 48, "%.17g", number->real);
    return;
  }
  *--at = 0;
  do *--at = (char)('0' + (int)(rest % 10)), rest /= 10;
  while (rest != 0);
  if (number->exact < 0) *--at = '-';
  strcpy(text, number->kind == @EXACT ? at : number->kind == @ABSENT ? "absent" : "beyond 2^127");
}

const char *$status_name(int status) {
  static const char *const names[] = {"ok", "out-of-range", "guard-failed", "overflow", "too-many-turns"};
  return names[status];
}

static int $check_inputs(const struct $inputs *in, struct $outputs *out) {
  const struct $input_info *info;
  for (info = $input_list; info->name; ++info) {
    struct $number value = $whole(*(const $int *)((const char *)in + info->offset), 1);
    char digits[48];
    if (value.kind == @EXACT && value.exact >= info->low && value.exact <= info->high) continue;
    $print(&value, digits);
    snprintf(out->message, sizeof out->message, "input `%s` is %s; %s", info->name, digits, info->range);
    return @OUT_OF_RANGE;
  }
  return @OK;
}

static int $fail(struct $outputs *out, const char *what, const char *name, int too_many) {
  const char *why = too_many ? "needs a sum of more than 10000000 turns"
                             : "is beyond the widest number; an integer ends at 2^127";
  snprintf(out->message, sizeof out->message, "%s`%s` %s", what, name, why);
  return too_many ? @TOO_MANY_TURNS : @OVERFLOW;
}
@PRIVATE int $require(struct $outputs *out, $int holds, const char *text, int too_many) {
  if (holds == @BEYOND) return $fail(out, "the condition ", text, too_many);
  if (holds != 0) return @OK;
  snprintf(out->message, sizeof out->message, "%s", text);
  return @GUARD_FAILED;
}
@PRIVATE int $note(struct $outputs *out, $int holds, const char *text, int too_many) {
  if (holds == @BEYOND) return $fail(out, "the condition ", text, too_many);
  if (holds == 0) out->notes[out->note_count++] = text;
  return @OK;
}

static int $check_outputs(struct $outputs *out, int too_many) {
  const struct $output_info *info;
  for (info = $output_list; info->name; ++info)
    if (((const struct $number *)((const char *)out + info->offset))->kind == @TOO_LARGE)
      return $fail(out, "", info->name, too_many);
  return @OK;
}
)";

const char *const kCMain = R"(
#ifdef @MAIN
/* NAME=VALUE..., and every output on a line of its own: name, digits, unit. */
static int $read(const struct $input_info *info, const char *text, $int *value) {
  int negative = *text == '-';
  for (*value = 0; info->choices && info->choices[*value]; ++*value)
    if (strcmp(info->choices[*value], text) == 0) return 1;
  if (info->choices) return 0;
  text += negative;
  if (*text == 0) return 0;
  for (*value = 0; *text >= '0' && *text <= '9'; ++text) *value = $add($mul(*value, 10), *text - '0');
  if (negative && *value != @BEYOND) *value = -*value;
  return *text == 0;
}

static int $assign(struct $inputs *in, const char *argument) {
  const char *equals = strchr(argument, '=');
  const struct $input_info *info;
  for (info = $input_list; equals && info->name; ++info)
    if (strlen(info->name) == (size_t)(equals - argument) && strncmp(info->name, argument, strlen(info->name)) == 0)
      return $read(info, equals + 1, ($int *)((char *)in + info->offset));
  return 0;
}

int main(int argc, char **argv) {
  struct $inputs in;
  struct $outputs out;
  const struct $output_info *info;
  int i, status;
  $defaults(&in);
  for (i = 1; i < argc; ++i)
    if (!$assign(&in, argv[i])) return fprintf(stderr, "error: no input is set by `%s`\n", argv[i]), 2;
  status = $evaluate(&in, &out);
  if (status != @OK) return fprintf(stderr, "error: %s [%s]\n", out.message, $status_name(status)), 1;
  for (i = 0; i < out.note_count; ++i) fprintf(stderr, "note: %s\n", out.notes[i]);
  for (info = $output_list; info->name; ++info) {
    char digits[48];
    $print((const struct $number *)((const char *)&out + info->offset), digits);
    printf("%s %s%s%s\n", info->name, digits, *info->unit ? " " : "", info->unit);
  }
  return 0;
}
#endif
)";

} // namespace mdl::emit
