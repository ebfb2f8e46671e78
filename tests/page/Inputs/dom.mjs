// dom.mjs DOM_JS - what is there becomes what is described: 400 random descriptions after one another give what each gives alone; elements
// with a key stay the same ones in another place, with the focus; elements that have an owner are never made into others.
import { readFileSync } from "node:fs";
import { chance, fail, withBrowser } from "./browser.mjs";

const random = chance(7), pick = (list) => list[Math.floor(random() * list.length)];

/** A tree as [name, properties, ...children], with keys among some neighbours. */
function tree(depth) {
  const properties = Object.fromEntries(["class", "title", "data-a"].filter(() => random() < 0.4).map((name) => [name, pick(["x", "y", null, true])]));
  const count = depth === 0 ? 0 : Math.floor(random() * 4), keys = ["a", "b", "c", "d", "e"].sort(() => random() - 0.5), keyed = random() < 0.5;
  const children = Array.from({ length: count }, (_, i) => {
    if (!keyed && random() < 0.4) return pick(["text", "other", 7, null]);
    const [name, own, ...below] = tree(depth - 1);
    return [name, keyed ? { ...own, key: keys[i] } : own, ...below];
  });
  return [pick(["p", "div", "span"]), properties, ...children];
}

await withBrowser(async (browser) => {
  const page = await browser.newPage(), source = readFileSync(process.argv[2]).toString("base64");
  const fault = await page.evaluate(async ([code, trees]) => {
    const { fill, h, make } = await import(`data:text/javascript;base64,${code}`);
    const describe = (each) => (Array.isArray(each) ? h(each[0], each[1], ...each.slice(2).map(describe)) : each);
    const place = document.body.appendChild(document.createElement("main"));
    for (const [i, each] of trees.entries()) {
      const alone = document.createElement("main");
      fill(place, describe(each));
      fill(alone, describe(each));
      if (!place.isEqualNode(alone)) return `${i}: ${place.innerHTML}, not ${alone.innerHTML}`;
    }

    const item = (key) => h("button", { key }, key), of = (key) => [...place.children].find((each) => each.textContent === key);
    fill(place, ["a", "b", "c", "d"].map(item));
    const [b, d] = [of("b"), of("d")];
    d.focus();
    fill(place, ["b", "x", "d"].map(item));
    if (of("b") !== b || of("d") !== d || place.children.length !== 3) return "an element with a key became another";
    if (document.activeElement !== d) return "the focus is lost where an element before it goes";

    const own = make(h("input", { value: "mine" }));
    fill(place, own);
    fill(place, h("input", { value: "another" }), own);
    if (place.lastChild !== own || own.getAttribute("value") !== "mine") return "an element that has an owner became another";
    return "";
  }, [source, Array.from({ length: 400 }, () => tree(3))]);
  if (fault !== "") fail(fault);
  console.log("what is there becomes what is described");
});
