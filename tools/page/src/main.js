// Puts the page together: a change of the state evaluates the program and shows everything again.
import { orderColours } from "./colours.js";
import { makeControls, markInput } from "./controls.js";
import { csvOf } from "./csv.js";
import { byId, fill, h, make, setText } from "./dom.js";
import { makeIcicle, showIcicle, sizeMetric } from "./icicle.js";
import { conventions, data, evaluate, inputs, ModelError } from "./model.js";
import { showNode } from "./node.js";
import { makeRoofline, showRoofline } from "./roofline.js";
import { address, readAddress, state } from "./state.js";
import { showStages } from "./stages.js";
import { showSummary } from "./summary.js";
import { makeTable, showTable } from "./table.js";
import { language, languages, said, t } from "./texts.js";

let report = null, showControls, ownAddress = "", pending = 0, isDrawing = false;

/** Where a reader looks first: the operator that takes the most. */
function largest() {
  const metric = sizeMetric(report), leaves = report.rows.filter((row) => row.children.length === 0);
  return leaves.reduce((best, row) => (Number(row.values[metric] ?? 0) > Number(best.values[metric] ?? 0) ? row : best), leaves[0])?.id ?? "";
}

function select(id) {
  state.node = id;
  writeAddress();
  for (const show of [showIcicle, showRoofline, showTable]) show(report);
  showNode(report, showDetail);
}
const showDetail = () => showNode(report, showDetail);

/** Soon, and once for a slider that is moved: browsers refuse hundreds of changes of an address. */
function writeAddress() {
  clearTimeout(pending);
  pending = setTimeout(() => {
    ownAddress = address();
    if (ownAddress !== (location.hash || "#")) location.replace(ownAddress);
  }, 200);
}

function showError(error) {
  markInput(error === null ? null : error.message);
  fill(byId("status"), error === null ? null : h("div", { class: "error" }, h("strong", null, t("invalid")), h("p", null, error.message), report === null ? null : h("p", { class: "hint" }, t("stale"))));
  document.body.classList.toggle("stale", error !== null);
}

function showNumbers() {
  showSummary(report);
  showTable(report);
  showDetail();
  showAbout();
}

function showPictures() {
  const begin = performance.now();
  for (const show of [showIcicle, showRoofline, showStages]) show(report);
  window.mdlcTimes.pictures = performance.now() - begin;
}

/** Pictures follow the numbers by a frame, once for all changes until then. */
function showPicturesSoon() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => setTimeout(() => { isDrawing = false, showPictures(); }));
}

/** Everything for the present state. What mdlc refuses is said, and the last numbers stay, marked as old. */
function change() {
  const begin = performance.now();
  showControls();
  writeAddress();
  const before = performance.now();
  try {
    report = evaluate(state);
    showError(null);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    showError(error);
    if (report === null) return;
  }
  const middle = performance.now();
  showNumbers();
  showPicturesSoon();
  window.mdlcTimes = { evaluate: middle - before, numbers: performance.now() - begin }; // what the tests read
}

function download() {
  const link = make(h("a", { href: URL.createObjectURL(new Blob([csvOf(report, state.utilisation)], { type: "text/csv" })), download: `${data.run}.csv` }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function share(button) {
  const whole = location.href.split("#")[0] + address();
  try {
    await navigator.clipboard.writeText(whole);
  } catch { // no permission: the address bar has it
    window.prompt(t("share"), whole);
  }
  setText(button, t("shared"));
  setTimeout(() => setText(button, t("share")), 1500);
}

function makeTools() {
  const link = make(h("button", { type: "button", onclick: () => share(link) }, t("share")));
  const choice = (id, label, options, value, set) => {
    const list = make(h("select", { id, "aria-label": label, onchange: () => set(list.value) }, options.map(([name, text]) => h("option", { value: name, selected: name === value }, text))));
    return list;
  };
  fill(byId("tools"), link, h("button", { type: "button", onclick: download }, t("csv")),
    choice("theme", t("theme"), ["", "light", "dark"].map((name) => [name, t(`theme.${name}`)]), state.theme, (name) => { state.theme = name, applyTheme(), writeAddress(); }),
    choice("language", t("languages"), Object.entries(languages).map(([name, texts]) => [name, texts.language]), language(), (name) => { state.language = name, build(); }));
}

function applyTheme() {
  if (state.theme === "") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", state.theme);
}

function showAbout() {
  const list = (title, texts) => (texts.length === 0 ? null : h("div", null, h("h2", null, title), h("ul", null, texts.map((text) => h("li", null, said(text))))));
  const { commit, file, version } = data.source;
  const licences = JSON.parse(byId("licences").textContent);
  fill(byId("about"), h("div", { class: "pair" }, list(t("assumptions"), report.assumptions), list(t("notModelled"), conventions.notModelled)),
    h("p", null, `${t("source")}: ${file} · ${t("version")} ${version.slice(0, 16)}${commit ? ` · ${t("commit", { commit })}` : ""} · ${data.tool}`),
    h("details", null, h("summary", null, t("licences")), licences.map(([name, text]) => h("div", null, h("h3", null, name), h("pre", { tabindex: 0 }, text)))));
}

/** Builds everything in the language of the state. */
function build() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  document.title = `${conventions.model} · mdlc`;
  applyTheme();
  setText(byId("title"), conventions.title || conventions.model);
  setText(byId("subtitle"), `${conventions.model} · ${data.run}`);
  setText(byId("skip"), t("skip"));
  makeTools();
  showControls = makeControls(change);
  makeIcicle(select, change);
  makeRoofline(select);
  makeTable(select);
  change();
  if (report !== null) showPictures();
}

byId("skip").addEventListener("click", (event) => { event.preventDefault(), byId("results").focus(); });
window.addEventListener("hashchange", () => {
  if ((location.hash || "#") === ownAddress) return;
  readAddress(location.hash);
  build();
});

readAddress(location.hash);
try {
  report = evaluate(state);
} catch (error) {
  if (!(error instanceof ModelError)) throw error;
}
if (report !== null) {
  orderColours(report, sizeMetric(report));
  if (!report.byId.has(state.node)) state.node = largest();
}
build();
window.mdlc = { state, inputs, csv: () => csvOf(report, state.utilisation), report: () => report };
