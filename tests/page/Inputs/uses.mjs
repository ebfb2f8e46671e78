// uses.mjs PAGE - what a reader does: keys in the icicle, a slider by keys, search, sort, open rows, a formula, a link that carries the
// state, a refused job, the CSV, another language.
import { readFileSync } from "node:fs";
import { checkQuiet, fail, open, withBrowser } from "./browser.mjs";

const file = process.argv[2];
function expect(what, is, wanted) {
  if (is !== wanted) fail(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
  console.log(`${what}: ${is}`);
}

await withBrowser(async (browser) => {
  const page = await open(browser, file);
  const big = () => page.textContent(".card .big");
  const selected = () => page.textContent("#node .id");

  await page.focus(".icicle [tabindex='0']");
  await page.keyboard.press("Home");
  for (const key of ["ArrowDown", "Enter"]) await page.keyboard.press(key);
  expect("by keys into", await selected(), "diffusion");
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  expect("by keys further into", await selected(), "diffusion.blocks.0…39");
  await page.keyboard.press("Backspace");
  expect("by a key up", await selected(), "diffusion.blocks");

  await page.focus("input[type=range][aria-label=height]");
  await page.keyboard.press("ArrowRight");
  expect("a step of the slider", await page.inputValue("#in-2"), "736");
  await page.keyboard.press("ArrowLeft");
  expect("and back", await big(), "4,439\u00a0s");

  await page.click(".geometry summary");
  await page.focus("[data-toggle='diffusion']");
  await page.evaluate(() => { const field = document.getElementById("in-0"); field.value = "2", field.dispatchEvent(new Event("input")); });
  expect("what was opened stays open", await page.evaluate(() => document.querySelector(".geometry").open), true);
  expect("and the focus where it was", await page.evaluate(() => document.activeElement.dataset.toggle), "diffusion");
  await page.keyboard.press("Enter");
  expect("a row closed by a key", await page.getAttribute("[data-toggle='diffusion']", "aria-expanded"), "false");
  expect("keeps the focus", await page.evaluate(() => document.activeElement.dataset.toggle), "diffusion");
  await page.keyboard.press("Enter");
  await page.fill("#in-0", "1");

  await page.fill("#search", "ffn linear");
  const found = await page.$$eval(".modules tbody tr", (rows) => rows.map((row) => row.querySelector(".link").textContent));
  expect("a search finds", found.join(" "), "text_encoder.blocks.0…23.ffn.gate.0 text_encoder.blocks.0…23.ffn.fc1 text_encoder.blocks.0…23.ffn.fc2 diffusion.blocks.0…39.ffn.0 diffusion.blocks.0…39.ffn.2");
  await page.fill("#search", "");
  await page.click("[data-column=params]");
  expect("the most parameters first", await page.textContent(".modules tbody .link"), "diffusion");
  expect("the order is said", await page.getAttribute(".modules th:has([data-column=params])", "aria-sort"), "descending");
  await page.click("[data-toggle='diffusion']");
  expect("closed by a press", await page.getAttribute("[data-toggle='diffusion']", "aria-expanded"), "false");

  await page.fill("#search", "patch_embedding");
  await page.click(".modules tbody .link");
  await page.click("#node tbody .link:has-text('parameters')");
  expect("a formula", await page.getAttribute(".formula", "aria-label"), "332800");
  await page.click("#node tbody .link:has-text('tensor FLOPs')");
  expect("a formula in mdlc's text", await page.getAttribute(".formula", "aria-label"), "passes*655360*batch*steps*T*floor(height/16)*floor(width/16)");
  expect("set as mathematics", await page.$$eval(".formula math", (all) => all.length > 0 && all[0].querySelectorAll("mfrac").length === 2), true);

  await page.fill("#in-2", "5");
  expect("a refused job", await page.textContent("#status p"), "input `height` is 5; its range is 16..=65535 pixel");
  expect("and its field", await page.getAttribute("#in-2", "aria-invalid"), "true");
  await page.fill("#in-2", "seven");
  expect("no number", await page.textContent("#status p"), "input `height` is a whole number of pixel, found `seven`");
  await page.fill("#in-2", "480");
  expect("mended", await page.$("#status p"), null);

  await page.selectOption("#precision", "fp8");
  await page.selectOption("#device", "b200_sxm");
  await page.fill("#devices", "0");
  expect("no devices", await page.textContent("#status p"), "the number of devices is a whole number from 1, found `0`");
  await page.fill("#in-0", "9");
  await page.fill("#devices", "8");
  expect("on eight devices", await page.textContent(".fleet h2"), "On 8 devices, dp: batch 9");
  await page.waitForTimeout(400);
  const link = page.url(), other = await open(browser, file, undefined, `#${link.split("#")[1]}`);
  expect("a link carries the job", await other.inputValue("#in-2"), "480");
  expect("and the devices", await other.textContent(".fleet .big"), await page.textContent(".fleet .big"));
  expect("and the numbers", await other.textContent(".card .big"), await big());
  const [download] = await Promise.all([other.waitForEvent("download"), other.click("text=Download CSV")]);
  expect("the CSV begins", readFileSync(await download.path(), "utf8").split(",").slice(0, 4).join(","), "id,parent,name,operator");
  await other.selectOption("#language", "zh");
  expect("in Chinese", await other.textContent("#where-title"), "开销分布");
  expect("what the model says, too", await other.$$eval("#about li", (items) => items.some((item) => item.textContent === "FLOPs 口径：full（计入 Tensor 与 Vector 运算）")), true);
  expect("the job stays", await other.inputValue("#in-2"), "480");
  checkQuiet(other, "the link");

  const odd = await open(browser, file, undefined, "#in.height=%3Cscript%3E&precision=__proto__&device=nope&node=constructor&metric=toString&language=xx&in.guidance=maybe");
  expect("a link of nonsense", await odd.textContent("#status p"), "input `height` is a whole number of pixel, found `<script>`");
  await odd.click("text=Reset to the report's job");
  expect("is left by a press", await odd.textContent(".card .big"), "4,439\u00a0s");
  checkQuiet(odd, "nonsense");
  checkQuiet(page, "use");
});
