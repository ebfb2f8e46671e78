// states.mjs PAGE MODEL COUNT SEED [OPTION...] - random states of the controls against `mdlc eval` with the options that the page was made
// with: every number of every node, memory, notes, several devices, the CSV byte by byte, and what is refused.
import { chance, checkQuiet, evaluate, fail, open, withBrowser } from "./browser.mjs";

const [file, model, count, seed, ...always] = process.argv.slice(2);
const random = chance(Number(seed)), pick = (list) => list[Math.floor(random() * list.length)];
let numbers = 0, refused = 0, fleets = 0;

/** The controls' values as a reader would set them. */
function randomState(controls) {
  const inputs = controls.inputs.filter((input) => !input.fixed).map((input) => {
    if (input.choices.length > 0) return [input.name, pick(input.choices)];
    const kind = random(), bits = pick([2, 4, 6, 8, 10, 11]), value = BigInt(input.low) + BigInt(Math.floor(random() * 2 ** bits));
    if (kind < 0.02) return [input.name, String(BigInt(input.high) + 1n)];
    return [input.name, String(kind < 0.5 ? (value / 16n + 1n) * 16n : value)];
  });
  return { inputs, precision: pick(controls.precisions), device: pick(controls.devices), utilisation: pick(controls.utilisations), devices: controls.strategies.length === 0 ? "1" : pick(["1", "2", "3", "8", "1000"]), strategy: pick(controls.strategies) };
}

async function setAll(page, controls, state) {
  await page.selectOption("#device", state.device);
  await page.selectOption("#precision", state.precision);
  await page.selectOption("#utilisation", state.utilisation);
  if (controls.strategies.length > 0) {
    await page.selectOption("#strategy", state.strategy);
    await page.fill("#devices", state.devices);
  }
  for (const [name, value] of state.inputs) {
    const place = controls.inputs.findIndex((input) => input.name === name);
    if (controls.inputs[place].choices.length > 0) await page.selectOption(`#in-${place}`, value);
    else await page.fill(`#in-${place}`, value);
  }
}

/** What the page shows, BigInts as { exact }. */
function answerOf(page) {
  return page.evaluate(() => {
    const text = document.querySelector("#status .error p")?.textContent;
    if (text !== undefined) return JSON.stringify({ message: text });
    const report = window.mdlc.report(), named = (values) => Object.fromEntries(report.metrics.flatMap((metric, i) => (metric.absent || values[i] === undefined ? [] : [[metric.name, values[i]]])));
    return JSON.stringify({
      totals: named(report.totals), peakAt: report.peakAt, bottleneck: report.bottleneck, assumptions: report.assumptions,
      geometry: Object.fromEntries(report.geometry), memory: report.memory, csv: window.mdlc.csv(), fleet: report.fleet,
      nodes: report.rows.map((row) => ({ id: row.id, parent: row.parent, operator: row.node.op, category: row.node.category, copies: row.copies, first_id: row.firstId, calls: row.calls, uniform_calls: row.uniform, bottleneck: row.bottleneck, ...named(row.values) })),
    }, (key, value) => (typeof value === "bigint" ? { exact: String(value) } : value));
  });
}

/** A number of mdlc's JSON and one of the page: integers to the last digit, reals as the same double. */
function isSame(ours, theirs) {
  ++numbers;
  if (typeof theirs === "object" && theirs !== null) return String(ours) === theirs.exact;
  return typeof ours === "number" && ours === theirs;
}

function compare(where, ours, theirs) {
  const metrics = ours.metrics.map((metric) => metric.name);
  const numbersOf = (name, here, there, keys) => {
    for (const key of keys)
      if (key in here !== key in there || (key in here && !isSame(here[key], there[key]))) fail(`${where}: ${key} of ${name}: ${here[key]} in mdlc, ${JSON.stringify(there[key])} on the page`);
  };
  numbersOf("the job", ours.totals, theirs.totals, metrics);
  if (ours.nodes.length !== theirs.nodes.length) fail(`${where}: ${ours.nodes.length} nodes in mdlc, ${theirs.nodes.length} on the page`);
  ours.nodes.forEach((node, i) => {
    numbersOf(node.id, node, theirs.nodes[i], [...metrics, "copies", "calls"]);
    for (const key of ["id", "operator", "category", "first_id", "uniform_calls"]) if (node[key] !== theirs.nodes[i][key]) fail(`${where}: ${key} of ${node.id}: ${theirs.nodes[i][key]}`);
    if ((node.parent ?? "") !== theirs.nodes[i].parent || (node.bottleneck ?? "") !== theirs.nodes[i].bottleneck) fail(`${where}: parent or bottleneck of ${node.id}`);
  });
  if ((ours.totals.activation_peak_at ?? "") !== theirs.peakAt || (ours.totals.bottleneck ?? "") !== theirs.bottleneck) fail(`${where}: the peak is at ${theirs.peakAt}, bound by ${theirs.bottleneck}`);
  if (JSON.stringify(ours.assumptions) !== JSON.stringify(theirs.assumptions)) fail(`${where}: notes ${JSON.stringify(theirs.assumptions)}, not ${JSON.stringify(ours.assumptions)}`);
  numbersOf("the geometry", ours.geometry, theirs.geometry, Object.keys({ ...ours.geometry, ...theirs.geometry }));
  compareMemory(where, ours.memory, theirs.memory);
  if ((ours.parallel !== undefined) !== (theirs.fleet !== null)) fail(`${where}: several devices`);
  if (theirs.fleet !== null) compareFleet(where, ours.parallel, theirs.fleet);
}

/** What `--devices` adds; the page has none for one device. */
function compareFleet(where, ours, theirs) {
  const named = { strategy: theirs.strategy.name, rule: theirs.strategy.rule, divided: theirs.strategy.divides, bottleneck: theirs.bottleneck, assumptions: JSON.stringify(theirs.strategy.assumptions) };
  for (const [key, value] of Object.entries(named)) if ((key === "assumptions" ? JSON.stringify(ours[key]) : ours[key]) !== value) fail(`${where}: ${key} of several devices is ${JSON.stringify(ours[key])}, not ${value}`);
  const parts = { batch_size: theirs.batch, device_num: theirs.devices, effective_gpus: theirs.active, largest_share: theirs.largest, total_cost_s: theirs.latency, requests_per_s: theirs.perSecond, s_per_request: theirs.perRequest,
    ...Object.fromEntries(theirs.resources.map(([name, value]) => [`${name}_cost_s`, value])), ...Object.fromEntries(theirs.bounds) };
  for (const [key, value] of Object.entries(parts)) if (!isSame(ours[key], value)) fail(`${where}: ${key} of several devices is ${ours[key]}, not ${JSON.stringify(value)}`);
  if ((ours.memory_bytes_per_device === null) !== (theirs.memory === null)) fail(`${where}: memory of several devices`);
  if (theirs.memory !== null && (!isSame(ours.memory_bytes_per_device, theirs.memory.total) || ours.fits !== theirs.memory.fits)) fail(`${where}: memory of several devices is ${ours.memory_bytes_per_device}, not ${JSON.stringify(theirs.memory.total)}`);
  ++fleets;
}

function compareMemory(where, ours, theirs) {
  if (!isSame(ours.total_bytes, theirs.total) || ours.at !== theirs.stage || (ours.fits ?? null) !== theirs.fits) fail(`${where}: memory ${JSON.stringify(theirs)}`);
  const names = [["stage_weight_bytes", "own"], ["weight_bytes", "weights"], ["kv_bytes", "kv"], ["state_bytes", "state"], ["activation_peak_bytes", "activations"], ["workspace_bytes", "workspace"], ["total_bytes", "total"]];
  ours.stages.forEach((stage, i) => { for (const [key, other] of names) if (!isSame(stage[key], theirs.stages[i][other])) fail(`${where}: ${key} of ${stage.stage} in memory: ${JSON.stringify(theirs.stages[i])}`); });
}

await withBrowser(async (browser) => {
  const page = await open(browser, file);
  const controls = await page.evaluate(() => ({
    inputs: window.mdlc.inputs.map((input) => ({ ...input, low: String(input.low), high: String(input.high), value: String(input.value), choices: input.type === "boolean" ? ["false", "true"] : input.choices })),
    precisions: [...document.querySelectorAll("#precision option")].map((option) => option.value),
    utilisations: [...document.querySelectorAll("#utilisation option")].map((option) => option.value),
    strategies: [...document.querySelectorAll("#strategy option")].map((option) => option.value),
    devices: [...document.querySelectorAll("#device option")].map((option) => option.value),
  }));
  for (let i = 0; i < Number(count); ++i) {
    const state = randomState(controls);
    // A device that the precision does not run on is not offered: take another precision first.
    await page.selectOption("#device", "");
    await page.selectOption("#precision", state.precision);
    const offered = await page.$$eval("#device option:not([disabled])", (options) => options.map((option) => option.value));
    if (!offered.includes(state.device)) state.device = pick(offered);
    await setAll(page, controls, state);
    const options = [...always, ...state.inputs.flatMap(([name, value]) => ["--set", `${name}=${value}`]), "-p", state.precision, ...(state.device === "" ? [] : ["-d", state.device, "--utilisation", state.utilisation])];
    const fleet = state.device === "" || state.devices === "1" ? [] : ["--devices", state.devices, "--strategy", state.strategy];
    const where = [...options, ...fleet].join(" "), ours = evaluate(model, [...options, ...fleet]), theirs = JSON.parse(await answerOf(page));
    if (ours.error || theirs.message !== undefined) {
      if (!ours.error || theirs.message === undefined) fail(`${where}: ${JSON.stringify(ours.error ?? "numbers")} in mdlc, ${theirs.message ?? "numbers"} on the page`);
      ++refused;
      continue;
    }
    compare(where, JSON.parse(ours.text), theirs);
    const csv = evaluate(model, options, "csv").text;
    if (csv !== theirs.csv) fail(`${where}: the CSV differs:\n${csv.split("\n").find((line, k) => line !== theirs.csv.split("\n")[k])}\n${theirs.csv.split("\n").find((line, k) => line !== csv.split("\n")[k])}`);
  }
  checkQuiet(page, "states");
});
console.log(`${count} states, ${numbers} numbers agree, ${fleets} of several devices, ${refused} refused by both`);
