//===- CalibrationSource.cpp - A calibration as a utilisation -------------===//
#include "CalibrationReport.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace mdl::tool {

namespace {

/// A text of the language. Control characters never come here (Points.cpp).
std::string literal(const std::string &text) {
  std::string made = "\"";
  for (char c : text) made += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return made + '"';
}

std::string number(double value) { return fmt::format("{:.6g}", value); }

class Source {
public:
  Source(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names)
      : made_(made), jobs_(jobs), names_(names) {}

  std::string write() {
    text_ = fmt::format("// {}.mdl - What devices reach of their peaks, fitted by `mdlc calibrate` on {}.\n",
                        names_.name, names_.date);
    std::string free;
    for (const Estimate &each : made_.estimates) free += (free.empty() ? "" : ", ") + each.parameter.name;
    text_ += fmt::format("/// {} measured times, {} free numbers ({}); {}.\n", jobs_.size(), made_.estimates.size(),
                         free.empty() ? "none" : free, errorSentence(made_));
    if (hasEnds())
      text_ +=
          fmt::format("/// Ends of numbers hold {:g} % of what the scatter leaves open.\n", 100 * made_.confidence);
    for (const HeldNumber &each : made_.held)
      text_ += fmt::format("/// {} is not fitted: {}.\n", each.parameter.name, reasonOf(each.why));
    text_ +=
        fmt::format("utilisation {} \"fitted to {} measured times, {}\" {{\n", names_.name, jobs_.size(), names_.date);
    writeTensor();
    writeClasses();
    for (const char *name : {"vector", "memory", "link"}) writeResource(name);
    writeLaunch();
    writeEvidence();
    return text_ + "}\n";
  }

private:
  const Estimate *estimateOf(const std::string &name) const {
    auto at = std::ranges::find(made_.estimates, name, [](const Estimate &each) { return each.parameter.name; });
    return at == made_.estimates.end() ? nullptr : &*at;
  }
  bool hasEnds() const {
    return std::ranges::any_of(made_.estimates, [](const Estimate &each) { return each.ends.has_value(); });
  }
  void line(const std::string &name, const std::string &value) { text_ += fmt::format("  {} = {}\n", name, value); }
  void ends(const std::string &name, const Estimate *of) {
    if (!of || !of->ends) return;
    line("low " + name, number(of->ends->first));
    line("high " + name, number(of->ends->second));
  }

  /// Each device of the evidence with what it has; others reach from the least to the most of these.
  void writeTensor() {
    struct Row {
      double value;
      const Estimate *of;
    };
    const Estimate *shared = estimateOf("tensor");
    std::map<std::string, Row> rows;
    for (const auto &job : jobs_)
      for (const std::string &device : job->devices()) {
        auto own = made_.numbers.devices.find(job->row);
        bool has = own != made_.numbers.devices.end();
        rows[device] = {has ? own->second : made_.numbers.tensor,
                        has ? estimateOf(std::string(kDeviceRow) + job->row) : shared};
      }
    double low = made_.numbers.tensor, high = low;
    for (const auto &[name, row] : rows) {
      bool ranges = row.of && row.of->ends;
      low = std::min(low, ranges ? row.of->ends->first : row.value);
      high = std::max(high, ranges ? row.of->ends->second : row.value);
    }
    line("tensor_low", number(low)), line("tensor_high", number(high)), line("tensor", number(made_.numbers.tensor));
    for (const auto &[name, row] : rows) line("device " + name, number(row.value)), ends(name, row.of);
  }

  void writeClasses() {
    for (const auto &[name, value] : made_.numbers.classes)
      line("class " + name, number(value)), ends(name, estimateOf(name));
  }

  void writeResource(const std::string &name) {
    line(name, number(Parameter{name}.in(made_.numbers))), ends(name, estimateOf(name));
  }

  void writeLaunch() {
    const Estimate *of = estimateOf("launch");
    line("launch", number(made_.numbers.launch) + " s");
    if (!of || !of->ends) return;
    line("launch_low", number(of->ends->first) + " s"), line("launch_high", number(of->ends->second) + " s");
  }

  void writeEvidence() {
    text_ += "  evidence = [\n";
    for (size_t i = 0; i < jobs_.size(); ++i) {
      const Point &point = jobs_[i]->point();
      std::string devices;
      for (const std::string &each : jobs_[i]->devices()) devices += (devices.empty() ? "" : ", ") + literal(each);
      std::string source = point.source + (point.source.empty() || point.note.empty() ? "" : "; ") + point.note;
      text_ += fmt::format("    Measured(job: {}, devices: [{}], time: {} s, predicted: {} s,\n",
                           literal(point.title()), devices, number(point.seconds), number(made_.points[i].predicted));
      text_ += "      ";
      if (made_.points[i].leftOut) text_ += fmt::format("left_out: {} s, ", number(*made_.points[i].leftOut));
      text_ += fmt::format("source: {}){}\n", literal(source), i + 1 == jobs_.size() ? "]" : ",");
    }
  }

  const Calibration &made_;
  const TimedJobs &jobs_;
  const CalibrationNames &names_;
  std::string text_;
};

} // namespace

std::string calibrationSource(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names) {
  return Source(made, jobs, names).write();
}

} // namespace mdl::tool
