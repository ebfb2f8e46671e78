// A formula in mdlc's text (`8*B*T*floor((frames + 3)/4)^2`) as MathML, which browsers set and read aloud themselves.
import { math } from "./dom.js";
import { grouped } from "./format.js";

const TOKEN = /\s*([0-9][0-9.]*(?:e[+-]?[0-9]+)?|[^\s()[\]*/^,+\-<>=.][^\s()[\]*/^,+\-<>=]*|>=|\.\.|[()[\]*/^,+\-=])/y;

function tokensOf(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (found === null) throw new SyntaxError("no formula");
    tokens.push(found[1]);
  }
  return tokens;
}

const mo = (text, properties) => math("mo", properties, text);
const row = (...parts) => (parts.length === 1 ? parts[0] : math("mrow", null, ...parts));

/** A parser of sums of products of powers; each method takes its part of the tokens and describes an element. */
class Reader {
  constructor(text) { this.tokens = tokensOf(text), this.at = 0; }
  get next() { return this.tokens[this.at]; }
  take(token) {
    if (this.next !== token) throw new SyntaxError("no formula");
    return this.tokens[this.at++];
  }
  accept(token) { return this.next === token ? this.tokens[this.at++] : undefined; }

  /** The terms of a sum, each with its sign before it. */
  terms() {
    const terms = [];
    for (let first = true; first || this.next === "+" || this.next === "-"; first = false) {
      const sign = this.accept("-") ? "−" : this.accept("+") ? "+" : "";
      terms.push([sign, this.product()]);
    }
    return terms;
  }
  sum() { return row(...this.terms().flatMap(([sign, term]) => (sign === "" ? [term] : [mo(sign), term]))); }
  product() {
    const above = [this.power()], below = [];
    for (;;) {
      if (this.accept("*")) above.push(this.power());
      else if (this.accept("/")) below.push(this.power());
      else break;
    }
    const joined = (of) => row(...of.flatMap((each, i) => (i === 0 ? [each] : [mo("\u00b7", { lspace: "0.15em", rspace: "0.15em" }), each])));
    const bare = (of) => (of.length === 1 && of[0].bare ? of[0].bare : joined(of));
    return below.length === 0 ? joined(above) : math("mfrac", null, bare(above), bare(below));
  }
  power() {
    const base = this.atom();
    return this.accept("^") ? math("msup", null, base, this.atom()) : base;
  }
  atom() {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new SyntaxError("no formula");
    if (token === "(") return this.fenced("(", ")", ")");
    if (token === "[") {
      const inside = [this.sum()];
      if (this.accept(">=")) inside.push(mo("≥"), this.sum());
      this.take("]");
      return row(mo("["), ...inside, mo("]"));
    }
    if (/^[0-9]/.test(token)) return math("mn", null, grouped(token));
    if (this.next === "(") return this.call(token);
    if (/^[*/^,+\-=)\]]|^>=$/.test(token)) throw new SyntaxError("no formula");
    return math("mi", token.length > 1 ? { mathvariant: "normal" } : null, token);
  }
  fenced(open, close, end) {
    const inside = this.sum();
    this.take(end);
    const made = row(mo(open), inside, mo(close));
    if (open === "(") made.bare = inside;
    return made;
  }
  call(name) {
    this.take("(");
    if (name === "floor") return this.fenced("⌊", "⌋", ")");
    const parts = [];
    do parts.push(this.sum()); while (this.accept(","));
    this.take(")");
    return row(math("mi", { mathvariant: "normal" }, name), mo("("), ...parts.flatMap((part, i) => (i === 0 ? [part] : [mo(","), part])), mo(")"));
  }
  end() { if (this.next !== undefined) throw new SyntaxError("no formula"); }
}

/** The terms of a formula, an element each, so that lines break between them; null for what has another form. */
export function mathOf(text) {
  try {
    const reader = new Reader(text), terms = reader.terms();
    reader.end();
    return terms.map(([sign, term]) => math("math", null, sign === "" ? null : mo(sign, { form: "infix" }), term));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
