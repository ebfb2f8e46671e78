// The job on several devices: what Strategy.cpp and Sizer::point make of the rules of a strategy, in their order.
/* global makeProgram */
import { data, ModelError, profileOf } from "./model.js";

const programs = new Map();
export const strategyNamed = (name) => data.strategies.find((each) => each.name === name);

function rulesOf(strategy) {
  if (!programs.has(strategy.name)) programs.set(strategy.name, makeProgram(strategy.program));
  return programs.get(strategy.name);
}

/** The totals of the rules; a guard that fails is the strategy's. */
function askRules(strategy, values, parameters, first, end) {
  try {
    return rulesOf(strategy).rules(values, parameters, first, end);
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError("no-share", `strategy \`${strategy.name}\`: ${error.message}`);
    throw error;
  }
}

/** How the amount is divided: [so many devices, so much each], the largest share first. */
function sharesOf(strategy, values) {
  const totals = askRules(strategy, values, strategy.parameters.map(() => 1), 0, strategy.guards);
  const count = (rule) => {
    if (typeof totals[rule] !== "bigint" || totals[rule] < 0n) throw new ModelError("no-share", `strategy \`${strategy.name}\` gives no device any work`);
    return totals[rule];
  };
  const active = count(strategy.active), shares = strategy.shares.map((each) => each.map(count)).filter(([many, each]) => many !== 0n && each !== 0n);
  if (active === 0n || shares.length === 0) throw new ModelError("no-share", `strategy \`${strategy.name}\` gives no device any work`);
  return { active, largest: shares[0][1], holds: strategy.holds === null ? null : count(strategy.holds) };
}

/** A metric of the job, or of its operators of some categories: summed stage by stage, as mdlc does. */
function metricOf(report, name, categories) {
  const i = report.metric(name);
  if (i < 0) return 0;
  if (categories === null) return Number(report.totals[i] ?? 0);
  const below = (row) => (row.children.length > 0 ? row.children.reduce((sum, child) => sum.concat(below(child)), []) : [row]);
  return report.stages.reduce((all, stage) => all + below(stage).reduce((sum, row) => (categories.includes(row.node.category) ? sum + Number(row.values[i] ?? 0) : sum), 0), 0);
}

function parameterOf(report, device, utilisation, [kind, name, categories]) {
  if (kind === "link") return (device.link ?? 0) * profileOf(device, utilisation).link;
  if (kind === "latency") return device.latency ?? 0;
  return metricOf(report, name, categories);
}

function timesOf(strategy, values, report, device, utilisation) {
  const parameters = strategy.parameters.map((each) => parameterOf(report, device, utilisation, each));
  const totals = askRules(strategy, values, parameters, strategy.guards, undefined);
  const resources = strategy.resources.map(([name, rule]) => [name, Number(totals[rule] ?? NaN)]), total = Number(totals[strategy.time] ?? NaN);
  if (!(total > 0 && Number.isFinite(total)) || resources.some(([, time]) => !(time >= 0 && Number.isFinite(time))))
    throw new ModelError("no-latency", `strategy \`${strategy.name}\` gives no latency: a time is not finite, or nothing takes time`);
  return { total, resources };
}

function checkDevice(strategy, device) {
  for (const [kind, what] of [["link", "link"], ["latency", "link_latency"]])
    if (strategy.parameters.some(([of]) => of === kind) && (kind === "link" ? device.link : device.latency) === null)
      throw new ModelError("bad-argument", `strategy \`${strategy.name}\` needs the \`${what}\` of device \`${device.name}\`, which is not known; give it with --set strategy.${what}=VALUE`);
}

/**
 * `inputs` are the job's with their values; `evaluateAt(amount, utilisation)` is the report of one device that serves so
 * much of the divided input.
 */
export function onDevices({ strategy, devices, device, utilisation, inputs, evaluateAt }) {
  checkDevice(strategy, device);
  const batch = inputs.get(strategy.divides);
  const values = strategy.inputs.map(([kind, name]) => (kind === "batch" ? batch : kind === "devices" ? devices : inputs.get(name)));
  const { active, largest, holds } = sharesOf(strategy, values), report = evaluateAt(largest, utilisation);
  const time = timesOf(strategy, values, report, device, utilisation);
  const bounds = data.bounds.map(([name, profile]) => [name, timesOf(strategy, values, evaluateAt(largest, profile), device, profile).total]);
  const slowest = time.resources.reduce((best, each) => (best === null || each[1] > best[1] ? each : best), null);
  const memory = holds === null ? null : holds === largest ? report.memory : evaluateAt(holds, utilisation).memory;
  return { strategy, batch, devices, active, largest, latency: time.total, perSecond: Number(batch) / time.total, perRequest: time.total / Number(batch), resources: time.resources, bounds, bottleneck: slowest?.[0] ?? "", memory };
}
