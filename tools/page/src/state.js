// The state of the controls, and the part of the address that carries it.
import { strategyNamed } from "./fleet.js";
import { data, deviceNamed, inputs, inputText, precisionNamed } from "./model.js";

const start = () => ({
  inputs: data.job.inputs.map((value, i) => inputText(inputs[i], BigInt(value))),
  precision: data.job.precision, device: data.job.device, utilisation: data.job.utilisation, devices: "1", strategy: data.strategy,
  node: "", metric: "", language: "", theme: "",
});

export const state = start();

/** Back to the job that the report was written for; how the page looks stays. */
export function reset() {
  const { language, theme } = state;
  Object.assign(state, start(), { language, theme });
}

/** Takes what an address says, and of it only what there is. */
export function readAddress(text) {
  reset();
  const given = new URLSearchParams(text.replace(/^#/, ""));
  inputs.forEach((input, i) => { if (given.has(`in.${input.name}`) && !input.fixed) state.inputs[i] = given.get(`in.${input.name}`).slice(0, 64); });
  if (precisionNamed(given.get("precision"))) state.precision = given.get("precision");
  if (given.get("device") === "" || deviceNamed(given.get("device"))) state.device = given.get("device");
  if (data.utilisations.includes(given.get("utilisation"))) state.utilisation = given.get("utilisation");
  if (given.has("devices") && data.strategies.length > 0) state.devices = given.get("devices").slice(0, 16);
  if (strategyNamed(given.get("strategy"))) state.strategy = given.get("strategy");
  for (const name of ["node", "metric"]) if (given.has(name)) state[name] = given.get(name);
  if (["en", "zh"].includes(given.get("language"))) state.language = given.get("language");
  if (["light", "dark"].includes(given.get("theme"))) state.theme = given.get("theme");
}

/** What differs from the report's own job. */
export function address() {
  const first = start(), words = new URLSearchParams();
  inputs.forEach((input, i) => { if (state.inputs[i] !== first.inputs[i]) words.set(`in.${input.name}`, state.inputs[i]); });
  for (const name of ["precision", "device", "utilisation", "devices", "strategy", "node", "metric", "language", "theme"]) if (state[name] !== first[name]) words.set(name, state[name]);
  const text = words.toString();
  return text === "" ? "#" : `#${text}`;
}
