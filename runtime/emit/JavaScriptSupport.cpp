//===- JavaScriptSupport.cpp - The parts of every module ------------------===//
#include "JavaScriptSupport.h"

namespace mdl::emit {

const char *const kJsArithmetic = R"(
// Integers are BigInts below 2^127 in size, reals are Numbers. What does not fit is null, of reals NaN, and every
// operation with it gives it again.
const WIDEST = 2n ** 127n;
const fit = (value) => (-WIDEST < value && value < WIDEST ? value : null);

function add(a, b) { return a === null || b === null ? null : fit(a + b); }
function mul(a, b) { return a === null || b === null ? null : fit(a * b); }
// Towards minus infinity.
function floordiv(a, b) {
  if (a === null || b === null || b === 0n) return null;
  return a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b;
}
function divexact(a, b) {
  const quotient = floordiv(a, b);
  return mul(quotient, b) === a ? quotient : null;
}
function nonneg(a) { return a === null ? null : a >= 0n ? 1n : 0n; }
function max(a, b) { return a === null || b === null ? null : a < b ? b : a; }
// Squares from the lowest bit; 0^0 is 1.
function pow(base, exponent) {
  if (base === null || exponent === null || exponent < 0n) return null;
  let result = 1n;
  for (let rest = exponent; rest !== 0n; rest >>= 1n, base = mul(base, base)) {
    if (rest & 1n) result = mul(result, base);
  }
  return result;
}
// The first of the smallest rows.
function argmin(slots, length) {
  if (slots.includes(null)) return null;
  let best = 0;
  for (let row = length; row < slots.length; row += length) {
    let k = 0;
    while (k + 1 < length && slots[row + k] === slots[best + k]) ++k;
    if (slots[row + k] < slots[best + k]) best = row;
  }
  return BigInt(best / length);
}

function finite(value) { return Number.isFinite(value) ? value : NaN; }
function toreal(a) { return a === null ? NaN : Number(a); }
function radd(a, b) { return finite(a + b); }
function rmul(a, b) { return finite(a * b); }
function rdiv(a, b) { return finite(a / b); }
function rmax(a, b) { return Number.isNaN(a) || Number.isNaN(b) ? NaN : a < b ? b : a; }
function rpow(base, exponent) {
  if (Number.isNaN(base) || exponent === null || BigInt.asIntN(64, exponent) !== exponent) return NaN;
  let result = 1;
  for (let rest = exponent < 0n ? -exponent : exponent; rest !== 0n; rest >>= 1n, base *= base) {
    if (rest & 1n) result *= base;
  }
  return finite(exponent < 0n ? 1 / result : result);
}
function rfloor(a) { return Math.abs(a) < 2 ** 127 ? BigInt(Math.floor(a)) : null; }
function rnonneg(a) { return Number.isNaN(a) ? null : a >= 0 ? 1n : 0n; }

// Whether the turns of a sum, from `low` up to `high` without it, are fewer than what `run` has left.
function turns(low, high, run) {
  if (low === null || high === null) return false;
  if (high <= low) return true;
  if (high - low > run.left) return (run.tooMany = true, false);
  run.left -= high - low;
  return true;
}

// A metric's own number; its slot holds `scale` times that.
function whole(value, scale) {
  if (value === null) return null;
  return value % scale === 0n ? value / scale : Number(value) / Number(scale);
}
function real(value, scale) { return Number.isFinite(value) ? value / Number(scale) : null; }
)";

const char *const kJsChecks = R"(
/** Why there are no numbers; `slug` is what mdlc calls it: "out-of-range", "guard-failed"... */
export class ModelError extends Error {
  constructor(slug, message) {
    super(message);
    this.name = "ModelError";
    this.slug = slug;
  }
}

// A value of an input as it may be given: its default, a name, true or false, an integer.
function read(input, value) {
  if (value === undefined) return input.value;
  const named = input.choices === null ? -1 : input.choices.indexOf(String(value));
  if (named >= 0 && (typeof value === "string" || typeof value === "boolean")) return BigInt(named);
  if (typeof value === "bigint") return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw new ModelError("bad-argument", `input \`${input.name}\` is ${String(value)}, no exact integer; ${input.range}`);
}

function bind(given) {
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw new ModelError("bad-argument", `no input is called \`${unknown}\``);
  return inputs.map((input) => {
    const value = read(input, Object.hasOwn(given, input.name) ? given[input.name] : undefined);
    const inRange = (input.low === null || value >= input.low) && (input.high === null || value <= input.high);
    if (!inRange || fit(value) === null) {
      throw new ModelError("out-of-range", `input \`${input.name}\` is ${value}; ${input.range}`);
    }
    if (input.fixed && value !== input.value) {
      throw new ModelError("fixed-input", `input \`${input.name}\` was compiled in as ${input.value}`);
    }
    return value;
  });
}

function checkFits(value, what, run) {
  if (value !== null) return;
  if (run.tooMany) throw new ModelError("too-many-turns", `${what} needs a sum of more than 10000000 turns`);
  throw new ModelError("overflow", `${what} is beyond the widest number; an integer ends at 2^127`);
}

// The notes of conditions that do not hold; a requirement that does not is an error.
function checkGuards(conditions, run) {
  const failed = guards.filter((guard, i) => {
    checkFits(conditions[i], `the condition \`${guard.text}\``, run);
    if (guard.required && conditions[i] === 0n) throw new ModelError("guard-failed", guard.text);
    return conditions[i] === 0n;
  });
  return failed.map((guard) => guard.text);
}

// Objects by name; own properties only, so that any name may be one.
function collect(numbers, run) {
  const of = new Map([[null, []], ...stages.map((stage) => [stage, []])]);
  outputs.forEach((output, i) => {
    checkFits(numbers[i], `\`${output.name}\``, run);
    of.get(output.stage).push([output.metric, numbers[i]]);
  });
  const result = (name) => Object.fromEntries(of.get(name));
  return { totals: result(null), stages: Object.fromEntries(stages.map((stage) => [stage, result(stage)])) };
}
)";

} // namespace mdl::emit
