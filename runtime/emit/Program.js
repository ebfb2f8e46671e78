// A compiled program as tables, and what evaluates it: the same steps as Evaluate.cpp, Checks.cpp, Fold.cpp, Memory.cpp
// and Report.cpp, in their order, on the arithmetic of JavaScriptSupport.cpp. What holds of numbers there holds here:
// integers are BigInts, null is one that does not fit; reals are Numbers, NaN is one that is not finite.
//
// `makeProgram(tables).evaluate(values, target)` gives what `mdlc eval --fold --format json` says of the job.

/** Why there are no numbers; `slug` is what mdlc calls it: "out-of-range", "guard-failed"... */
class ModelError extends Error {
  constructor(slug, message) {
    super(message);
    this.name = "ModelError";
    this.slug = slug;
  }
}

const NONE = -1; // where there is no slot
const MAX_TURNS = 10000000n, MAX_COPIES = 1000000n;

/** What an input says of its values, as an error of mdlc does. */
function rangeOf(input) {
  if (input.type === "choice") return `it is one of ${input.choices.join(", ")}`;
  if (input.type === "boolean") return "it is false or true";
  const range = `its range is ${input.low ?? ""}..${input.high === null ? "" : `=${input.high}`}`;
  return input.unit === "" ? range : `${range} ${input.unit}`;
}

/** The working memory of one program: run() for the inputs, setIndex() for a copy of a repeat. */
class Evaluator {
  constructor(tables) {
    this.tables = tables;
    this.ops = tables.code.filter((_, i) => i % 3 === 0);
    this.a = tables.code.filter((_, i) => i % 3 === 1);
    this.b = tables.code.filter((_, i) => i % 3 === 2);
    this.names = this.ops.map((op) => tables.ops[op]);
    this.value = new Array(this.ops.length).fill(null);
    this.ints = tables.ints.map(BigInt);
    this.reals = tables.reals.map((real) => real ?? NaN);
    this.indices = new Array(tables.indexCount).fill(0n);
    this.parameters = tables.parameters.map((each) => each.value);
    this.depth = 0;
    this.left = 0n;
    this.tooMany = false;
    this.steps = this.names.map((name, slot) => this.step(name, slot, this.a[slot], this.b[slot]));
    this.sortIntoRegions();
  }

  operands(slot) {
    const name = this.names[slot], a = this.a[slot], b = this.b[slot];
    if (LEAVES.has(name)) return [];
    if (UNARY.has(name)) return [a];
    if (name === "argmin") return this.tables.argmins[a].slice(1);
    return [a, b];
  }

  // Once, each sum's body, and for each index what depends on it.
  sortIntoRegions() {
    const count = this.ops.length, owner = new Array(count).fill(NONE);
    for (let sum = 0; sum < count; ++sum) {
      if (!SUMS.has(this.names[sum])) continue;
      const [, , , , begin, end] = this.tables.loops[this.a[sum]];
      for (let slot = begin; slot < end; ++slot) if (owner[slot] === NONE) owner[slot] = this.a[sum];
    }
    this.indicesOf = [];
    for (let slot = 0; slot < count; ++slot) this.indicesOf.push(this.findIndices(slot));
    this.once = [];
    this.bodies = this.tables.loops.map(() => []);
    this.indexed = this.indices.map(() => []);
    for (let slot = 0; slot < count; ++slot) {
      if (owner[slot] !== NONE) this.bodies[owner[slot]].push(slot);
      else if (this.indicesOf[slot].size === 0) this.once.push(slot);
      else for (const index of this.indicesOf[slot]) this.indexed[index].push(slot);
    }
  }

  findIndices(slot) {
    if (this.names[slot] === "index") return new Set([this.a[slot]]);
    const all = new Set();
    const addAll = (from) => { for (const index of this.indicesOf[from]) all.add(index); };
    if (SUMS.has(this.names[slot])) {
      const [index, low, high, body] = this.tables.loops[this.a[slot]];
      addAll(body);
      all.delete(index);
      addAll(low), addAll(high);
    } else this.operands(slot).forEach(addAll);
    return all.size === 0 ? NO_INDICES : all;
  }

  // What an instruction does, as a function without arguments.
  step(name, slot, a, b) {
    const v = this.value, op = BINARY[name];
    if (op) return () => { v[slot] = op(v[a], v[b]); };
    switch (name) {
      case "const": return () => { v[slot] = this.ints[a]; };
      case "real": return () => { v[slot] = this.reals[a]; };
      case "input": return () => { v[slot] = this.inputs[a]; };
      case "index": return () => { v[slot] = this.indices[a]; };
      case "param": return () => { v[slot] = this.parameters[a]; };
      case "nonneg": return () => { v[slot] = nonneg(v[a]); };
      case "toreal": return () => { v[slot] = toreal(v[a]); };
      case "rfloor": return () => { v[slot] = rfloor(v[a]); };
      case "rnonneg": return () => { v[slot] = rnonneg(v[a]); };
      case "argmin": {
        const [length, ...slots] = this.tables.argmins[a];
        return () => { v[slot] = argmin(slots.map((each) => v[each]), length); };
      }
      case "sum": return () => { v[slot] = this.sum(a, 0n, (total, term) => add(total, term), (total) => total !== null, null); };
      case "rsum": return () => { v[slot] = finite(this.sum(a, 0, (total, term) => total + term, Number.isFinite, NaN)); };
      default: throw new Error(`this page does not know the instruction ${name}`);
    }
  }

  sum(number, zero, plus, going, lost) {
    const [index, lowSlot, highSlot, body] = this.tables.loops[number];
    const low = this.value[lowSlot], high = this.value[highSlot], before = this.indices[index];
    if (this.depth === 0) this.left = MAX_TURNS;
    if (!turns(low, high, this)) return lost;
    let total = zero;
    ++this.depth;
    for (let i = low; i < high && going(total); ++i) {
      this.indices[index] = i;
      this.execute(this.bodies[number]);
      total = plus(total, this.value[body]);
    }
    --this.depth;
    this.indices[index] = before;
    return total;
  }

  execute(region) { for (let i = 0; i < region.length; ++i) this.steps[region[i]](); }
  run(inputs) { this.inputs = inputs, this.tooMany = false, this.execute(this.once); }
  setIndex(index, value) { this.indices[index] = value, this.execute(this.indexed[index]); }
  at(slot) { return slot === NONE ? undefined : this.value[slot]; }
}

const BINARY = { add, mul, divexact, floordiv, max, pow, radd, rmul, rdiv, rmax, rpow };
const LEAVES = new Set(["const", "real", "input", "index", "param"]);
const UNARY = new Set(["nonneg", "toreal", "rfloor", "rnonneg"]);
const SUMS = new Set(["sum", "rsum"]);
const NO_INDICES = new Set();

// Numbers as a report has them: undefined is none, null and NaN do not fit.
const isLost = (value) => value === null || Number.isNaN(value);
const asReal = (value) => (typeof value === "bigint" ? Number(value) : value === null ? NaN : value);
const areExact = (a, b) => typeof a !== "number" && typeof b !== "number";
const plus = (a, b) => (areExact(a, b) ? add(a, b) : asReal(a) + asReal(b));
const isLess = (a, b) => (areExact(a, b) ? a < b : asReal(a) < asReal(b));
const times = (value, count) => (typeof value === "number" ? value * Number(count) : mul(value, count));
const isZero = (value) => value === 0n || value === 0;

function unscaled(value, scale) {
  if (scale === 1n || value === undefined || isLost(value)) return value;
  return typeof value === "bigint" && value % scale === 0n ? value / scale : asReal(value) / Number(scale);
}

// `a` and `copies` of `b` together, after the metric's fold.
function combine(a, b, copies, fold) {
  if (fold === "each") return Object.is(a, b) || a === b ? a : undefined;
  if (b === undefined) return a;
  if (fold === "peak") return a !== undefined && (isLost(a) || isLess(b, a)) && !isLost(b) ? a : b;
  return a === undefined ? times(b, copies) : plus(a, times(b, copies));
}

/** The folded tree: one row for all copies of a node. */
class Folder {
  constructor(program, evaluator) {
    this.program = program, this.evaluator = evaluator;
    this.rows = [], this.rowOf = new Map(), this.open = [];
    this.turnsLeft = MAX_COPIES;
  }

  run() {
    for (const root of this.program.roots) this.plan(root, 0);
    this.visitAll(this.program.roots, 1n);
    return this.rows.filter((row) => row.copies !== 0n);
  }

  plan(number, depth) {
    const node = this.program.nodes[number];
    if (!node.group) {
      const row = { node, depth, copies: 0n, calls: 0n, uniform: true, values: this.program.metrics.map(() => undefined) };
      this.rowOf.set(number, row);
      this.rows.push(row);
    }
    for (const child of node.children) this.plan(child, node.group ? depth : depth + 1);
  }

  visitAll(children, weight) {
    for (const child of children) {
      if (this.program.nodes[child].group) this.visitGroup(this.program.nodes[child], weight);
      else this.visit(child, weight);
    }
  }

  turns(group) {
    const low = this.evaluator.at(group.low), high = this.evaluator.at(group.high);
    const count = low === null || high === null ? null : high - low;
    if (count === null) throw new ModelError("overflow", "the range of a repeat is beyond 2^127, the widest integer");
    return count < 0n ? 0n : count;
  }

  visitGroup(group, weight) {
    const first = this.evaluator.at(group.low), count = this.turns(group);
    if (count === 0n) return;
    if (group.varies && count > this.turnsLeft) {
      throw new ModelError("too-many-nodes", `a repeat whose copies differ has ${count} turns; all such repeats together have at most ${MAX_COPIES}`);
    }
    if (group.varies) this.turnsLeft -= count;
    this.open.push(group);
    for (let turn = 0n; turn < (group.varies ? count : 1n); ++turn) {
      this.evaluator.setIndex(group.index, first + turn);
      this.visitAll(group.children, group.varies ? weight : weight * count);
    }
    this.open.pop();
  }

  visit(number, weight) {
    const row = this.rowOf.get(number);
    if (row.copies === 0n) this.name(row);
    this.add(row, weight);
    const around = this.open;
    this.open = [];
    this.visitAll(row.node.children, weight);
    this.open = around;
  }

  add(row, weight) {
    const { node } = row, { metrics } = this.program, { value } = this.evaluator, isFirst = row.copies === 0n;
    for (let i = 0; i < metrics.length; ++i) {
      const slot = node.metrics[i];
      if (metrics[i].absent || slot === NONE) continue;
      const { fold } = metrics[i], own = value[slot];
      if (isFirst && (weight === 1n || fold !== "sum" && fold !== "once")) row.values[i] = own;
      else row.values[i] = combine(row.values[i], own, weight, fold);
    }
    const calls = node.calls === NONE ? 1n : this.evaluator.at(node.calls);
    row.calls = row.calls === null || calls === null ? null : calls > row.calls ? calls : row.calls;
    if (node.uniform !== NONE && this.evaluator.at(node.uniform) === 0n) row.uniform = false;
    row.copies = add(row.copies, weight);
  }

  labelValues(node) { return node.label.map(([, slot]) => this.evaluator.at(slot)); }

  // The label with the first and the last value of each index that the groups around it bind: `0…39`.
  name(row) {
    const first = this.labelValues(row.node);
    const before = this.open.map((group) => this.evaluator.indices[group.index]);
    for (const group of this.open) {
      const count = this.turns(group);
      if (count > 0n) this.evaluator.setIndex(group.index, this.evaluator.at(group.low) + count - 1n);
    }
    const last = this.labelValues(row.node);
    this.open.forEach((group, i) => this.evaluator.setIndex(group.index, before[i]));
    row.label = row.node.label.map(([text, slot], i) => text + (slot === NONE ? "" : first[i] === last[i] ? first[i] : `${first[i]}…${last[i]}`)).join("");
    const above = this.program.parentOf(row.node);
    row.parent = above === NONE ? "" : this.rowOf.get(above).id;
    row.id = row.parent === "" ? row.label : `${row.parent}.${row.label}`;
    row.firstId = row.parent === "" ? row.label : this.program.idOf(row.node, this.evaluator);
  }
}

// The first leaf, in program order, that has the total's value of a peak; the deepest node that has it if no leaf does.
function findPeak(program, evaluator, metric, peak, children = program.roots) {
  for (const child of children) {
    const node = program.nodes[child];
    const found = node.group ? findPeakInCopies(program, evaluator, metric, peak, node) : findPeakAt(program, evaluator, metric, peak, node);
    if (found !== "") return found;
  }
  return "";
}
function findPeakInCopies(program, evaluator, metric, peak, group) {
  const first = evaluator.at(group.low), count = evaluator.at(group.high) - first;
  for (let turn = 0n; turn < (group.varies || count <= 0n ? count : 1n); ++turn) {
    evaluator.setIndex(group.index, first + turn);
    const found = findPeak(program, evaluator, metric, peak, group.children);
    if (found !== "") return found;
  }
  return "";
}
function findPeakAt(program, evaluator, metric, peak, node) {
  const value = evaluator.at(node.metrics[metric]);
  if (value !== undefined && value !== peak) return "";
  const below = findPeak(program, evaluator, metric, peak, node.children);
  if (below !== "" || value === undefined) return below;
  return program.idOf(node, evaluator);
}

/** What a device has to hold: for each stage, while it runs. Nothing when a number is missing. */
function memoryOf(program, rows, residency, capacity) {
  const part = (row, name) => {
    const i = program.metrics.findIndex((metric) => metric.memory === name && !metric.absent);
    if (i < 0) return 0n;
    return typeof row.values[i] === "number" ? rfloor(Math.ceil(row.values[i])) : row.values[i];
  };
  const residents = new Map();
  const stages = rows.map((row) => {
    const resident = row.node.resident;
    const placed = [row.id, resident].map((name) => residency.place.find(([known]) => known === name)).find(Boolean);
    const stage = { stage: row.id, resident, placement: placed ? placed[1] : residency.others };
    for (const [key, name] of [["own", "weights"], ["kv", "kv"], ["state", "state"], ["activations", "activations"], ["workspace", "workspace"]]) {
      stage[key] = part(row, name);
    }
    const known = residents.get(resident) ?? { weights: 0n, always: false, kv: 0n };
    residents.set(resident, known);
    if (known.weights < stage.own) known.weights = stage.own;
    if (stage.placement === "resident") known.always = true;
    return stage;
  });
  if (stages.some((stage) => [stage.own, stage.kv, stage.state, stage.activations, stage.workspace].some((value) => value === null || value === undefined))) return null;
  const memory = { stages, total: 0n, stage: "", capacity };
  for (const stage of stages) {
    stage.weights = 0n, stage.total = 0n;
    if (stage.placement === "host") continue;
    const own = residents.get(stage.resident);
    if (own.kv < stage.kv) own.kv = stage.kv;
    for (const [name, resident] of residents) {
      const here = name === stage.resident;
      if (resident.always || here) stage.weights += resident.weights;
      if (resident.always && !here) stage.kv += resident.kv; // kept from an earlier stage
    }
    stage.total = stage.weights + stage.kv + stage.state + stage.activations;
    if (fit(stage.total) === null) return null;
    if (memory.stage === "" || stage.total > memory.total) memory.total = stage.total, memory.stage = stage.stage;
  }
  memory.fits = capacity === null ? null : memory.total <= capacity;
  return memory;
}

// A leaf spends its time on the resource that needs longest; what is above on the one on which most time is spent.
function findBottlenecks(program, rows, totals, overlapWhole) {
  const isTime = (metric) => !metric.absent && metric.unit === "s";
  const parts = program.metrics.flatMap((metric, i) => (isTime(metric) && metric.resource !== "" ? [i] : []));
  const whole = program.metrics.findIndex((metric) => isTime(metric) && metric.resource === "");
  if (parts.length === 0 || whole < 0) return "";
  const zeros = () => parts.map(() => 0);
  const largest = (of) => of.indexOf(Math.max(...of));
  const spent = [zeros()];
  for (let at = rows.length; at-- > 0;) {
    const row = rows[at];
    while (spent.length < row.depth + 2) spent.push(zeros());
    let own = zeros();
    if (row.node.children.length === 0 || overlapWhole) {
      own[largest(parts.map((i) => asReal(row.values[i] ?? 0)))] = asReal(row.values[whole] ?? 0);
    } else {
      own = spent[row.depth + 1];
      spent[row.depth + 1] = zeros();
    }
    row.bottleneck = row.values[whole] !== undefined && !isZero(row.values[whole]) ? program.metrics[parts[largest(own)]].resource : "";
    parts.forEach((_, i) => (spent[row.depth][i] += own[i]));
  }
  if (overlapWhole) parts.forEach((metric, i) => (spent[0][i] = asReal(totals[metric] ?? 0)));
  return spent[0].some((each) => each !== 0) ? program.metrics[parts[largest(spent[0])]].resource : "";
}

/** A program from its tables. A target is { rates, best, residency, capacity, overlapWhole }; without rates no times. */
function makeProgram(tables) {
  const integer = (value) => (value === null ? null : BigInt(value));
  const program = {
    ...tables,
    inputs: tables.inputs.map((input) => ({ ...input, value: integer(input.value), low: integer(input.low), high: integer(input.high) })),
    metrics: tables.metrics.map((metric) => ({ ...metric, scale: BigInt(metric.scale) })),
    nodes: tables.nodes.map(([parent, group, index, low, high, calls, uniform, label, op, category, title, resident, metrics], number) => ({
      number, parent, group: group === 1, index, low, high, calls, uniform, op, category, title, resident, metrics,
      label: label.flatMap((each, i) => (i % 2 === 0 ? [[each, label[i + 1]]] : [])), children: [],
    })),
  };
  program.nodes.forEach((node, number) => { if (node.parent !== NONE) program.nodes[node.parent].children.push(number); });
  program.parentOf = (node) => {
    let number = node.parent;
    while (number !== NONE && program.nodes[number].group) number = program.nodes[number].parent;
    return number;
  };
  program.idOf = (node, evaluator) => {
    const above = program.parentOf(node);
    const label = node.label.map(([text, slot]) => text + (slot === NONE ? "" : evaluator.at(slot))).join("");
    return above === NONE ? label : `${program.idOf(program.nodes[above], evaluator)}.${label}`;
  };

  const evaluator = new Evaluator(tables);
  markVarying(program, evaluator);

  program.read = (input, text) => readInput(input, text);
  program.evaluate = (values, target = {}) => {
    bindInputs(program, values);
    const timed = target.rates !== undefined;
    if (timed) evaluator.parameters = target.rates;
    const metrics = program.metrics.map((metric) => (timed || metric.unit !== "s" ? metric : { ...metric, absent: true }));
    return report({ ...program, metrics }, evaluator, values, target);
  };
  // The totals alone of a program without nodes, as rules are, after some of its guards; null and NaN do not fit.
  program.rules = (values, parameters, firstGuard, endGuard) => {
    evaluator.parameters = parameters;
    evaluator.run(values);
    for (const [, slot, text] of tables.guards.slice(firstGuard, endGuard))
      if (evaluator.at(slot) === null || evaluator.at(slot) === 0n) throw new ModelError("guard-failed", text);
    return unscaleAll(program, tables.totals.map((slot) => evaluator.at(slot)));
  };
  return program;
}

function markVarying(program, evaluator) {
  const below = program.nodes.map((node) => {
    const all = new Set();
    for (const slot of [node.low, node.high, node.calls, node.uniform, ...node.metrics])
      if (slot !== NONE) for (const index of evaluator.indicesOf[slot]) all.add(index);
    return all;
  });
  for (let child = program.nodes.length; child-- > 0;) {
    const node = program.nodes[child];
    if (node.parent !== NONE) for (const index of below[child]) below[node.parent].add(index);
  }
  program.nodes.forEach((node, number) => (node.varies = node.group && below[number].has(node.index)));
}

/** An input's value from its text: a number, true or false, the name of a choice. */
function readInput(input, text) {
  const wants = (what) => { throw new ModelError("input-type", `input \`${input.name}\` is ${what}, found \`${text}\``); };
  if (input.type === "boolean") return text === "true" ? 1n : text === "false" ? 0n : wants("`true` or `false`");
  if (input.type === "choice") return input.choices.includes(text) ? BigInt(input.choices.indexOf(text)) : wants(`one of ${input.choices.join(", ")}`);
  return /^-?[0-9]{1,60}$/.test(text) ? BigInt(text) : wants(`a whole number${input.unit === "" ? "" : ` of ${input.unit}`}`);
}

function inputText(input, value) {
  return input.type === "integer" ? String(value) : input.type === "boolean" ? String(value !== 0n) : input.choices[Number(value)];
}

function bindInputs(program, values) {
  program.inputs.forEach((input, i) => {
    const value = values[i], count = input.type === "boolean" ? 2n : BigInt(input.choices.length);
    const inBounds = fit(value) !== null && (input.low === null || value >= input.low) && (input.high === null || value <= input.high);
    if (!inBounds || (input.type !== "integer" && !(value >= 0n && value < count))) {
      throw new ModelError("out-of-range", `input \`${input.name}\` is ${fit(value) === null ? "beyond 2^127" : value}; ${rangeOf(input)}`);
    }
    if (input.fixed && value !== input.value) {
      throw new ModelError("fixed-input", `input \`${input.name}\` was compiled in as ${inputText(input, input.value)}`);
    }
  });
}

function checkNumber(evaluator, what, value) {
  if (value === undefined || !isLost(value)) return;
  if (evaluator.tooMany) throw new ModelError("too-many-turns", `${what} needs a sum of more than ${MAX_TURNS} turns`);
  throw new ModelError("overflow", `${what} is beyond ${value === null ? "2^127, the widest integer" : "the widest real"}`);
}

function passGuards(program, evaluator) {
  const notes = { warnings: [], assumptions: [] };
  for (const [kind, slot, text] of program.guards) {
    const holds = evaluator.at(slot);
    checkNumber(evaluator, `the condition \`${text}\``, holds);
    if (holds !== 0n) continue;
    if (kind === "require") throw new ModelError("guard-failed", text);
    if (kind === "warn") notes.warnings.push(text);
    notes.assumptions.push(kind === "claim" ? `extrapolation: ${text}` : text);
  }
  return notes;
}

// An error names the innermost node whose number does not fit.
function checkRow(program, evaluator, rows, row) {
  if (row.calls === null) checkNumber(evaluator, `\`calls\` of \`${row.id}\``, null);
  if (row.copies === null) checkNumber(evaluator, `the number of nodes \`${row.id}\``, null);
  for (let i = 0; i < row.values.length; ++i) {
    if (row.values[i] === undefined || !isLost(row.values[i])) continue;
    let best = rows.indexOf(row);
    for (let k = best + 1; k < rows.length && rows[k].depth > row.depth; ++k)
      if (rows[k].depth === rows[best].depth + 1 && rows[k].values[i] !== undefined && isLost(rows[k].values[i])) best = k;
    checkNumber(evaluator, `\`${program.metrics[i].name}\` of \`${rows[best].id}\``, rows[best].values[i]);
  }
}

function unscaleAll(program, values) {
  for (let i = 0; i < values.length; ++i)
    if (program.metrics[i].scale !== 1n) values[i] = unscaled(values[i], program.metrics[i].scale);
  return values;
}

function report(program, evaluator, values, target) {
  evaluator.run(values);
  const notes = passGuards(program, evaluator);
  const rows = new Folder(program, evaluator).run();
  const totals = program.totals.map((slot, i) => (program.metrics[i].absent ? undefined : evaluator.at(slot)));
  for (const row of rows) checkRow(program, evaluator, rows, row);
  totals.forEach((value, i) => checkNumber(evaluator, `the total of \`${program.metrics[i].name}\``, value));
  const peak = program.metrics.findIndex((metric) => metric.fold === "peak" && !metric.absent);
  const peakAt = peak >= 0 && totals[peak] !== undefined ? findPeak(program, evaluator, peak, totals[peak]) : "";
  for (const row of rows) unscaleAll(program, row.values), row.bottleneck = "";
  const result = { metrics: program.metrics, inputs: values, totals: unscaleAll(program, totals), rows, peakAt, ...notes };
  result.bottleneck = findBottlenecks(program, rows, result.totals, target.overlapWhole === true);
  result.assumptions = [...program.assumptions, ...notes.assumptions];
  const stages = rows.filter((row) => row.depth === 0);
  result.memory = target.residency ? memoryOf(program, stages, target.residency, target.capacity ?? null) : null;
  return result;
}
