// One colour and one shape for each category of operators, the same in every picture. The shapes tell them apart in grey.
import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye } from "d3-shape";
import { categories } from "./model.js";

const COLOURS = 8;
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolStar, symbolWye, symbolCircle];
let order = categories;

/** Gives the first colours to the categories with the most of a metric in the report's own job; asked for once. */
export function orderColours(report, metric) {
  const sums = new Map(categories.map((name) => [name, 0]));
  for (const row of report.rows) if (row.children.length === 0 && sums.has(row.node.category)) sums.set(row.node.category, sums.get(row.node.category) + Number(row.values[metric] ?? 0));
  order = [...categories].sort((a, b) => sums.get(b) - sums.get(a));
}

const place = (category) => Math.min(order.indexOf(category), COLOURS - 1);
export const colourOf = (category) => (category === "" ? "module" : `c${place(category)}`);
export const shapeOf = (category) => SHAPES[Math.max(0, place(category))];
export const orderedCategories = () => order;
