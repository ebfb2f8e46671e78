// What the reader sets: the inputs of the job, the precision, the device.
import { byId, fill, h, make, setText } from "./dom.js";
import { siText } from "./format.js";
import { data, deviceNamed, inputs, inputText, precisionNamed, runs } from "./model.js";
import { reset, state } from "./state.js";
import { said, t } from "./texts.js";

const SLIDER = 1000;

/**
 * The values that a slider takes: a range around the default on a logarithmic scale, in steps that sizes of models have
 * (16 pixels, 4n + 1 frames). The field beside it takes every value.
 */
function latticeOf(input, initial) {
  const start = BigInt(initial), low = input.low !== null && input.low > 1n ? input.low : 1n;
  const most = start * 16n > 64n ? start * 16n : 64n;
  const high = input.high !== null && input.high < most ? input.high : most;
  const lowBit = (value) => (value <= 0n ? 1n : value & -value);
  const offset = start % 2n === 1n && start > 1n ? 1n : 0n;
  const bit = lowBit(start - offset), step = start <= 64n && offset === 0n ? 1n : bit > (offset === 1n ? 4n : 16n) ? (offset === 1n ? 4n : 16n) : bit;
  const snap = (value) => {
    const within = value < low ? low : value > high ? high : value, near = ((within - offset + step / 2n) / step) * step + offset;
    return near < low ? near + step : near > high && near - step >= low ? near - step : near;
  };
  const ratio = Math.log(Number(high) / Number(low)) || 1;
  return {
    step, snap,
    position: (value) => Math.round(Math.max(0, Math.min(1, Math.log(Number(value < low ? low : value) / Number(low)) / ratio)) * SLIDER),
    value: (position) => snap(BigInt(Math.round(Number(low) * Math.exp((ratio * position) / SLIDER)))),
  };
}

/** A field and a slider; `of` is { id, input, initial, read, write }, where `input` is as a program has them. */
function numberControl({ id, input, initial, read, write }) {
  const lattice = latticeOf(input, initial), isNumber = () => /^[0-9]{1,30}$/.test(read());
  const field = make(h("input", { id, class: "field", inputmode: "numeric", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-range`,
    oninput: () => write(field.value.trim()) }));
  const slider = make(h("input", { type: "range", min: 0, max: SLIDER, step: 1, "aria-label": input.name,
    oninput: () => write(String(lattice.value(Number(slider.value)))),
    onkeydown: (event) => {
      const way = { ArrowLeft: -1n, ArrowDown: -1n, ArrowRight: 1n, ArrowUp: 1n, PageDown: -8n, PageUp: 8n }[event.key];
      if (way === undefined || !isNumber()) return;
      event.preventDefault();
      write(String(lattice.snap(BigInt(read()) + way * lattice.step)));
    } }));
  const range = h("span", { class: "sr", id: `${id}-range` }, t("range", { low: input.low ?? "", high: input.high ?? "" }));
  const show = () => {
    if (field.value !== read()) field.value = read();
    if (isNumber()) slider.value = lattice.position(BigInt(read()));
    slider.setAttribute("aria-valuetext", `${read()} ${input.unit}`);
  };
  return { show, elements: [h("div", { class: "number" }, field, h("span", { class: "unit" }, input.unit)), slider, range] };
}

function integerControl(input, i, change) {
  return numberControl({ id: `in-${i}`, input, initial: inputText(input, BigInt(data.job.inputs[i])), read: () => state.inputs[i], write: (text) => { state.inputs[i] = text, change(); } });
}

/** So many devices share the job, from 1, the job alone. */
function devicesControl(change) {
  const input = { name: t("devices"), unit: "", low: 1n, high: 1024n };
  const control = numberControl({ id: "devices", input, initial: "64", read: () => state.devices, write: (text) => { state.devices = text, change(); } });
  return { show: control.show, element: h("div", { class: "control" }, h("label", { for: "devices" }, t("devices")), control.elements) };
}

function choiceControl(input, i, change) {
  const names = input.type === "boolean" ? ["true", "false"] : input.choices;
  const select = make(h("select", { id: `in-${i}`, onchange: () => { state.inputs[i] = select.value, change(); } }, names.map((name) => h("option", { value: name }, name))));
  return { show: () => { select.value = state.inputs[i]; }, elements: [select] };
}

function fixedControl(input, i) {
  return { show: () => {}, elements: [h("input", { id: `in-${i}`, class: "field", disabled: true, value: state.inputs[i] }), h("p", { class: "hint" }, t("fixed", { name: input.name }))] };
}

function inputControl(input, i, change) {
  const control = input.fixed ? fixedControl(input, i) : input.type === "integer" ? integerControl(input, i, change) : choiceControl(input, i, change);
  const label = h("label", { for: `in-${i}`, title: input.doc || null }, input.name.replace(/(?<=[a-z0-9])_(?=[a-z0-9])/gi, " "));
  return { show: control.show, element: h("div", { class: "control" }, label, control.elements) };
}

/** A list to choose from; `options` gives [value, text, disabled, group]. */
function selectControl(id, label, options, value, set) {
  const select = make(h("select", { id, onchange: () => set(select.value) }));
  const element = h("div", { class: "control" }, h("label", { for: id }, label), select);
  let shown = "";
  const show = () => {
    const list = options(), key = JSON.stringify(list);
    if (key !== shown) fillOptions(select, list);
    shown = key;
    select.value = value();
  };
  return { show, element };
}

function fillOptions(select, options) {
  const groups = new Map();
  for (const [name, text, disabled, group] of options) {
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(h("option", { value: name, disabled }, text));
  }
  fill(select, [...groups].map(([group, list]) => (group ? h("optgroup", { label: group }, list) : list)));
}

function deviceOptions() {
  const precision = precisionNamed(state.precision);
  const devices = data.devices.map((device) => {
    const facts = [device.title, device.memory === null ? null : siText(BigInt(device.memory), "B"), runs(precision, device) ? null : t("device.lacks"), device.provisional ? t("device.provisional") : null];
    return [device.name, facts.filter(Boolean).join(" · "), !runs(precision, device) && device.name !== state.device, device.vendor || "…"];
  });
  return [["", t("device.none"), false, ""], ...devices];
}

/** Fills the side; the function that it gives shows the state in it. */
export function makeControls(change) {
  const all = inputs.map((input, i) => inputControl(input, i, change));
  const setAll = (values) => { inputs.forEach((input, i) => { state.inputs[i] = inputText(input, BigInt(values[i])); }); change(); };
  const current = () => {
    const same = data.workloads.find((each) => each.inputs.every((value, i) => inputText(inputs[i], BigInt(value)) === state.inputs[i]));
    return same ? same.name : "";
  };
  const workload = selectControl("workload", t("workload"),
    () => [["", t("custom"), current() !== ""], ...data.workloads.map((each) => [each.name, each.title ? `${each.name} · ${each.title}` : each.name])],
    current, (name) => setAll(data.workloads.find((each) => each.name === name).inputs));
  const precision = selectControl("precision", t("precision"), () => data.precisions.map((each) => [each.name, `${each.name} · ${each.title}`]),
    () => state.precision, (name) => { state.precision = name, change(); });
  const device = selectControl("device", t("device"), deviceOptions, () => state.device, (name) => { state.device = name, change(); });
  const utilisation = selectControl("utilisation", t("utilisation"), () => {
    const of = deviceNamed(state.device);
    return data.utilisations.map((name, i) => [name, said(name) !== name ? said(name) : of ? `${name} · ${of.utilisations[i].title}` : name]);
  }, () => state.utilisation, (name) => { state.utilisation = name, change(); });
  const devices = devicesControl(change);
  const strategy = selectControl("strategy", t("strategy"), () => data.strategies.map((each) => [each.name, `${each.name} · ${said(each.title)}`]),
    () => state.strategy, (name) => { state.strategy = name, change(); });
  const about = make(h("p", { class: "hint" }));
  fill(byId("controls"), h("details", { class: "fold", open: window.innerWidth > 900 },
    h("summary", null, h("h2", null, t("job"))),
    h("div", { class: "controls" },
      data.workloads.length > 0 ? workload.element : null, all.map((each) => each.element),
      h("h2", { class: "second" }, t("hardware")), device.element, precision.element, utilisation.element, about, data.strategies.length > 0 ? [devices.element, strategy.element] : null,
      h("button", { type: "button", class: "quiet", onclick: () => { reset(), change(); } }, t("reset")))));
  return () => {
    for (const each of [workload, precision, device, utilisation, devices, strategy, ...all]) each.show();
    const of = deviceNamed(state.device);
    setText(about, of ? `${siText(of.bandwidth, "B/s")} · ${Object.entries(of.peaks).map(([format, peak]) => `${format} ${siText(peak, "FLOP/s")}`).join(" · ")}` : "");
  };
}

/** Marks the input that an error names. */
export function markInput(message) {
  inputs.forEach((input, i) => {
    const field = byId(`in-${i}`), wrong = message !== null && message.startsWith(`input \`${input.name}\``);
    if (field) wrong ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
  });
}
