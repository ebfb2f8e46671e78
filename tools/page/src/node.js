// The selected module: every number of it to the last digit, and where a number comes from.
import { byId, fill, h } from "./dom.js";
import { asNumber, exact, percent, siText } from "./format.js";
import { sizeMetric } from "./icicle.js";
import { mathOf } from "./mathml.js";
import { data, formulaOf, names, rulesOf } from "./model.js";
import { state } from "./state.js";
import { metricTitle, resourceTitle, t } from "./texts.js";

let formulaMetric = "";

/** Of a long name, parts and dots that lines may break after. */
const breakable = (id) => id.split(".").flatMap((part, i) => (i === 0 ? [part] : [".", h("wbr"), part]));

function headOf(row) {
  const facts = [row.node.op === "stage" ? row.node.title : row.node.op, row.node.category,
    row.copies > 1n ? t("node.copies", { count: String(row.copies) }) : "", row.calls === 1n ? t("node.call") : t("node.calls", { count: exact(row.calls, "") }),
    row.uniform ? "" : t("differ"), row.bottleneck ? t("time.bound", { resource: resourceTitle(row.bottleneck) }) : ""];
  return [h("h3", { class: "id" }, breakable(row.id)), h("p", { class: "facts" }, facts.filter(Boolean).join(" · "))];
}

function tableOf(report, row, change) {
  const values = row ? row.values : report.totals;
  const lines = report.metrics.flatMap((metric, i) => {
    if (metric.absent || values[i] === undefined) return [];
    const part = metric.fold === "sum" ? percent(asNumber(values[i]) / asNumber(report.totals[i])) : "";
    const isShown = report.metrics[i].name === formulaMetric;
    return h("tr", { class: isShown ? "chosen" : null },
      h("th", { scope: "row" }, h("button", { type: "button", class: "link", "aria-pressed": String(isShown), onclick: () => { formulaMetric = metric.name, change(); } }, metricTitle(metric))),
      h("td", null, siText(values[i], metric.unit)), h("td", { class: "exact" }, exact(values[i], metric.unit)), h("td", null, part));
  });
  return h("table", { class: "metrics" },
    h("thead", null, h("tr", null, [t("metric"), t("value"), t("exactly"), t("column.share")].map((text) => h("th", { scope: "col" }, text)))), h("tbody", null, lines));
}

/** The names that a text uses, with what they stand for. */
function namesIn(text) {
  const words = new Set(text.match(/[A-Za-z_][A-Za-z0-9_.]*/g) ?? []);
  return [...names].filter(([name]) => words.has(name));
}

function mathLine(text) {
  const terms = mathOf(text);
  return terms === null ? h("code", null, text) : h("span", { class: "terms" }, terms.map((term) => h("span", { class: "term" }, term)));
}

function formulaOfMetric(report, row, metric) {
  const of = report.metrics[metric], text = formulaOf(report, row, metric), title = `${t("formula")}: ${metricTitle(of)}${of.unit ? ` [${of.unit}]` : ""}`;
  if (text === undefined) return [h("h4", null, title), h("p", null, t(row && row.children.length === 0 ? "formula.time" : "formula.none"))];
  if (text === null) return [h("h4", null, title), h("p", null, t("formula.long")), h("code", { class: "rule" }, `mdlc explain ${data.source.file} '${row ? row.firstId : "total"}' --metric ${of.name}`)];
  const where = namesIn(text), rules = rulesOf(row, of);
  return [h("h4", null, title), h("div", { class: "formula", tabindex: 0, role: "group", "aria-label": text }, mathLine(text)),
    where.length === 0 ? null : h("div", { class: "with" }, h("p", null, t("formula.where")), h("dl", null, where.map(([name, meaning]) => h("div", null, h("dt", null, name), h("dd", null, "=\u00a0", mathLine(meaning)))))),
    rules.length === 0 ? null : h("div", { class: "with" }, h("p", null, t("formula.from")), rules.map((line) => h("code", { class: "rule" }, line))),
    h("details", null, h("summary", null, t("formula.text")), h("code", { class: "rule" }, text))];
}

export function showNode(report, change) {
  const row = report.byId.get(state.node);
  if (report.metric(formulaMetric) < 0) formulaMetric = "flops_tensor";
  const metric = Math.max(0, report.metric(formulaMetric) < 0 ? sizeMetric(report) : report.metric(formulaMetric));
  fill(byId("node"), h("h2", { id: "node-title" }, t("node")), row ? headOf(row) : [h("h3", { class: "id" }, t("whole"))],
    h("div", { class: "detail" }, h("div", { class: "scroll", tabindex: 0, role: "group", "aria-labelledby": "node-title" }, tableOf(report, row, change)), h("div", { class: "explained" }, formulaOfMetric(report, row, metric))));
}
