// hostile.mjs PAGE - names and texts that would leave their place: the page has them as text, runs nothing of them, and works.
import { checkQuiet, fail, open, VIEWS, withBrowser } from "./browser.mjs";

const file = process.argv[2];
await withBrowser(async (browser) => {
  for (const view of [VIEWS[0], VIEWS[3]]) {
    const page = await open(browser, file, view);
    const is = await page.evaluate(() => ({ title: document.title, images: document.images.length, scripts: document.scripts.length, wide: document.documentElement.scrollWidth - window.innerWidth, text: document.body.textContent.includes("<img src=x onerror=alert(1)>") }));
    if (is.title !== "toString · mdlc" || is.images !== 0 || is.scripts !== 4 || !is.text) fail(`${view.name}: ${JSON.stringify(is)}`);
    if (is.wide > 0) fail(`${view.name}: ${is.wide} pixels wider than the screen`);
    await page.evaluate(() => { document.querySelector("#controls details").open = true; });
    await page.fill("#in-0", "40");
    await page.fill("#search", "linear");
    const rows = await page.$$eval(".modules tbody .link", (links) => links.length);
    if (rows !== 2) fail(`${view.name}: ${rows} rows of linear`);
    for (let i = 0; i < rows; ++i) {
      await page.click(`.modules tbody .link >> nth=${i}`);
      await page.click("#node tbody .link >> nth=2");
    }
    await page.fill("#in-1", "95");
    if (!(await page.textContent("#status p")).includes("<script>")) fail(`${view.name}: the refusal is ${await page.textContent("#status p")}`);
    await page.click(".quiet");
    await page.selectOption("#workload", { index: 1 });
    await page.waitForTimeout(300);
    checkQuiet(page, view.name);
    await page.close();
  }
  console.log("hostile texts stay texts");
});
