// render.mjs - Draws figures: Vega-Lite specs with data, as SVG and PNG.
//
//   node render.mjs JOB.json FOLDER
//
// JOB.json: {"figures": [{"name", "spec", "texts", "data", "formats"}]}, as mdlc writes it (tools/mdlc/plot/Renderer.h). A figure
// is the spec SPEC.vl.json of this folder with `texts` in the place of its {{placeholders}} and `data` as its data sets.
// It is written to FOLDER/NAME.svg and FOLDER/NAME.png. The same job gives the same bytes.
// Nothing is read but this folder, its node_modules and the job; exit code 1 and a line on stderr after an error.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import opentype from "opentype.js";
import * as vega from "vega";
import { compile } from "vega-lite";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const theme = read(join(here, "theme.json"));

/** A copy of a spec with every {{name}} replaced; a name without a text is an error. */
function filled(value, texts) {
  if (Array.isArray(value)) return value.map((each) => filled(each, texts));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, texts)]));
  if (typeof value !== "string") return value;
  const text = (name) => {
    if (!Object.hasOwn(texts, name)) throw new Error(`the spec asks for {{${name}}}, which the job does not give`);
    return texts[name];
  };
  const whole = value.match(/^\{\{(\w+)\}\}$/); // alone it keeps its type: a list of lines, a number
  return whole ? text(whole[1]) : value.replace(/\{\{(\w+)\}\}/g, (_, name) => String(text(name)));
}

/** What ticks are called: with a decimal prefix; on a logarithmic axis only 1, 2 and 5 of each decade. */
const short = "format(datum.value, abs(datum.value) >= 1000 ? '~s' : '~g')";
const mantissa = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))";
const labels = { linear: short, log: `indexof([1, 2, 5], ${mantissa}) >= 0 ? ${short} : ''` };
const withLabels = (texts) => ({
  ...texts, linear_labels: labels.linear, log_labels: labels.log, x_labels: labels[texts.x_scale ?? "linear"], y_labels: labels[texts.y_scale ?? "linear"],
});

/** The font that text is measured in, and drawn in where there is none else. */
const fonts = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => join(here, "node_modules/dejavu-fonts-ttf/ttf", name));
const measures = fonts.map((path) => opentype.loadSync(path));
vega.textMetrics.width = (item, text) => {
  const bold = item.fontWeight === "bold" || item.fontWeight >= 600;
  return measures[bold ? 1 : 0].getAdvanceWidth(String(text ?? ""), item.fontSize ?? 11);
};

/** Specs have their data by name and nothing else: no file, no address. */
const refuse = () => Promise.reject(new Error("a spec may not load anything"));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

/** Vega keeps names as keys of plain objects, which have some already: `constructor` and its like get a blank that none sees. */
const harmless = (value) =>
  typeof value === "string" ? (value in {} ? `${value} ` : value)
  : Array.isArray(value) ? value.map(harmless)
  : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, harmless(each)]))
  : value;

async function svgOf({ texts, data, ...figure }) {
  const spec = filled(read(join(here, `${figure.spec}.vl.json`)), withLabels(harmless(texts)));
  const compiled = compile({ ...spec, datasets: harmless(data), config: theme }, { logger: vega.logger(vega.Error) });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", loader });
  view.logger().level(vega.Error).error = (...parts) => { throw new Error(parts.join(" ")); };
  const svg = await view.toSVG();
  view.finalize();
  return svg + "\n";
}

/** Twice the size, for screens and slides; text in the font that comes with the packages, so that it is the same everywhere. */
async function pngOf(svg) {
  const { Resvg } = await import("@resvg/resvg-js");
  const family = "DejaVu Sans";
  const font = { fontFiles: fonts, loadSystemFonts: false, defaultFontFamily: family, sansSerifFamily: family };
  return new Resvg(svg, { fitTo: { mode: "zoom", value: 2 }, font }).render().asPng();
}

try {
  const [job, folder] = process.argv.slice(2);
  for (const figure of read(job).figures) {
    const svg = await svgOf(figure);
    if (figure.formats.includes("svg")) writeFileSync(join(folder, `${figure.name}.svg`), svg);
    if (figure.formats.includes("png")) writeFileSync(join(folder, `${figure.name}.png`), await pngOf(svg));
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
