// What each stage takes and holds, as bars on one scale each.
import { scaleLinear } from "d3-scale";
import { byId, fill, h } from "./dom.js";
import { asNumber, percent, siText } from "./format.js";
import { t } from "./texts.js";

const PARTS = [["weights", "p0"], ["kv", "p1"], ["state", "p2"], ["activations", "p3"]];

function bar(name, value, share, segments, isLong = false) {
  return h("li", null, h("div", { class: "barhead" }, h("span", { class: "barname" }, name), h("span", null, value), h("span", { class: isLong ? "barparts" : "barshare" }, share)), h("div", { class: "track", "aria-hidden": "true" }, segments));
}
const segment = (scale, value, style) => h("span", { class: `segment ${style}`, style: `width:${scale(value).toFixed(3)}%` });

function work(report) {
  const time = report.metric("time_s"), metric = time >= 0 ? time : report.metric("flops_tensor");
  if (metric < 0) return null;
  const total = asNumber(report.totals[metric]), scale = scaleLinear([0, total || 1], [0, 100]);
  return [h("h3", null, t(time >= 0 ? "stages.time" : "stages.work")), h("ul", { class: "bars" }, report.stages.map((row) => {
    const value = asNumber(row.values[metric]);
    return bar(row.id, siText(row.values[metric], report.metrics[metric].unit), percent(value / total), segment(scale, value, "p0"));
  }))];
}

function memory({ memory: of, device }) {
  if (!of) return null;
  const capacity = device ? of.capacity : null, most = Math.max(...of.stages.map((stage) => Number(stage.total)), Number(capacity ?? 0n));
  const scale = scaleLinear([0, most || 1], [0, 100]);
  const used = PARTS.filter(([name]) => of.stages.some((stage) => stage[name] > 0n));
  return [h("h3", null, t("stages.memory")), h("ul", { class: "bars" }, of.stages.map((stage) => {
    const parts = used.map(([name, style]) => segment(scale, Number(stage[name]), style));
    const line = capacity === null ? null : h("span", { class: "limit", style: `left:${scale(Number(capacity)).toFixed(3)}%` });
    return bar(stage.stage, siText(stage.total, "B"), used.filter(([name]) => stage[name] > 0n).map(([name]) => `${t(`part.${name}`)} ${siText(stage[name], "B")}`).join(" · "), [parts, line], true);
  })), h("ul", { class: "legend" }, used.map(([name, style]) => h("li", null, h("span", { class: `swatch ${style}`, "aria-hidden": "true" }), t(`part.${name}`))),
    capacity === null ? null : h("li", null, h("span", { class: "swatch limit", "aria-hidden": "true" }), `${t("stages.capacity")} ${siText(capacity, "B")}`))];
}

export function showStages(report) {
  fill(byId("stages"), h("h2", { id: "stages-title" }, t("stages")), work(report), memory(report));
}
