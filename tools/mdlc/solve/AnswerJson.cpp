//===- AnswerJson.cpp - An answer for programs ----------------------------===//
#include "Answer.h"
#include "runtime/report/Json.h"

namespace mdl::tool {
namespace {

using runtime::Number;
using runtime::writeJsonNumber;
using runtime::writeJsonString;

class Json {
public:
  Json(Prober &prober, const Solution &solution, runtime::Output &out)
      : prober_(prober), solution_(solution), out_(out) {}

  void write() {
    const auto &compilation = *prober_.variant().compilation;
    const auto &device = compilation.targetInfo().device;
    out_ << "{\n  \"schema\": \"mdlc.solve/1\"";
    text("model", prober_.variant().program.model);
    text("precision", compilation.targetInfo().precision.line());
    key("device"), device ? writeJsonString(out_, device->name) : null();
    if (solution_.extreme) writeExtreme(*solution_.extreme);
    if (solution_.resource) writeBreakEven(*solution_.resource, solution_.breakEven);
    if (!solution_.sensitivities.empty()) writeSensitivities();
    key("evaluations"), writeJsonNumber(out_, Int(prober_.evaluations()));
    out_ << "\n}\n";
  }

private:
  void key(const char *name) { out_ << ",\n  \"" << name << "\": "; }
  void null() { out_ << "null"; }
  void text(const char *name, const std::string &value) { key(name), writeJsonString(out_, value); }
  void truth(const char *name, bool value) { key(name), out_ << (value ? "true" : "false"); }
  void value(const char *name, std::optional<uint64_t> point) {
    key(name), point ? writeJsonNumber(out_, prober_.at(*point)) : null();
  }

  void writeExtreme(const Extreme &found) {
    text("aim", found.isMax ? "max" : "min"), text("input", found.input), text("where", prober_.where());
    value("from", 0), value("to", prober_.size() - 1);
    key("step"), writeJsonNumber(out_, prober_.size() > 1 ? prober_.at(1) - prober_.at(0) : Int(1));
    value("answer", found.answer), value("extreme", found.extreme), value("beyond", found.beyond);
    truth("monotone", found.borders.isMonotone()), truth("proven", found.borders.isProven);
    key("stretches"), out_ << "[";
    for (size_t i = 0; i < found.borders.stretches.size(); ++i) {
      const runtime::Stretch &each = found.borders.stretches[i];
      out_ << (i ? ", " : "") << "{\"holds\": " << (each.holds ? "true" : "false") << ", \"first\": ";
      writeJsonNumber(out_, prober_.at(each.first));
      out_ << ", \"last\": ", writeJsonNumber(out_, prober_.at(each.last)), out_ << "}";
    }
    out_ << "]";
    if (found.answer) writeRow("at_answer", *found.answer);
    if (found.extreme && found.extreme != found.answer) writeRow("at_extreme", *found.extreme);
    if (found.beyond) writeRow("at_beyond", *found.beyond);
  }

  void writeRow(const char *name, uint64_t point) {
    const SweepRow row = prober_.row(point);
    key(name), out_ << "{\"status\": ", writeJsonString(out_, row.status);
    out_ << ", \"notes\": ", writeJsonString(out_, row.notes), out_ << ", \"outputs\": {";
    for (size_t i = 0; i < prober_.outputs().size(); ++i) {
      out_ << (i ? ", " : ""), writeJsonString(out_, prober_.outputs()[i]), out_ << ": ";
      const Cell &cell = row.cells[i];
      if (cell.kind == Cell::Kind::Absent) null();
      else writeJsonNumber(out_, cell.kind == Cell::Kind::Count ? Number::of(cell.exact) : Number::ofReal(cell.value));
    }
    out_ << "}, \"fails\": [";
    const char *comma = "";
    for (const RowExpr::Part &part : row.isValid() ? prober_.faults(row) : std::vector<RowExpr::Part>{}) {
      out_ << comma << "{\"part\": ", writeJsonString(out_, part.text);
      out_ << ", \"left\": ", writeJsonString(out_, part.left);
      out_ << ", \"right\": ", writeJsonString(out_, part.right), out_ << "}", comma = ", ";
    }
    out_ << "]}";
  }

  void writeRates(const std::vector<double> &rates, double factor) {
    out_ << "[";
    for (size_t i = 0; i < rates.size(); ++i) out_ << (i ? ", " : "") << rates[i] * factor;
    out_ << "]";
  }

  void writeBreakEven(const Resource &resource, const BreakEven &found) {
    auto rates = ratesOf(prober_.variant().program, resource);
    text("where", prober_.where()), text("resource", resource.name);
    key("factor"), found.factor ? void(out_ << *found.factor) : null();
    truth("monotone", found.isMonotone), truth("holds_at_least_factor", found.holdsAtLeast);
    key("rates"), writeRates(rates, 1);
    key("needed_rates"), writeRates(rates, found.factor.value_or(0));
  }

  void writeSensitivities() {
    key("sensitivities"), out_ << "{\"step\": " << kStep;
    for (const Sensitivity &each : solution_.sensitivities)
      out_ << ", \"" << each.resource->name << "\": {\"below\": " << each.below << ", \"both\": " << each.both
           << ", \"above\": " << each.above << ", \"kink\": " << (each.isKink() ? "true" : "false") << "}";
    out_ << "}";
  }

  Prober &prober_;
  const Solution &solution_;
  runtime::Output &out_;
};

} // namespace

void writeJson(Prober &prober, const Solution &solution, runtime::Output &out) { Json(prober, solution, out).write(); }

} // namespace mdl::tool
