// opens.mjs PAGE - opens from disk at desktop and phone width, light and dark, English and Chinese, one device and eight: no request,
// no word on the console, no more than 3 MB, nothing wider than the screen, no violation that axe-core finds.
import { statSync } from "node:fs";
import { axeSource, checkQuiet, fail, open, VIEWS, withBrowser } from "./browser.mjs";

const file = process.argv[2], size = statSync(file).size;
if (size > 3_000_000) fail(`${size} bytes are more than 3 MB`);

async function checkAxe(page, what) {
  await page.evaluate(axeSource());
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const each of violations) console.error(`${what}: ${each.id}: ${each.help}\n  ${each.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 200)}\n  ${node.failureSummary}`).join("\n  ")}`);
  if (violations.length > 0) process.exit(1);
  return passes.length;
}

await withBrowser(async (browser) => {
  for (const view of VIEWS) {
    const page = await open(browser, file, view, view.colorScheme === "dark" ? "#devices=8" : "");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) fail(`${view.name}: the page is ${wide} pixels wider than the screen`);
    const language = await page.getAttribute("html", "lang");
    for (const each of await page.$$("details")) await each.evaluate((element) => { element.open = true; });
    const rules = await checkAxe(page, view.name);
    checkQuiet(page, view.name);
    if (rules < 20) fail(`${view.name}: axe looked at ${rules} rules only`);
    console.log(`${view.name} ${language}: ${(await page.textContent("h1")).length > 0 ? "opens" : "is empty"}`);
    await page.close();
  }
});
