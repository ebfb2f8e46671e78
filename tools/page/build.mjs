// Builds page.html, the template that mdlc fills: style, script and vendors' code in one file.
//   node build.mjs            writes page.html and LICENCES.txt
//   node build.mjs --check    compares them with what is committed; exit 1 when they differ
// The same sources and package-lock.json give the same bytes.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");
const options = { bundle: true, minify: true, write: false, metafile: true, legalComments: "none", absWorkingDir: root, logLevel: "warning", charset: "utf8" };

const script = await build({ ...options, entryPoints: ["src/main.js"], format: "iife", target: "es2022" });
const style = await build({ ...options, entryPoints: ["src/style.css"], target: "chrome123" });

/** The packages that the script is made of, with their licences. */
function licences() {
  const names = new Set(Object.keys(script.metafile.inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  return [...names].sort().map((name) => [`${name} ${JSON.parse(read(`node_modules/${name}/package.json`)).version}`, read(`node_modules/${name}/LICENSE`).trim()]);
}

/** Puts a text in the place of a mark, and of nothing that the text has in it. */
function put(page, mark, text) {
  if (page.split(mark).length !== 2) throw new Error(`page.html has not one ${mark}`);
  return page.replace(mark, () => text);
}

function page() {
  const code = script.outputFiles[0].text.trim();
  if (/<\/script|<!--/i.test(code)) throw new Error("the script would end itself");
  let text = put(read("src/page.html"), "/*page:style*/", style.outputFiles[0].text.trim());
  text = put(text, '"page:licences"', JSON.stringify(licences()).replaceAll("<", "\\u003c"));
  return put(text, "/*page:script*/", code);
}

const files = { "page.html": page(), "LICENCES.txt": licences().map(([name, text]) => `${name}\n\n${text}\n`).join(`\n${"-".repeat(78)}\n\n`) };
for (const [name, text] of Object.entries(files)) {
  if (!process.argv.includes("--check")) writeFileSync(join(root, name), text);
  else if (read(name) !== text) { console.error(`tools/page/${name} is not what its sources give: run \`npm ci && npm run build\` in tools/page`); process.exitCode = 1; }
}
