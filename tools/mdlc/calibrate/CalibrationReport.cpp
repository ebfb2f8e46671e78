//===- CalibrationReport.cpp - A calibration as text and JSON -------------===//
#include "CalibrationReport.h"
#include "runtime/report/JsonMembers.h"
#include "runtime/report/Table.h"
#include "runtime/report/Units.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::tool {

using runtime::Align;
using runtime::Members;
using runtime::Number;
using runtime::Style;
using runtime::Table;
using runtime::fit::Standing;

namespace {

std::string seconds(double value) { return runtime::formatSi(Number::ofReal(value), "s"); }
std::string percent(double part) { return fmt::format("{:.1f} %", 100 * part); }
std::string signedPercent(double part) { return fmt::format("{:+.1f} %", 100 * part); }
std::string valueOf(const Parameter &parameter, double value) {
  return parameter.isLaunch() ? seconds(value) : percent(value);
}

std::string count(size_t number, const char *what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string namesOf(const std::vector<Estimate> &estimates) {
  std::string all;
  for (const Estimate &each : estimates) all += (all.empty() ? "" : ", ") + each.parameter.name;
  return all.empty() ? "none" : all;
}

/// What all fits have in common, number by number: which are not free, and at what they are held.
std::string heldText(const Calibration &made) {
  const Numbers &numbers = made.numbers;
  std::string text;
  for (const char *name : kResourceNumbers) {
    Parameter each{name};
    bool isFree = std::ranges::any_of(made.estimates, [&](const Estimate &of) { return of.parameter.name == name; });
    if (isFree) continue;
    bool ofDevices = each.name == "tensor" &&
                     std::ranges::any_of(made.estimates, [](const Estimate &of) { return of.parameter.isDevice(); });
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", name, valueOf(each, each.in(numbers)),
                        ofDevices ? " (the middle of the devices)" : "");
  }
  for (const auto &[name, value] : numbers.classes)
    if (std::ranges::none_of(made.estimates, [&](const Estimate &of) { return of.parameter.name == name; }))
      text += fmt::format(", {} {}", name, percent(value));
  return text;
}

class Text {
public:
  Text(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names, bool colour, runtime::Output &out)
      : made_(made), jobs_(jobs), names_(names), style_(colour), out_(out) {}

  void write() {
    out_ << fmt::format("{}: {}, {}: {}\n", names_.points, count(jobs_.size(), "point"),
                        count(made_.estimates.size(), "free number"), namesOf(made_.estimates));
    writeAttempts();
    writeEstimates();
    out_ << "\nnot fitted: " << heldText(made_) << '\n';
    for (const HeldNumber &each : made_.held)
      out_ << fmt::format("  {}: {}\n", each.parameter.name, reasonOf(each.why));
    writePoints();
    out_ << '\n' << errorSentence(made_) << '\n';
    if (made_.scatter)
      out_ << fmt::format("scatter of the fit: {}, {} of freedom\n", percent(*made_.scatter),
                          count(jobs_.size() - made_.estimates.size(), "degree"));
  }

private:
  void writeAttempts() {
    if (made_.attempts.empty()) return;
    out_ << "chosen by the leave-one-out error, on average:\n";
    Table table({Align::Right, Align::Left});
    for (const Attempt &each : made_.attempts)
      table.addRow(
          {percent(each.error), each.names.empty() ? "nothing free" : fmt::format("{}", fmt::join(each.names, ", "))});
    table.write(out_, style_, 2);
  }

  void writeEstimates() {
    if (made_.estimates.empty()) return;
    out_ << '\n';
    Table table({Align::Left, Align::Right, Align::Left});
    table.addHeading({"fitted", "value", fmt::format("{:g} % interval", 100 * made_.confidence)});
    for (const Estimate &each : made_.estimates) {
      std::string ends =
          each.ends ? valueOf(each.parameter, each.ends->first) + " to " + valueOf(each.parameter, each.ends->second)
                    : "none";
      table.addRow({each.parameter.name, valueOf(each.parameter, each.value),
                    ends + (each.atBound ? ", at the bound of what it can be" : "")});
    }
    table.write(out_, style_);
  }

  void writePoints() {
    out_ << '\n';
    Table table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
    table.addHeading({"point", "device", "measured", "fitted", "error", "left out", "error"});
    for (size_t i = 0; i < jobs_.size(); ++i) {
      const PredictedPoint &each = made_.points[i];
      const Point &point = jobs_[i]->point();
      std::vector<std::string> row{point.title(), fmt::format("{}", fmt::join(jobs_[i]->devices(), ", ")),
                                   seconds(point.seconds), seconds(each.predicted)};
      if (made_.saysNothing()) row.insert(row.end(), {"-", "-", "-"});
      else
        row.insert(row.end(), {signedPercent(each.predicted / point.seconds - 1), seconds(*each.leftOut),
                               signedPercent(*each.leftOut / point.seconds - 1)});
      table.addRow(std::move(row));
    }
    table.write(out_, style_);
  }

  const Calibration &made_;
  const TimedJobs &jobs_;
  const CalibrationNames &names_;
  Style style_;
  runtime::Output &out_;
};

} // namespace

const char *reasonOf(Standing standing) {
  switch (standing) {
  case Standing::NoEffect: return "the points do not depend on it";
  case Standing::Entangled: return "the points do not tell it from those before it";
  case Standing::Determined: break;
  }
  return "determined";
}

std::string errorSentence(const Calibration &made) {
  if (made.saysNothing())
    return fmt::format("no error: {} and {}, so the fit says nothing of one", count(made.points.size(), "point"),
                       count(made.estimates.size(), "free number"));
  return fmt::format("leave-one-out error: {} on average, {} at most", percent(*made.meanError), percent(*made.error));
}

void writeCalibrationText(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names, bool colour,
                          runtime::Output &out) {
  Text(made, jobs, names, colour, out).write();
}

//===--- JSON -------------------------------------------------------------------------===//

namespace {

void writeText(runtime::Output &out, const std::string &text) { runtime::writeJsonString(out, text); }

/// Absent numbers are null.
void writeEstimate(runtime::Output &out, const Estimate &of) {
  out << '{';
  Members members(out);
  members.text("name", of.parameter.name).text("unit", of.parameter.isLaunch() ? "s" : "");
  members.number("value", of.value);
  members.number("low", of.ends ? std::optional(of.ends->first) : std::nullopt);
  members.number("high", of.ends ? std::optional(of.ends->second) : std::nullopt);
  members.boolean("at_bound", of.atBound);
  out << '}';
}

void writePoint(runtime::Output &out, const TimedJob &job, const PredictedPoint &of, bool hasError) {
  const Point &point = job.point();
  out << '{';
  Members members(out);
  members.text("job", point.title());
  members.start("devices"), runtime::writeJsonList(out, job.devices(), [&](const auto &each) { writeText(out, each); });
  members.text("source", point.source).text("note", point.note).text("place", point.place);
  members.number("measured_s", point.seconds).number("predicted_s", of.predicted);
  members.number("left_out_s", of.leftOut);
  members.number("error", hasError ? std::optional(of.predicted / point.seconds - 1) : std::nullopt);
  members.number("left_out_error", of.leftOut ? std::optional(*of.leftOut / point.seconds - 1) : std::nullopt);
  out << '}';
}

} // namespace

void writeCalibrationJson(const Calibration &made, const TimedJobs &jobs, const CalibrationNames &names,
                          runtime::Output &out) {
  out << "{\n  ";
  Members members(out, ",\n  ");
  members.text("schema", "mdlc.calibrate/1").text("points_file", names.points).text("name", names.name);
  members.text("date", names.date).number("confidence", made.confidence);
  members.number("point_count", Int(jobs.size())).number("free_count", Int(made.estimates.size()));
  members.start("fitted");
  runtime::writeJsonList(out, made.estimates, [&](const Estimate &each) { writeEstimate(out, each); }, ",\n    ");
  members.start("not_fitted"), out << '{';
  Members held(out);
  for (const char *name : kResourceNumbers)
    if (std::ranges::none_of(made.estimates, [&](const Estimate &of) { return of.parameter.name == name; }))
      held.number(name, Parameter{name}.in(made.numbers));
  out << '}';
  members.start("undetermined");
  runtime::writeJsonList(out, made.held, [&](const HeldNumber &each) {
    out << '{', Members(out).text("name", each.parameter.name).text("why", reasonOf(each.why)), out << '}';
  });
  members.start("attempts");
  runtime::writeJsonList(out, made.attempts, [&](const Attempt &each) {
    out << '{';
    Members attempt(out);
    attempt.start("free"), runtime::writeJsonList(out, each.names, [&](const auto &name) { writeText(out, name); });
    attempt.number("mean_error", each.error), out << '}';
  });
  members.number("scatter", made.scatter).number("leave_one_out_mean_error", made.meanError);
  members.number("leave_one_out_largest_error", made.error);
  members.start("points"), out << '[';
  for (size_t i = 0; i < jobs.size(); ++i) {
    out << (i == 0 ? "\n    " : ",\n    ");
    writePoint(out, *jobs[i], made.points[i], !made.saysNothing());
  }
  out << "]\n}\n";
}

} // namespace mdl::tool
