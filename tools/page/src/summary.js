// The numbers that a reader came for, and what to know of them.
import { byId, fill, h } from "./dom.js";
import { clock, exact, siText } from "./format.js";
import { data } from "./model.js";
import { resourceTitle, said, t } from "./texts.js";

function card(title, value, precisely, more, extra = null, style = "") {
  return h("div", { class: `card${style}` }, h("dt", null, title), h("dd", { class: "big" }, value), h("dd", { class: "exact" }, precisely), h("dd", { class: "more" }, more), extra);
}

function timeCard(report) {
  const time = report.total("time_s");
  if (time === undefined) return card(t("time"), "–", "\u00a0", t("time.none"));
  const low = report.total("time_s_min"), high = report.total("time_s_max");
  const range = low === undefined || high === undefined || low === high ? "" : t("time.range", { low: siText(low, "s"), high: siText(high, "s") });
  return card(t("time"), siText(time, "s"), clock(time) || exact(time, "s"), [t("time.bound", { resource: resourceTitle(report.bottleneck) }), range === "" ? null : h("br"), range]);
}

function workCard(report) {
  const work = report.total("flops_tensor"), vector = report.total("flops_vector");
  return card(t("work"), siText(work, "FLOP"), exact(work, "FLOP"), vector === undefined ? "" : t("work.vector", { value: siText(vector, "FLOP") }));
}

function movedCard(report) {
  const read = report.total("bytes_read"), written = report.total("bytes_written");
  if (read === undefined || written === undefined) return null;
  const all = typeof read === "bigint" && typeof written === "bigint" ? read + written : Number(read) + Number(written);
  return card(t("moved"), siText(all, "B"), exact(all, "B"), t("moved.split", { read: siText(read, "B"), written: siText(written, "B") }));
}

function memoryCard({ memory, device }) {
  if (!memory) return null;
  const at = t("memory.none", { stage: memory.stage });
  if (device === null) return card(t("memory"), siText(memory.total, "B"), exact(memory.total, "B"), at);
  if (memory.capacity === null) return card(t("memory"), siText(memory.total, "B"), exact(memory.total, "B"), [at, h("br"), t("memory.unknown")]);
  const left = memory.fits ? memory.capacity - memory.total : memory.total - memory.capacity;
  const says = t(memory.fits ? "memory.fits" : "memory.misses", { left: siText(left, "B"), capacity: siText(memory.capacity, "B") });
  const part = Math.min(1, Number(memory.total) / Number(memory.capacity));
  return card(t("memory"), siText(memory.total, "B"), exact(memory.total, "B"),
    [h("span", { class: memory.fits ? "good" : "bad" }, says), h("br"), at],
    h("dd", { class: "bar", "aria-hidden": "true" }, h("span", { class: memory.fits ? "good" : "bad", style: `width:${(part * 100).toFixed(1)}%` })));
}

function paramsCard(report) {
  const params = report.total("params"), weights = report.total("weight_bytes");
  if (params === undefined) return null;
  return card(t("params"), siText(params, ""), "\u00a0", weights === undefined ? "" : t("params.bytes", { value: siText(weights, "B") }), null, " long");
}

/** What several devices make of the job; what it takes for granted stands below. */
function fleetPart(fleet) {
  if (fleet === null) return null;
  const { strategy, memory } = fleet, fits = memory === null || memory.capacity === null ? null : t(memory.fits ? "fleet.fits" : "fleet.misses");
  const range = fleet.bounds.map(([, time]) => time), low = Math.min(...range), high = Math.max(...range);
  return h("section", { class: "fleet", "aria-labelledby": "fleet-title" }, h("h2", { id: "fleet-title" }, t("fleet", { devices: fleet.devices, strategy: strategy.name, divided: strategy.divides, batch: fleet.batch })),
    h("dl", { class: "cards" },
      card(t("fleet.latency"), siText(fleet.latency, "s"), exact(fleet.latency, "s"), [t("time.bound", { resource: resourceTitle(fleet.bottleneck) }), low < high ? [h("br"), t("time.range", { low: siText(low, "s"), high: siText(high, "s") })] : null]),
      card(t("fleet.each"), siText(fleet.perRequest, "s"), exact(fleet.perRequest, "s"), t("fleet.rate", { rate: exact(fleet.perSecond, "") })),
      card(t("fleet.active"), `${fleet.active} / ${fleet.devices}`, "\u00a0", t("fleet.share", { divided: strategy.divides, largest: fleet.largest })),
      memory === null ? null : card(t("fleet.memory"), siText(memory.total, "B"), exact(memory.total, "B"), fits === null ? "" : h("span", { class: memory.fits ? "good" : "bad" }, fits))),
    h("p", { class: "counted" }, [strategy.rule, ...strategy.assumptions].map(said).join(" · ")));
}

/** Of several devices that share the model every number is that of one. */
function shardingPart() {
  if (data.sharding === null) return null;
  const { name, devices, rules } = data.sharding;
  return h("div", { class: "notes" }, h("h2", null, t("sharding", { name, devices })), h("ul", null, rules.map((each) => h("li", null, said(each)))));
}

/** As mdlc says it; in other words only where it is one for all stages. */
function precisionLine({ name, line, compute, storage, stages }) {
  return stages.some(([stage]) => stage !== "") || t("precision.line") === "" ? line : t("precision.line", { name, compute, storage });
}

export function showSummary(report) {
  const notes = report.assumptions.filter((each) => !report.program.assumptions.includes(each)).map((each) => each.replace(/^extrapolation: /, ""));
  fill(byId("summary"), shardingPart(),
    h("dl", { class: "cards" }, timeCard(report), workCard(report), movedCard(report), memoryCard(report), paramsCard(report)),
    fleetPart(report.fleet),
    notes.length === 0 ? null : h("div", { class: "notes" }, h("h2", null, t("notes")), h("ul", null, notes.map((each) => h("li", null, said(each))))),
    h("details", { class: "geometry" }, h("summary", null, t("geometry")),
      h("dl", null, report.geometry.map(([name, value]) => h("div", null, h("dt", null, name.replaceAll("_", " ")), h("dd", null, exact(value, "")))))),
    h("p", { class: "counted" }, t("counted", { convention: said(report.program.convention), traffic: said(report.program.traffic), precision: precisionLine(report.precision) })));
}
