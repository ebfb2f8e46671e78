// pictures.mjs PAGE REFERENCES [--update] - the page at desktop and phone width, light and dark, beside its references: panels where they
// were, and a picture that is the same from some steps away. Fonts differ between machines, so both have room: a tenth of the
// height of a panel, and blocks of 12 pixels whose mean colours differ by little.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkQuiet, fail, open, VIEWS, withBrowser } from "./browser.mjs";

const [file, folder, update] = process.argv.slice(2);
const BLOCK = 12, CLOSE = 24, MOST = 0.04, MEAN = 6; // of 255; of all blocks

/** Places of what the page is made of, in CSS pixels. */
const placesOf = (page) => page.evaluate(() => Object.fromEntries(["header", ".side", "#summary", "#where", "#node", "#roofline", "#stages", "#modules", "#about"].map((name) => {
  const box = document.querySelector(name).getBoundingClientRect();
  return [name, [box.x, box.y + window.scrollY, box.width, box.height].map(Math.round)];
})));

function comparePlaces(name, ours, reference) {
  for (const [what, box] of Object.entries(reference)) {
    const far = box.some((value, i) => Math.abs(value - ours[what][i]) > (i % 2 === 0 ? 12 : Math.max(40, 0.1 * value)));
    if (far) fail(`${name}: ${what} is at ${ours[what]}, not ${box}`);
  }
}

/** The mean colours of blocks of both pictures, compared in an empty page. */
async function comparePictures(browser, name, ours, reference) {
  const page = await browser.newPage();
  const result = await page.evaluate(async ([a, b, block, close]) => {
    const blocksOf = async (data) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const width = Math.round(image.width / block), height = Math.round(image.height / block), canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    };
    const [one, other] = [await blocksOf(a), await blocksOf(b)];
    if (one.length !== other.length) return { size: false };
    let far = 0, sum = 0;
    for (let i = 0; i < one.length; i += 4) {
      const difference = Math.max(...[0, 1, 2].map((k) => Math.abs(one[i + k] - other[i + k])));
      sum += difference;
      if (difference > close) ++far;
    }
    return { size: true, far: (4 * far) / one.length, mean: (4 * sum) / one.length };
  }, [ours.toString("base64"), reference.toString("base64"), BLOCK, CLOSE]);
  await page.close();
  if (!result.size) fail(`${name}: a picture of another size`);
  if (result.far > MOST || result.mean > MEAN) fail(`${name}: ${(100 * result.far).toFixed(1)} % of the blocks differ, ${result.mean.toFixed(1)} of 255 in the mean`);
}

const SEEN = [...VIEWS, { ...VIEWS[0], name: "desktop-chinese", locale: "zh-CN", hash: "#devices=8&in.batch=9" }];

await withBrowser(async (browser) => {
  mkdirSync(folder, { recursive: true });
  for (const { hash, ...view } of SEEN) {
    const page = await open(browser, file, view, hash);
    const places = await placesOf(page), picture = await page.screenshot();
    checkQuiet(page, view.name);
    const paths = [`${view.name}.png`, `${view.name}.json`].map((name) => join(folder, name));
    if (update === "--update") {
      writeFileSync(paths[0], picture);
      writeFileSync(paths[1], `${JSON.stringify(places, null, 1)}\n`);
    } else {
      if (!existsSync(paths[0])) fail(`${view.name} has no reference`);
      comparePlaces(view.name, places, JSON.parse(readFileSync(paths[1], "utf8")));
      await comparePictures(browser, view.name, picture, readFileSync(paths[0]));
    }
    console.log(`${view.name}: as it was`);
    await page.close();
  }
});
