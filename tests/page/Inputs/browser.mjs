// Pages of reports in headless Chromium, for the tests of this folder. A page that asks for anything beyond its own file
// or says anything on the console fails the test.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const require = createRequire(join(root, "tools/page/package.json"));
const { chromium } = require("playwright-core");
export const axeSource = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const VIEWS = [
  { name: "desktop-light", viewport: { width: 1440, height: 1000 }, colorScheme: "light", locale: "en-US" },
  { name: "desktop-dark", viewport: { width: 1440, height: 1000 }, colorScheme: "dark", locale: "en-US" },
  { name: "phone-light", viewport: { width: 390, height: 844 }, colorScheme: "light", locale: "en-US" },
  { name: "phone-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark", locale: "zh-CN" },
];

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Calls `use(browser)` and closes it, whatever happens. */
export async function withBrowser(use) {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** A page of a file in a view, shown; what it asks for and says is in `faults`. */
export async function open(browser, file, view = VIEWS[0], hash = "") {
  const { name, ...options } = view;
  const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
  page.faults = [];
  page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) page.faults.push(`asks for ${request.url()}`); });
  page.on("console", (message) => page.faults.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => page.faults.push(`error: ${error.stack}`));
  page.on("dialog", (dialog) => { page.faults.push(`dialog: ${dialog.message()}`), dialog.dismiss(); });
  await page.goto(pathToFileURL(file).href + hash);
  await page.waitForFunction(() => window.mdlc !== undefined, null, { timeout: 20000 });
  return page;
}

export function checkQuiet(page, what) {
  if (page.faults.length > 0) fail(`${what}: ${page.faults.join("\n")}`);
}

/** What `mdlc eval` says of a job in JSON or CSV, or its error. */
export function evaluate(model, options, format = "json") {
  const words = ["eval", model, "--fold", "--format", format, "--diagnostics", "json", ...options];
  try {
    return { text: execFileSync("mdlc", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 }) };
  } catch (error) {
    const lines = error.stderr.split("\n").filter((line) => !line.startsWith("warning: "));
    return { error: JSON.parse(lines.join("\n"))[0] };
  }
}

/** A generator of numbers that are the same in every run: mulberry32. */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
