// The tree of modules as an icicle: width is the share, depth goes down. d3-hierarchy places the nodes.
import { hierarchy, partition } from "d3-hierarchy";
import { colourOf } from "./colours.js";
import { byId, fill, h, make, watchWidth } from "./dom.js";
import { asNumber, percent, siText } from "./format.js";
import { state } from "./state.js";
import { metricTitle, t } from "./texts.js";

const ROW = 30, NARROWEST = 2;
let select, metricList, chart, chartWidth, trail, latest, into = ""; // `into`: the id of what is looked into

export const summable = (report) => report.metrics.flatMap((metric, i) => (!metric.absent && metric.fold === "sum" ? [i] : []));

/** The metric that pictures and shares are of: the chosen one, else time, else tensor FLOPs. */
export function sizeMetric(report) {
  const known = summable(report);
  return [state.metric, "time_s", "flops_tensor"].map((name) => report.metric(name)).find((i) => known.includes(i)) ?? known[0];
}

export function makeIcicle(choose, change) {
  select = choose;
  metricList = make(h("select", { id: "metric", onchange: () => { state.metric = metricList.value, change(); } }));
  trail = make(h("nav", { class: "trail", "aria-label": t("where") }));
  chart = make(h("div", { class: "icicle", role: "tree", "aria-labelledby": "where-title", onkeydown: move }));
  fill(byId("where"), h("div", { class: "head" }, h("h2", { id: "where-title" }, t("where")), h("label", { class: "inline", for: "metric" }, t("metric"), metricList)), trail, chart, h("p", { class: "hint" }, t("where.about")));
  chartWidth = watchWidth(chart, () => showIcicle(latest));
}

/** What is looked into; the whole job when the selected node lies elsewhere. */
function focusOf(report) {
  const row = report.byId.get(into);
  if (row === undefined || row.children.length === 0 || !`${state.node}.`.startsWith(`${into}.`)) into = "";
  return report.byId.get(into) ?? null;
}

/** Selects a node, and looks into it when it has parts. */
function look(id) {
  const row = latest.byId.get(id);
  if (row === undefined || row.children.length > 0) into = id;
  select(id);
}

function layout(report, metric, width) {
  const focus = focusOf(report);
  const root = hierarchy(focus ?? { children: report.stages, id: "" }, (row) => row.children);
  root.each((node) => { node.own = node.data.values ? asNumber(node.data.values[metric]) : asNumber(report.totals[metric]); });
  root.eachAfter((node) => { // what a node has beyond its parts stays its own
    const below = (node.children ?? []).reduce((sum, child) => sum + child.value, 0);
    node.value = Math.max(below, node.own);
  });
  const levels = Math.min(root.height + 1, 8);
  partition().size([width, ROW * (root.height + 1)])(root);
  return { focus, root, levels };
}

/** `isEntry`: where the tab key comes in. */
function item(node, metric, report, total, isEntry) {
  const row = node.data, { category } = row.node ?? { category: "" };
  const label = row.label ?? t("whole"), copies = row.copies > 1n ? ` ×${row.copies}` : "";
  const value = siText(row.values ? row.values[metric] : report.totals[metric], report.metrics[metric].unit), share = percent(total > 0 ? node.own / total : NaN);
  const wide = node.x1 - node.x0;
  return h("div", {
    key: row.id, role: "treeitem", class: `cell ${colourOf(category)}`, "data-id": row.id, tabindex: isEntry ? 0 : -1,
    "aria-level": node.depth + 1, "aria-selected": String(row.id === state.node), "aria-label": `${row.id || t("whole")}${copies}, ${value}, ${share}`,
    "aria-expanded": node.children ? "true" : null, title: `${row.id || t("whole")}${copies}\n${value} · ${share}${category ? `\n${category}` : ""}`,
    style: `left:${node.x0.toFixed(2)}px;width:${Math.max(0, wide - 1).toFixed(2)}px;top:${node.depth * ROW}px;height:${ROW - 1}px`,
    onclick: () => look(row.id),
  }, wide > 26 ? h("span", { class: "name" }, label + copies) : null, wide > 190 ? h("span", { class: "share" }, share) : null);
}

export function showIcicle(report) {
  const metric = sizeMetric(report);
  latest = report;
  fill(metricList, summable(report).map((i) => h("option", { value: report.metrics[i].name }, metricTitle(report.metrics[i]))));
  metricList.value = report.metrics[metric].name;
  const { focus, root, levels } = layout(report, metric, chartWidth()), total = asNumber(report.totals[metric]);
  const had = chart.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const shown = root.descendants().filter((node) => node.x1 - node.x0 >= NARROWEST && node.depth < levels);
  const entry = shown.find((node) => node.data.id === (had ?? state.node)) ?? shown[0];
  fill(chart, shown.map((node) => item(node, metric, report, total, node === entry)));
  chart.style.height = `${Math.max(...shown.map((node) => node.depth + 1)) * ROW}px`;
  if (had !== null) [...chart.children].find((each) => each.dataset.id === entry.data.id).focus();
  showTrail(report, focus);
}

function showTrail(report, focus) {
  const path = [];
  for (let row = focus; row; row = report.byId.get(row.parent)) path.unshift(row);
  const step = (id, text) => h("button", { type: "button", class: "link", onclick: () => look(id), "aria-current": id === (focus?.id ?? "") ? "true" : null }, text);
  fill(trail, step("", t("whole")), path.map((row) => [h("span", { "aria-hidden": "true" }, "›"), step(row.id, row.label)]));
}

/** Arrow keys go to the neighbours, as in a tree; Enter looks into a node, Backspace goes up. */
function move(event) {
  const items = [...chart.children], at = items.indexOf(event.target);
  if (at < 0) return;
  const level = (each) => Number(each.getAttribute("aria-level"));
  const find = { ArrowDown: () => items.find((each, i) => i > at && level(each) === level(items[at]) + 1 && inside(each, items[at])), ArrowUp: () => items.slice(0, items.length).reverse().find((each) => level(each) === level(items[at]) - 1 && inside(items[at], each)),
    ArrowRight: () => neighbour(items, at, 1), ArrowLeft: () => neighbour(items, at, -1), Home: () => items[0], End: () => items.at(-1) }[event.key];
  if (find) {
    const to = find();
    if (to) items.forEach((each) => { each.tabIndex = -1; }), to.tabIndex = 0, to.focus();
  } else if (event.key === "Enter" || event.key === " ") look(items[at].dataset.id);
  else if (event.key === "Backspace" || event.key === "Escape") look((latest.byId.get(into) ?? { parent: "" }).parent);
  else return;
  event.preventDefault();
}
const left = (each) => parseFloat(each.style.left), right = (each) => left(each) + parseFloat(each.style.width);
const inside = (a, b) => left(a) >= left(b) - 0.5 && right(a) <= right(b) + 1.5;
function neighbour(items, at, way) {
  const same = items.filter((each) => each.getAttribute("aria-level") === items[at].getAttribute("aria-level")).sort((a, b) => left(a) - left(b));
  return same[same.indexOf(items[at]) + way];
}
