// The modules as a table: a tree that opens row by row, sorted within each module, or the rows that a search finds.
import { colourOf } from "./colours.js";
import { byId, fill, h, make } from "./dom.js";
import { asNumber, grouped, percent, siText } from "./format.js";
import { sizeMetric } from "./icicle.js";
import { state } from "./state.js";
import { metricTitle, resourceWord, t } from "./texts.js";

const COLUMNS = ["time_s", "flops_tensor", "bytes_read", "bytes_written", "params"];
const MOST = 500; // rows at once
let body, head, count, query = "", open = null, sort = { column: "", down: true }, select, latest, depth;

export function makeTable(choose) {
  select = choose, open = open ?? null;
  const search = make(h("input", { id: "search", type: "search", class: "field", placeholder: t("search.hint"), autocomplete: "off", spellcheck: "false", value: query, oninput: () => { query = search.value, showTable(latest); } }));
  depth = make(h("select", { id: "depth", onchange: () => { openTo(Number(depth.value)), showTable(latest); } }, [1, 2, 3, 4, 99].map((levels) => h("option", { value: levels, selected: levels === 2 }, levels === 99 ? t("depth.all") : String(levels)))));
  head = make(h("tr")), body = make(h("tbody")), count = make(h("p", { class: "hint", role: "status" }));
  fill(byId("modules"), h("div", { class: "head" }, h("h2", { id: "modules-title" }, t("modules")), h("label", { class: "inline", for: "depth" }, t("depth"), depth), h("label", { class: "inline grow", for: "search" }, h("span", { class: "sr" }, t("search")), search)),
    h("div", { class: "scroll", tabindex: 0, role: "group", "aria-labelledby": "modules-title" }, h("table", { class: "modules" }, h("thead", null, head), body)), count);
}

function openTo(levels) { open = new Set(latest.rows.filter((row) => row.depth < levels - 1).map((row) => row.id)); }

const columnsOf = (report) => COLUMNS.map((name) => report.metric(name)).filter((i) => i >= 0);

function keyOf(report, column) {
  if (column === "node") return (row) => row.label;
  if (column === "operator") return (row) => row.node.op;
  if (column === "calls") return (row) => Number(row.calls);
  if (column === "bound") return (row) => row.bottleneck;
  const metric = column === "share" ? sizeMetric(report) : report.metric(column);
  return (row) => (row.values[metric] === undefined ? -1 : asNumber(row.values[metric]));
}

function sorted(report, rows) {
  if (sort.column === "") return rows;
  const key = keyOf(report, sort.column), way = sort.down ? -1 : 1;
  return [...rows].sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * way; });
}

function rowsOf(report) {
  if (query.trim() !== "") {
    const words = query.trim().toLowerCase().split(/\s+/);
    return sorted(report, report.rows.filter((row) => words.every((word) => `${row.id} ${row.node.op} ${row.node.category}`.toLowerCase().includes(word))));
  }
  const all = [], add = (rows) => { for (const row of sorted(report, rows)) { all.push(row); if (open.has(row.id)) add(row.children); } };
  add(report.stages);
  return all;
}

function heading(column, text, isNumber, style = isNumber ? "num" : null) {
  const state = sort.column === column ? (sort.down ? "descending" : "ascending") : null;
  const press = () => { sort = sort.column === column ? (sort.down === isNumber ? { column, down: !sort.down } : { column: "", down: true }) : { column, down: isNumber }, showTable(latest); };
  return h("th", { scope: "col", "aria-sort": state, class: style }, h("button", { type: "button", "data-column": column, onclick: press }, text, h("span", { class: "arrow", "aria-hidden": "true" }, state === null ? "" : sort.down ? "↓" : "↑")));
}

function nameCell(row, isFound) {
  const isOpen = open.has(row.id), has = row.children.length > 0 && !isFound;
  const toggle = has ? h("button", { type: "button", class: "toggle", "aria-expanded": String(isOpen), "aria-label": t(isOpen ? "collapse" : "expand", { id: row.id }), "data-toggle": row.id,
    onclick: () => { isOpen ? open.delete(row.id) : open.add(row.id), showTable(latest); } }, isOpen ? "▾" : "▸") : h("span", { class: "toggle" });
  const copies = row.copies > 1n && row.label.includes("…") ? h("span", { class: "copies" }, ` ×${row.copies}`) : null;
  return h("th", { scope: "row", style: isFound ? null : `--depth:${row.depth}` }, h("div", { class: "cellname" }, isFound ? null : toggle, h("span", { class: `dot ${colourOf(row.node.category)}`, "aria-hidden": "true" }),
    h("button", { type: "button", class: "link", "data-row": row.id, onclick: () => select(row.id) }, isFound ? row.id : row.label), copies));
}

function line(report, row, columns, metric, isFound) {
  const share = asNumber(row.values[metric]) / asNumber(report.totals[metric]);
  return h("tr", { key: row.id, class: row.id === state.node ? "chosen" : null }, nameCell(row, isFound), h("td", { class: "minor" }, row.node.op), h("td", { class: "num minor" }, grouped(row.calls) + (row.uniform ? "" : "~")),
    h("td", { class: "num share", style: Number.isFinite(share) ? `--share:${(share * 100).toFixed(1)}%` : null }, percent(share)),
    columns.map((i) => h("td", { class: `num${asNumber(row.values[i]) === 0 ? " zero" : ""}` }, row.values[i] === undefined ? "" : siText(row.values[i], report.metrics[i].unit))),
    report.device ? h("td", null, resourceWord(row.bottleneck)) : null);
}

export function showTable(report) {
  latest = report;
  if (open === null) openTo(2);
  const columns = columnsOf(report), metric = sizeMetric(report), isFound = query.trim() !== "", rows = rowsOf(report);
  fill(head, heading("node", t("column.node"), false), heading("operator", t("column.operator"), false, "minor"), heading("calls", t("column.calls"), true, "num minor"), heading("share", `${t("column.share")}: ${metricTitle(report.metrics[metric])}`, true),
    columns.map((i) => heading(report.metrics[i].name, metricTitle(report.metrics[i]), true)), report.device ? heading("bound", t("column.bound"), false) : null);
  fill(body, rows.slice(0, MOST).map((row) => line(report, row, columns, metric, isFound)));
  fill(count, t("search.found", { count: Math.min(rows.length, MOST), all: report.rows.length }));
}
