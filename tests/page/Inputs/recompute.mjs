// recompute.mjs PAGE GOAL_MS - the median time in which a new height has all numbers of all nodes, and the whole page with it, of 60.
import { checkQuiet, fail, open, withBrowser } from "./browser.mjs";

const [file, goal] = process.argv.slice(2);
await withBrowser(async (browser) => {
  const page = await open(browser, file);
  const times = await page.evaluate(async () => {
    const field = document.getElementById("in-2"), all = [];
    for (let i = 0; i < 80; ++i) {
      field.value = String(480 + 16 * i);
      field.dispatchEvent(new Event("input"));
      all.push(window.mdlcTimes);
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    return all.slice(20);
  });
  checkQuiet(page, "recompute");
  const median = (key) => times.map((each) => each[key]).sort((a, b) => a - b)[30];
  console.log(`numbers ${median("evaluate").toFixed(1)} ms, with the page ${median("whole").toFixed(1)} ms, goal ${goal} ms for the numbers`);
  if (median("evaluate") > Number(goal)) fail("too slow");
});
