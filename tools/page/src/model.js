// The data that mdlc put into the page, and the numbers of a state of the controls.
/* global makeProgram, ModelError */
import { onDevices, strategyNamed } from "./fleet.js";

export const data = JSON.parse(document.getElementById("data").textContent);
const programs = new Map();

function programOf(number) {
  if (!programs.has(number)) programs.set(number, makeProgram(data.programs[number]));
  return programs.get(number);
}

export const precisionNamed = (name) => data.precisions.find((each) => each.name === name);
export const deviceNamed = (name) => data.devices.find((each) => each.name === name);
export const inputs = programOf(precisionNamed(data.job.precision).program).inputs;
export const conventions = programOf(0);
const Refused = ModelError; // of the script before this one
export { Refused as ModelError };
const numbers = makeProgram(data.numbers);

export const profileOf = (device, utilisation) => device.utilisations[data.utilisations.indexOf(utilisation)];

/** What each parameter of the program is on this device, as Target::rate has it. */
export function ratesOf(precision, device, utilisation) {
  const profile = (name) => profileOf(device, name === "" ? utilisation : name);
  return precision.rates.map(([kind, format, name, category]) => {
    const of = profile(name);
    if (kind === "vector") return device.vector * of.vector;
    if (kind === "memory") return device.bandwidth * of.memory;
    if (kind === "launch") return device.launch + (of.launch ?? 0);
    if (kind === "latency") return device.latency ?? 0;
    if (kind === "link" && device.link === null) throw new ModelError("no-link", `device \`${device.name}\` has no link, over which the model's operators send`);
    if (kind === "link") return device.link * of.link;
    const peak = Object.hasOwn(device.peaks, format) ? device.peaks[format] : undefined;
    if (peak !== undefined) return peak * (of.classes?.[category] ?? of.tensor);
    const there = Object.keys(device.peaks).join(", ") || "none";
    throw new ModelError("no-peak", `device \`${device.name}\` has no peak for ${format}, which precision \`${precision.name}\` computes in; it has ${there}`);
  });
}

/** True when the device can compute what the precision computes in. */
export function runs(precision, device) {
  return precision.rates.every(([kind, format]) => (kind === "tensor" ? Object.hasOwn(device.peaks, format) : kind !== "link" || device.link !== null));
}

/** One job on one device: what the program says, and rows that know one another. */
function evaluateJob(values, precision, device, utilisation) {
  const program = programOf(precision.program), capacity = device === null || device.memory === null ? null : BigInt(device.memory);
  const report = program.evaluate(values, {
    rates: device === null ? undefined : ratesOf(precision, device, utilisation),
    residency: data.residency, capacity, overlapWhole: data.overlapWhole,
  });
  report.byId = new Map(report.rows.map((row) => [row.id, row]));
  report.metric = (name) => report.metrics.findIndex((metric) => metric.name === name && !metric.absent);
  report.total = (name) => report.totals[report.metric(name)];
  linkRows(report);
  return Object.assign(report, { precision, device, program });
}

/** How many devices share the job; 1 is the job alone. */
function devicesOf(text) {
  if (!/^[0-9]{1,9}$/.test(text) || BigInt(text) < 1n || BigInt(text) >= 2n ** 32n) throw new ModelError("bad-argument", `the number of devices is a whole number from 1, found \`${text}\``);
  return BigInt(text);
}

/** The report of a state; throws a ModelError where mdlc refuses it. */
export function evaluate(state) {
  const precision = precisionNamed(state.precision), device = state.device === "" ? null : deviceNamed(state.device);
  const values = inputs.map((input, i) => programOf(precision.program).read(input, state.inputs[i])), devices = devicesOf(state.devices);
  const report = evaluateJob(values, precision, device, state.utilisation);
  report.isMoving = report.memory !== null && device !== null && report.memory.stages.some((stage) => stage.placement !== "resident");
  if (report.isMoving) {
    report.assumptions.push("residency: moving weights to and from the host takes no time here, and a stage on the host is timed as if it ran on the device");
  }
  report.assumptions.push(...data.notes, ...precision.notes, ...(device === null ? [] : device.notes));
  report.geometry = geometryOf(values);
  report.fleet = device === null || devices === 1n ? null : fleetOf(state, report, values, devices);
  return report;
}

function fleetOf(state, { precision, device }, values, devices) {
  const strategy = strategyNamed(state.strategy), divided = inputs.findIndex((input) => input.name === strategy.divides), known = new Map();
  const evaluateAt = (amount, utilisation) => {
    const key = `${amount} ${utilisation}`;
    if (!known.has(key)) known.set(key, evaluateJob(values.with(divided, amount), precision, device, utilisation));
    return known.get(key);
  };
  return onDevices({ strategy, devices, device, utilisation: state.utilisation, inputs: new Map(inputs.map((input, i) => [input.name, values[i]])), evaluateAt });
}

function linkRows(report) {
  for (const row of report.rows) row.children = [];
  for (const row of report.rows) if (row.parent !== "") report.byId.get(row.parent).children.push(row);
  report.stages = report.rows.filter((row) => row.parent === "");
}

/** What the pipeline calls its sizes; those that do not fit are left out. */
function geometryOf(values) {
  try {
    const of = numbers.evaluate(values);
    return of.metrics.flatMap((metric, i) => (metric.name.includes(".") || of.totals[i] === undefined ? [] : [[metric.name, of.totals[i]]]));
  } catch (error) {
    if (error instanceof ModelError) return [];
    throw error;
  }
}

/** The formula of a metric of a node (of the job: no row), in mdlc's text; undefined where there is none, null where it is too long. */
export function formulaOf(report, row, metric) {
  const rows = data.formulas.programs[report.precision.program];
  const text = rows[row ? row.node.number + 1 : 0][metric];
  return text === undefined || text === -1 ? undefined : text < 0 ? null : data.formulas.texts[text];
}
const own = (of, name) => (of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined); // a module may be called `constructor`
export const rulesOf = (row, metric) => (row ? own(own(data.formulas.rules, row.node.op), metric.name) ?? [] : []);
export const names = new Map(data.formulas.names);

// Categories by their share of the work, so that colours go to what matters; the order does not change with the controls.
export const categories = [...new Set(programOf(0).nodes.map((node) => node.category).filter((name) => name !== ""))];

/** A value as a person writes it: `81`, `true`, `gundam`. */
export function inputText(input, value) {
  return input.type === "integer" ? String(value) : input.type === "boolean" ? String(value !== 0n) : input.choices[Number(value)];
}
