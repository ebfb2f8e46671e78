// Every operator on the roofs of the device. d3-scale has the axes, d3-shape the marks.
import { scaleLog } from "d3-scale";
import { symbol } from "d3-shape";
import { colourOf, orderedCategories, shapeOf } from "./colours.js";
import { byId, fill, h, svg, watchWidth } from "./dom.js";
import { asNumber, percent, siText } from "./format.js";
import { data } from "./model.js";
import { state } from "./state.js";
import { t } from "./texts.js";

const MARGIN = { top: 14, right: 18, bottom: 44, left: 58 };
let select, latest, panelWidth;

/** Operators with their work per byte and per second, the ones that take long last. */
function pointsOf(report) {
  const at = (name) => report.metric(name), [tensor, vector, read, written, time] = ["flops_tensor", "flops_vector", "bytes_read", "bytes_written", "time_s"].map(at);
  const total = asNumber(report.totals[time]);
  return report.rows.flatMap((row) => {
    if (row.children.length > 0) return [];
    const value = (i) => (i < 0 ? 0 : asNumber(row.values[i]));
    const work = value(tensor) + value(vector), bytes = value(read) + value(written), seconds = value(time);
    return work > 0 && bytes > 0 && seconds > 0 ? [{ row, x: work / bytes, y: work / seconds, share: seconds / total }] : [];
  }).sort((a, b) => b.share - a.share);
}

/** The peaks that the programs' rates are of, under the chosen utilisation. */
function roofsOf(report) {
  const of = report.device.utilisations[data.utilisations.indexOf(state.utilisation)], roofs = new Map();
  for (const [kind, format, profile] of report.precision.rates) {
    if (kind === "tensor" && profile === "") roofs.set(format, report.device.peaks[format] * of.tensor);
    if (kind === "vector") roofs.set(t("roofline.vector"), report.device.vector * of.vector);
  }
  return { memory: report.device.bandwidth * of.memory, flat: [...roofs].sort((a, b) => b[1] - a[1]) };
}

function extent(values, low, high) {
  const least = Math.min(...values, low), most = Math.max(...values, high);
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))];
}

const unitOf = (value) => siText(value, "").replace(/\.0+(?=\D|$)/, "");

function axes(x, y, width, height) {
  const decades = (scale, most) => {
    const all = scale.ticks().filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9), step = Math.ceil(all.length / most);
    return all.filter((_, i) => i % step === 0);
  };
  const across = decades(x, width / 70).map((value) => [svg("line", { class: "grid", x1: x(value), x2: x(value), y1: MARGIN.top, y2: height - MARGIN.bottom }), svg("text", { class: "tick", x: x(value), y: height - MARGIN.bottom + 16, "text-anchor": "middle" }, unitOf(value))]);
  const up = decades(y, 9).map((value) => [svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }), svg("text", { class: "tick", x: MARGIN.left - 8, y: y(value) + 4, "text-anchor": "end" }, unitOf(value))]);
  return [across, up, svg("text", { class: "axis", x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 6, "text-anchor": "middle" }, t("roofline.x")),
    svg("text", { class: "axis", transform: `translate(12 ${(MARGIN.top + height - MARGIN.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, t("roofline.y"))].flat(2);
}

const line = (x1, y1, x2, y2) => svg("path", { class: "roof", d: `M${x1},${y1}L${x2},${y2}` });

function roofLines(roofs, x, y) {
  const [left, right] = x.domain(), top = roofs.flat[0][1];
  return [line(x(left), y(left * roofs.memory), x(top / roofs.memory), y(top)),
    ...roofs.flat.map(([, rate]) => line(x(Math.max(left, rate / roofs.memory)), y(rate), x(right), y(rate)))];
}

const LETTER = 6.7, TEXT = 12; // of the plot's texts, on average

/** Where texts and large marks are, so that no text covers another. */
class Places {
  constructor(width) { this.width = width, this.taken = []; }
  boxOf({ x, y, text, anchor }) {
    const wide = [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? TEXT : LETTER), 0), left = anchor === "end" ? x - wide : x;
    return [left, y - TEXT, left + wide, y + 3];
  }
  take(box) { this.taken.push(box); }
  isFree([left, top, right, bottom]) {
    return left >= MARGIN.left && right <= this.width && !this.taken.some(([a, b, c, d]) => left < c && a < right && top < d && b < bottom);
  }
  /** The first of these places that is free, taken from now on; else none. */
  find(candidates) {
    const found = candidates.find((each) => this.isFree(this.boxOf(each)));
    if (found) this.take(this.boxOf(found));
    return found;
  }
}

/** Over the marks, so that they can be read. */
function roofNames(roofs, places, x, y) {
  const [left, right] = x.domain(), from = Math.max(left, y.domain()[0] / roofs.memory) * 1.35;
  const angle = (Math.atan2(y(from * 10 * roofs.memory) - y(from * roofs.memory), x(from * 10) - x(from)) * 180) / Math.PI;
  return [svg("text", { class: "rooftext", transform: `translate(${x(from)} ${y(from * roofs.memory)}) rotate(${angle})`, dy: -7 }, `${t("roofline.memory")} ${siText(roofs.memory, "B/s")}`),
    ...roofs.flat.map(([name, rate]) => {
      const text = `${name} ${siText(rate, "FLOP/s")}`, start = x(Math.max(left, rate / roofs.memory)), end = x(right) - 4, line = y(rate);
      const all = [-7, 15, -27, 30].flatMap((up) => [{ x: end, y: line + up, text, anchor: "end" }, { x: start + 8, y: line + up, text, anchor: "start" }]);
      const at = places.find(all) ?? all[0];
      return svg("text", { class: "rooftext", x: at.x, y: at.y, "text-anchor": at.anchor }, text);
    })];
}

const area = (point) => 26 + 1500 * point.share, radius = (point) => Math.sqrt(area(point) / Math.PI);

function mark(point, x, y) {
  const { row } = point, text = `${row.id}: ${siText(point.x, "FLOP/B")}, ${siText(point.y, "FLOP/s")}, ${percent(point.share)}`;
  return svg("path", { key: row.id, class: `mark ${colourOf(row.node.category)}${row.id === state.node ? " chosen" : ""}`, d: symbol(shapeOf(row.node.category), area(point))(), transform: `translate(${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)})`, onclick: () => select(row.id) }, svg("title", null, text));
}

/** Names of the operators that take the most, beside their marks, where there is room. */
function labels(points, places, x, y) {
  return points.slice(0, 4).flatMap((point) => {
    if (point.share < 0.02) return [];
    const px = x(point.x), py = y(point.y), gap = 6 + radius(point), text = `${point.row.parent.split(".").at(-1)}.${point.row.label} ${percent(point.share)}`;
    const sides = [{ x: px - gap, anchor: "end" }, { x: px + gap, anchor: "start" }];
    const at = places.find([22, -14, 38, -30, 54].flatMap((down) => sides.map((side) => ({ ...side, y: py + down, text }))));
    return at ? [svg("text", { class: "marktext", x: at.x, y: at.y, "text-anchor": at.anchor }, text)] : [];
  });
}

function legend(points) {
  const used = new Set(points.map((point) => point.row.node.category));
  return h("ul", { class: "legend" }, orderedCategories().filter((name) => used.has(name)).map((name) => h("li", null,
    svg("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" }, svg("path", { class: `mark ${colourOf(name)}`, d: symbol(shapeOf(name), 60)() })), name)));
}

export function makeRoofline(choose) {
  select = choose;
  panelWidth ??= watchWidth(byId("roofline"), () => showRoofline(latest));
}

export function showRoofline(report) {
  latest = report;
  const panel = byId("roofline"), title = h("h2", { id: "roofline-title" }, t("roofline"));
  const points = report.device === null ? [] : pointsOf(report);
  if (points.length === 0) return void fill(panel, title, h("p", { class: "empty" }, t("roofline.none")));
  const roofs = roofsOf(report), width = Math.max(300, panelWidth()), height = Math.round(Math.min(420, Math.max(280, width * 0.72)));
  const ridge = roofs.flat[0][1] / roofs.memory;
  const x = scaleLog(extent(points.map((each) => each.x), 0.1, ridge * 4), [MARGIN.left, width - MARGIN.right]);
  const y = scaleLog(extent(points.map((each) => each.y), roofs.memory * 0.1, roofs.flat[0][1] * 1.3), [height - MARGIN.bottom, MARGIN.top]);
  const places = new Places(width - MARGIN.right);
  for (const each of points.slice(0, 12)) places.take([x(each.x) - radius(each), y(each.y) - radius(each), x(each.x) + radius(each), y(each.y) + radius(each)]);
  const about = points.slice(0, 5).map((each) => `${each.row.id} ${percent(each.share)}: ${siText(each.x, "FLOP/B")}, ${siText(each.y, "FLOP/s")}`).join("; ");
  fill(panel, title, svg("svg", { class: "plot", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${t("roofline")}. ${about}` },
    axes(x, y, width, height), roofLines(roofs, x, y), points.map((each) => mark(each, x, y)), roofNames(roofs, places, x, y), labels(points, places, x, y)), legend(points), h("p", { class: "hint" }, t("roofline.about")));
}
