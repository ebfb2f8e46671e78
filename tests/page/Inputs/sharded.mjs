// sharded.mjs PAGE - what the page of a sharded model says of it.
import { checkQuiet, open, VIEWS, withBrowser } from "./browser.mjs";

const file = process.argv[2];

await withBrowser(async (browser) => {
  for (const language of ["en", "zh"]) {
    const page = await open(browser, file, VIEWS[0], `#devices=8&strategy=replicas&language=${language}`);
    const said = await page.evaluate(() => {
      const part = document.querySelector("#summary").firstElementChild;
      return { title: part.querySelector("h2").textContent, rules: part.querySelectorAll("li").length, control: document.querySelector("#devices") !== null, fleet: window.mdlc.report().fleet !== null };
    });
    console.log(`${language}: ${said.title}`);
    console.log(`${language}: ${said.rules} rules`);
    console.log(`${language}: ${said.control ? "a" : "no"} control for devices, ${said.fleet ? "several" : "none"} after #devices=8`);
    checkQuiet(page, language);
    await page.close();
  }
});
