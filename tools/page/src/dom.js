// Elements from names, properties and children. Texts are text nodes, never markup: names of a model may hold anything.

const SVG = "http://www.w3.org/2000/svg", MATH = "http://www.w3.org/1998/Math/MathML";

/** Of lists in lists, what is there. */
const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

function make(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

export const h = (name, properties, ...children) => make(document.createElement(name), properties, children);
export const svg = (name, properties, ...children) => make(document.createElementNS(SVG, name), properties, children);
export const math = (name, properties, ...children) => make(document.createElementNS(MATH, name), properties, children);
export const byId = (id) => document.getElementById(id);

/** Puts children in the place of those that there are. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** Text only where it has changed: a table keeps most of its cells. */
export function setText(element, text) { if (element.textContent !== text) element.textContent = text; }
