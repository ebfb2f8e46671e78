#include "Rows.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

using runtime::GuardKind;
using runtime::Number;

namespace {

/// A number that may be this far from the exact one, relative to it, is left to the exact evaluator.
constexpr double kTooFar = 1e-9;

bool isTooFar(const runtime::batch::Accuracy &accuracy, double value) {
  return !(accuracy.relative * std::fabs(value) + accuracy.absolute <= kTooFar * std::fabs(value));
}

Cell cellOf(const Number &number) {
  Cell cell;
  cell.value = number.toDouble();
  if (number.kind == Number::Kind::Exact) cell.kind = Cell::Kind::Count, cell.exact = number.exact;
  else cell.kind = Cell::Kind::Real;
  return cell;
}

Cell cellOf(double value, const Quantity &quantity, const runtime::batch::Accuracy &accuracy) {
  Cell cell;
  cell.value = value;
  cell.kind = !quantity.isCount ? Cell::Kind::Real : accuracy.isExact(value) ? Cell::Kind::Count : Cell::Kind::Near;
  if (cell.kind == Cell::Kind::Count && value != std::floor(value)) cell.kind = Cell::Kind::Real; // halves of bytes
  if (cell.kind == Cell::Kind::Count) cell.exact = Int::fromRaw(static_cast<Int128>(value));
  return cell;
}

/// Whether a requirement is known not to hold, whatever the numbers: what stands behind it may have no value.
bool isRefused(const Variant &variant, const std::function<double(size_t)> &holds) {
  const auto &guards = variant.program.guards;
  for (size_t i = 0; i < guards.size(); ++i) {
    double value = holds(i);
    if (!variant.plan.accuracy[variant.firstGuard + i].isExact() || !std::isfinite(value)) return false;
    if (guards[i].kind == GuardKind::Require && value != 1) return true;
  }
  return false;
}

} // namespace

void RowMaker::locate(SweepRow &row) {
  axes_.locate(row.point, row.positions);
  row.cells.clear();
  row.status = "ok";
  row.notes.clear();
}

/// The values of all inputs at a row; false when one is not allowed.
bool RowMaker::readInputs(SweepRow &row, std::vector<Int> &inputs) const {
  const Variant &variant = *row.variant;
  inputs = variant.compilation->inputs();
  for (const SweptInput &each : variant.inputs) {
    const runtime::Input &input = variant.program.inputs[each.input];
    const Axis &axis = axes_.all()[each.axis];
    uint64_t at = row.positions[each.axis];
    auto value = axis.isRange() ? std::optional(axis.number(at)) : Variants::valueOf(input, axis.text(at, each.name));
    bool fits = value && (!input.lo || *input.lo <= *value) && (!input.hi || *value <= *input.hi);
    if (!fits) {
      row.status = fmt::format("out-of-range: `{}` is {}, allowed are {} to {}", input.name, axis.text(at, each.name),
                               input.lo ? toString(*input.lo) : "any", input.hi ? toString(*input.hi) : "any");
      return false;
    }
    inputs[each.input] = *value;
  }
  if (variant.fleet && variants_.devicesAt(row.positions).sign() <= 0) {
    row.status =
        "out-of-range: `devices` is " + toString(variants_.devicesAt(row.positions)) + ", at least 1 is allowed";
    return false;
  }
  return true;
}

/// `holds(i)` is the value of guard i.
void RowMaker::takeGuards(SweepRow &row, const std::function<double(size_t)> &holds) const {
  const auto &guards = row.variant->program.guards;
  for (size_t i = 0; i < guards.size(); ++i) {
    double value = holds(i);
    if (value == 1) continue;
    if (guards[i].kind == GuardKind::Require) {
      row.status = std::isfinite(value) ? "guard-failed: " + guards[i].text : "overflow: " + guards[i].text;
      row.cells.assign(row.variant->quantities.size(), {});
      return;
    }
    bool isClaim = guards[i].kind == GuardKind::Claim;
    row.notes += (row.notes.empty() ? "" : "; ") + std::string(isClaim ? "extrapolation: " : "") + guards[i].text;
  }
}

void RowMaker::evaluateExactly(SweepRow &row, Tools &tools) {
  const Variant &variant = *row.variant;
  if (!tools.evaluator) tools.evaluator = std::make_unique<runtime::Evaluator>(variant.program);
  runtime::Evaluator &evaluator = *tools.evaluator;
  for (uint32_t i = 0; i < parameters_.size(); ++i) evaluator.setParameter(i, parameters_[i]);
  evaluator.run(inputs_[static_cast<size_t>(&row - rows_.data())]);
  row.cells.assign(variant.quantities.size(), {});
  row.status = "ok", row.notes.clear();
  for (size_t i = 0; i < variant.quantities.size(); ++i) {
    if (variant.quantities[i].slot == runtime::kNoSlot) continue;
    Number value = runtime::unscaled(evaluator.value(variant.quantities[i].slot), variant.quantities[i].scale);
    if (value.isOverflow()) {
      row.status = evaluator.tooManyTurns() ? "too-many-turns: a sum has more than 10^7 turns"
                                            : "overflow: a number does not fit into 127 bits";
      row.cells.assign(variant.quantities.size(), {});
      break;
    }
    row.cells[i] = cellOf(value);
  }
  takeGuards(row, [&](size_t i) {
    Number value = evaluator.value(variant.program.guards[i].condition);
    return value.isOverflow() ? std::nan("") : value.toDouble();
  });
}

/// On several devices: always exact, with what a strategy and quantities say.
void RowMaker::evaluateFleet(SweepRow &row, Tools &tools) {
  const Variant &variant = *row.variant;
  if (!tools.fleet) tools.fleet = std::make_unique<runtime::Fleet>(variant.fleet->request);
  const std::vector<Int> &inputs = inputs_[static_cast<size_t>(&row - rows_.data())];
  runtime::ReportError error;
  Int amount = inputs[variant.fleet->plan->request.jobs.front().divided];
  auto point = tools.fleet->at(inputs, amount, variants_.devicesAt(row.positions), error);
  if (!point) {
    row.status = error.slug + ": " + error.message;
    row.cells.assign(variant.quantities.size(), {});
    return;
  }
  row.cells = variant.fleetColumns->cells(*point, variant.wantedColumns, texts_);
  runtime::Sizer::Notes notes = tools.fleet->notes(*point);
  for (const auto *some : {&notes.warnings, &notes.extrapolations})
    for (const std::string &each : *some) row.notes += (row.notes.empty() ? "" : "; ") + each;
}

void RowMaker::evaluateBlock(const Variant &variant, Tools &tools) {
  constexpr size_t kBlock = 128;
  const runtime::batch::Plan &plan = variant.plan;
  if (!tools.workspace) tools.workspace = std::make_unique<runtime::batch::Workspace>(plan, kBlock);
  size_t count = tools.rows.size();
  std::vector<std::vector<double>> columns(variant.inputs.size(), std::vector<double>(count));
  std::vector<std::vector<double>> results(plan.outputs.size(), std::vector<double>(count));
  for (size_t k = 0; k < columns.size(); ++k)
    for (size_t i = 0; i < count; ++i) columns[k][i] = inputs_[tools.rows[i]][variant.inputs[k].input].toDouble();
  std::vector<const double *> in;
  std::vector<double *> out;
  for (auto &column : columns) in.push_back(column.data());
  for (auto &column : results) out.push_back(column.data());
  tools.workspace->run(runtime::batch::kernels().front(), in, out, 0, count);
  for (size_t i = 0; i < count; ++i) {
    SweepRow &row = rows_[tools.rows[i]];
    row.cells.assign(variant.quantities.size(), {});
    auto holds = [&](size_t guard) { return results[variant.firstGuard + guard][i]; };
    if (isRefused(variant, holds)) {
      takeGuards(row, holds);
      continue;
    }
    bool unsure = false;
    for (size_t q = 0; q < variant.quantities.size() && !unsure; ++q) {
      size_t output = variant.outputOf[q];
      if (output == ~size_t{0}) continue;
      double value = results[output][i];
      unsure = !std::isfinite(value) || isTooFar(plan.accuracy[output], value);
      row.cells[q] = cellOf(value, variant.quantities[q], plan.accuracy[output]);
    }
    for (size_t guard = variant.firstGuard; guard < plan.outputs.size(); ++guard)
      unsure |= !plan.accuracy[guard].isExact();
    if (unsure) evaluateExactly(row, tools);
    else takeGuards(row, holds);
  }
}

/// Asks for another variant only where a position that is compiled in has changed.
const Variant &RowMaker::variantAt(const std::vector<uint64_t> &positions) {
  bool same = lastVariant_ != nullptr;
  for (size_t i = 0; i < positions.size() && same; ++i)
    same = !variants_.isStructural()[i] || positions[i] == lastPositions_[i];
  if (!same) lastVariant_ = &variants_.at(positions), lastPositions_ = positions;
  return *lastVariant_;
}

std::vector<SweepRow> &RowMaker::make(uint64_t begin, uint64_t end) {
  rows_.resize(end - begin), inputs_.resize(end - begin);
  for (auto &[variant, tools] : tools_) tools.rows.clear();
  for (size_t i = 0; i < rows_.size(); ++i) {
    SweepRow &row = rows_[i];
    row.point = begin + i;
    locate(row);
    row.variant = &variantAt(row.positions);
    if (!row.variant->compilation) row.status = "error: " + row.variant->error;
    else if (readInputs(row, inputs_[i])) tools_[row.variant].rows.push_back(i);
    if (!row.isValid()) row.cells.assign(row.variant->quantities.size(), {});
  }
  for (auto &[variant, tools] : tools_) {
    for (size_t i = 0; variant->fleet && i < tools.rows.size(); ++i) evaluateFleet(rows_[tools.rows[i]], tools);
    if (variant->fleet) continue;
    if (!exact_ && !tools.rows.empty()) evaluateBlock(*variant, tools);
    for (size_t i = 0; exact_ && i < tools.rows.size(); ++i) evaluateExactly(rows_[tools.rows[i]], tools);
  }
  return rows_;
}

} // namespace mdl::tool
