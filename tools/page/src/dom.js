// Elements as descriptions, and what makes a part of the page look like its description: what is there already stays, so that a moved
// slider changes the numbers and nothing else, and keeps focus and what a reader has opened. Texts are text nodes, never markup:
// names of a model may hold anything.

const SPACES = { html: "http://www.w3.org/1999/xhtml", svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };
const made = new WeakMap(); // what an element was last described as
const held = new WeakSet(); // elements that have an owner: nothing else is made of them

/** Of lists in lists, what is there. */
const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
const isThere = (value) => value !== undefined && value !== null && value !== false;

// `key` among the properties names an element among its neighbours, so that it is found again in another place.
const describe = (space) => (name, properties, ...children) => ({ space, name, properties: properties ?? {}, children: present(children) });
export const h = describe(SPACES.html);
export const svg = describe(SPACES.svg);
export const math = describe(SPACES.math);

export const byId = (id) => document.getElementById(id);

const create = (description) => patch(document.createElementNS(description.space, description.name), description);

/** A new element for who wants to keep it; its children may be descriptions, elements and texts. */
export function make(description) {
  const element = create(description);
  held.add(element);
  return element;
}

/** The width of an element without a layout for each question; `changed` is called when it has become another. */
export function watchWidth(element, changed) {
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    const before = width;
    width = contentRect.width;
    if (before !== 0 && Math.abs(before - width) > 1) changed();
  }).observe(element);
  return () => { width ||= element.clientWidth; return width || 800; };
}

function setProperty(element, name, value) {
  if (name === "key") return;
  if (name.startsWith("on")) element[name] = value ?? null;
  else if (!isThere(value)) element.removeAttribute(name);
  else if (element.getAttribute(name) !== (value === true ? "" : String(value))) element.setAttribute(name, value === true ? "" : value);
}

function patch(element, description) {
  const { properties, children } = description, before = made.get(element)?.properties ?? {};
  for (const name in before) if (!(name in properties)) setProperty(element, name, null);
  for (const name in properties) setProperty(element, name, properties[name]);
  made.set(element, description);
  return fill(element, children);
}

const keyOf = (node) => made.get(node)?.properties.key;

/** Whether a node can become what is described. */
function suits(node, child) {
  if (!node || held.has(node)) return false;
  if (typeof child !== "object") return node.nodeType === Node.TEXT_NODE;
  const old = made.get(node);
  return old !== undefined && old.name === child.name && old.space === child.space && old.properties.key === child.properties.key;
}

function nodeFor(found, child) {
  if (child instanceof Node) return child;
  if (typeof child === "object") return suits(found, child) ? patch(found, child) : create(child);
  if (!suits(found, child)) return document.createTextNode(child);
  setText(found, String(child));
  return found;
}

/** Makes the children of an element what is described: texts, elements and descriptions. */
export function fill(element, ...children) {
  const wanted = present(children), keys = new Set(wanted.map((child) => child.properties?.key)), known = new Map();
  for (const node of [...element.childNodes]) {
    const key = keyOf(node);
    if (key === undefined) continue;
    if (keys.has(key)) known.set(key, node);
    else node.remove(); // first, so that those that stay need not move
  }
  let at = element.firstChild;
  for (const child of wanted) {
    const key = child.properties?.key, node = nodeFor(key === undefined ? at : known.get(key), child);
    if (node === at) at = at.nextSibling;
    else element.insertBefore(node, at);
  }
  for (let next; at; at = next) next = at.nextSibling, at.remove();
  return element;
}

/** Text only where it has changed. */
export function setText(node, text) { if (node.textContent !== text) node.textContent = text; }
