// Numbers for people: four digits and a decimal prefix, rounded half up from the exact value, as mdlc prints them.

const LARGE = ["", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"], SMALL = ["", "m", "µ", "n", "p", "f", "a"];

export const asNumber = (value) => (typeof value === "bigint" ? Number(value) : value ?? 0);

/** The digits of a positive number and the power of ten of the first one. */
function digitsOf(value) {
  if (typeof value === "bigint") return [String(value), String(value).length - 1];
  const [mantissa, exponent] = value.toExponential(17).split("e");
  return [mantissa.replace(".", ""), Number(exponent)];
}

function rounded(value, count) {
  const [digits, exponent] = digitsOf(value);
  if (digits.length <= count) return [digits.padEnd(count, "0"), exponent];
  const up = BigInt(digits.slice(0, count)) + (digits[count] >= "5" ? 1n : 0n);
  return String(up).length > count ? [String(up).slice(0, count), exponent + 1] : [String(up), exponent];
}

/** `653.0` and `PFLOP` for 652992567022616576 FLOP. */
export function si(value, unit) {
  if (value === undefined || value === null) return ["–", ""];
  if (value < 0) return si(-value, unit).map((text, i) => (i === 0 ? `−${text}` : text));
  if (value === 0n || value === 0) return ["0", unit];
  if (typeof value === "bigint" && value < 1000n) return [String(value), unit];
  const [digits, exponent] = rounded(value, 4);
  const step = Math.max(-SMALL.length + 1, Math.min(LARGE.length - 1, Math.floor(exponent / 3)));
  const isTime = unit === "s" && step > 0; // nobody says kiloseconds
  const point = exponent - (isTime ? 0 : 3 * step) + 1;
  if (isTime && point >= 4) return [grouped(typeof value === "bigint" ? value : value.toFixed(0)), unit];
  const text = point <= 0 ? `0.${"0".repeat(-point)}${digits}` : point >= digits.length ? digits.padEnd(point, "0") : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return [text, (isTime ? "" : step < 0 ? SMALL[-step] : LARGE[step]) + unit];
}

/** Four digits with their unit; a plain count in full, as mdlc's tables have it. */
export const siText = (value, unit) => (unit === "" && typeof value === "bigint" ? grouped(value) : si(value, unit).join("\u00a0").trim());

/** `12,345`: the exact integer, or the shortest digits of a real. */
export function grouped(value) {
  const [whole, rest] = String(value).split(".");
  if (/e/.test(String(value))) return String(value);
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest === undefined ? "" : `.${rest}`);
}
export const exact = (value, unit) => (value === undefined ? "–" : `${grouped(value)}${unit === "" ? "" : ` ${unit}`}`);

export function percent(part) {
  if (!Number.isFinite(part)) return "–";
  if (part > 0 && part < 0.0005) return "<0.1\u00a0%";
  if (part < 1 && part > 0.9995) return ">99.9\u00a0%";
  return `${(part * 100).toFixed(1)}\u00a0%`;
}

/** `1 h 13 min 59 s`, for times beyond a minute. */
export function clock(seconds) {
  if (!(seconds >= 60)) return "";
  if (seconds >= 1e9) return "";
  const whole = Math.round(seconds), days = Math.floor(whole / 86400), hours = Math.floor(whole / 3600) % 24, minutes = Math.floor(whole / 60) % 60;
  return [[days, "d"], [hours, "h"], [minutes, "min"], [whole % 60, "s"]].filter(([count], i) => count > 0 || i === 3).slice(0, 3).map(([count, unit]) => `${count}\u00a0${unit}`).join(" ");
}

/** A real as mdlc's files have it: the shortest digits that read back, fixed or with an exponent, whichever is shorter. */
export function realText(value) {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const sign = value < 0 ? "-" : "", power = Number(exponent), digits = mantissa.replace(".", "");
  const scientific = `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  const fixed = power < 0 ? `0.${"0".repeat(-power - 1)}${digits}` : power + 1 >= digits.length ? String(BigInt(Math.abs(value))) : `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
  return sign + (fixed.length <= scientific.length ? fixed : scientific);
}
