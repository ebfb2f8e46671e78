// The current state as `mdlc eval --fold --format csv` prints it, byte for byte.
import { realText } from "./format.js";
import { data } from "./model.js";

const END = "\r\n";

/** A field after RFC 4180; what a spreadsheet would run begins with an apostrophe. */
function field(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[,"\r\n]/.test(text) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const number = (value) => (value === undefined ? "" : typeof value === "bigint" ? String(value) : realText(value));

export function csvOf(report, utilisation) {
  const { precision, device, program } = report;
  const columns = report.metrics.map((metric, i) => [metric, i]).filter(([metric]) => !metric.absent || metric.unit !== "s");
  const head = ["id", "parent", "name", "operator", "category", "copies", "calls", "uniform_calls", ...columns.map(([metric]) => metric.name),
    "precision", "compute_precision", "storage_bits", ...(device ? ["device", "utilisation", "bottleneck"] : []),
    "model_version", "convention", "traffic", "extrapolation"];
  const outside = report.assumptions.some((each) => each.startsWith("extrapolation: "));
  const lines = report.rows.map((row) => {
    const own = precision.stages.find(([stage]) => stage !== "" && stage === row.id.split(".")[0]);
    const [, compute, storage] = own ?? ["", precision.compute, precision.storage];
    return [row.id, row.parent, row.label, row.node.op, row.node.category].map(field).concat(
      String(row.copies), String(row.calls), String(row.uniform), columns.map(([, i]) => number(row.values[i])),
      [precision.name, compute, storage].map(field), device ? [field(device.name), field(utilisation), row.bottleneck] : [],
      [data.source.version, program.convention, program.traffic].map(field), String(outside)).join(",");
  });
  return [head.map(field).join(","), ...lines].join(END) + END;
}
