//===- Calibrate.cpp - mdlc calibrate -------------------------------------===//
#include "Command.h"
#include "OutputFile.h"
#include "calibrate/CalibrationReport.h"
#include "compiler/support/Name.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unistd.h>

namespace mdl::tool {

namespace {

struct CalibrateOptions {
  std::string points, format = "text", output, name, date;
  std::vector<std::string> free, held;
  double confidence = 0.9;
  DiagnosticOptions diagnostics;
};

std::string today() {
  std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[sizeof "2026-01-31"];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc)};
}

/// A name of the language: letters, digits and `_`, a letter first.
bool isName(const std::string &text) {
  constexpr const char *kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return !text.empty() && std::string_view(kLetters).find(text[0]) != std::string_view::npos &&
         text.find_first_not_of(std::string(kLetters) + "0123456789") == std::string::npos;
}

class Calibrate {
public:
  Calibrate(const CalibrateOptions &options, const Invocation &invocation)
      : options_(options), invocation_(invocation) {}

  int run() {
    if (!findNames()) return kUsage;
    auto points = readPoints(options_.points, options_.diagnostics, invocation_);
    if (!points || !compile(*points)) return kWrong;
    Numbers held;
    if (!readHeld(held)) return kWrong;
    auto made = calibrate(held);
    if (!made) return kWrong;
    return write(*made);
  }

private:
  bool fail(std::string message) {
    printError({"bad-argument", std::move(message), ""}, options_.diagnostics);
    return false;
  }

  /// The utilisation is called as its file unless a name is given.
  bool findNames() {
    std::string stem = std::filesystem::path(options_.output).stem().string();
    names_ = {options_.points,
              !options_.name.empty() ? options_.name
              : stem.empty()         ? "calibrated"
                                     : stem,
              options_.date.empty() ? today() : options_.date};
    bool isDate = names_.date.find_first_not_of("0123456789-") == std::string::npos;
    if (isName(names_.name) && isDate) return true;
    std::fprintf(stderr, "mdlc: %s\n",
                 isDate ? fmt::format("`{}` is no name of a utilisation: --name takes one", names_.name).c_str()
                        : "--date takes a date: 2026-01-31");
    return false;
  }

  bool compile(const std::vector<Point> &points) {
    bool fine = true;
    for (const Point &each : points) {
      jobs_.push_back(std::make_unique<TimedJob>(each, invocation_));
      fine = jobs_.back()->open() && fine;
    }
    for (const auto &job : jobs_) job->row = fine ? rowOf(job->devices()) : "";
    return fine;
  }

  /// Devices that stand for one another in some row share a row, by the name that comes first.
  std::string rowOf(const std::vector<std::string> &devices) const {
    for (const auto &job : jobs_)
      for (const std::string &each : job->devices())
        if (std::ranges::find(devices, each) != devices.end()) return job->devices().front();
    return devices.front();
  }

  /// What can be fitted to these jobs, in the order in which it is tried: resources, classes that matrix units run, devices.
  std::vector<Parameter> candidates() const {
    std::vector<Parameter> all;
    std::set<std::string> classes, rows;
    for (const char *each : kResourceNumbers) all.push_back({each});
    for (const auto &job : jobs_) {
      for (std::string &each : job->classes()) classes.insert(std::move(each));
      rows.insert(job->row);
    }
    for (const std::string &each : classes) all.push_back({each});
    for (const std::string &each : rows) all.push_back({std::string(kDeviceRow) + each});
    return all;
  }

  bool isClass(const std::string &name) const {
    const sema::Checker &checker = jobs_.front()->checker();
    for (uint16_t i = 0; i < checker.classCount(); ++i)
      if (checker.className({i}) == name) return true;
    return false;
  }

  std::optional<Parameter> parameterNamed(const std::string &name, const std::vector<Parameter> &known) {
    auto at = std::ranges::find(known, name, &Parameter::name);
    if (at != known.end()) return *at;
    if (isClass(name)) return Parameter{name};
    for (const auto &job : jobs_) // by another name of the device, or one that shares the row
      for (const std::vector<std::string> *names : {&job->devices(), &job->point().devices})
        for (const std::string &each : *names)
          if (std::string(kDeviceRow) + each == name) return Parameter{std::string(kDeviceRow) + job->row};
    std::vector<std::string_view> views;
    for (const Parameter &each : known) views.push_back(each.name);
    std::string near(nearest(name, views));
    fail(fmt::format("`{}` cannot be fitted; {}", name,
                     near.empty() ? fmt::format("{} and device can", fmt::join(views, ", "))
                                  : fmt::format("did you mean `{}`?", near)));
    return std::nullopt;
  }

  /// The numbers of `--fit`; `device` is every device's.
  bool readFree(std::vector<Parameter> &free) {
    auto known = candidates();
    for (const std::string &name : options_.free) {
      std::vector<Parameter> named;
      if (name == "device")
        std::ranges::copy_if(known, std::back_inserter(named), [](const Parameter &each) { return each.isDevice(); });
      else if (auto one = parameterNamed(name, known)) named.push_back(*one);
      else return false;
      for (Parameter &each : named)
        if (std::ranges::find(free, each.name, &Parameter::name) == free.end()) free.push_back(std::move(each));
    }
    if (free.size() <= jobs_.size()) return true;
    return fail(fmt::format("{} numbers cannot be fitted to {} points", free.size(), jobs_.size()));
  }

  bool readHeld(Numbers &held) {
    for (const std::string &each : options_.held) {
      size_t equals = std::min(each.find('='), each.size());
      auto parameter = parameterNamed(each.substr(0, equals), candidates());
      if (!parameter) return false;
      double value = 0;
      std::string text = each.substr(std::min(equals + 1, each.size()));
      auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
      bool isZeroLaunch = parameter->isLaunch() && value == 0;
      if (fault != std::errc() || end != text.data() + text.size() || !(value > 0 || isZeroLaunch) || value > 1)
        return fail(fmt::format("--hold {}: a part of a peak is above 0 and at most 1, a launch from 0 to 1 s", each));
      parameter->set(held, value);
    }
    return true;
  }

  std::optional<Calibration> calibrate(const Numbers &held) {
    std::vector<Parameter> free;
    if (!readFree(free)) return std::nullopt;
    Calibrator calibrator(jobs_, held, options_.confidence);
    if (free.empty() && jobs_.size() < 2) {
      fail("one point does not say which numbers are free: --fit tensor");
      return std::nullopt;
    }
    auto made = free.empty() ? calibrator.choose(candidates()) : calibrator.fit(free);
    if (!made) fail("the jobs have no finite times");
    return made;
  }

  int write(const Calibration &made) {
    if (!options_.output.empty())
      if (auto fault = writeWhole(options_.output, calibrationSource(made, jobs_, names_)))
        return printError({"cannot-write", *fault, ""}, options_.diagnostics), kWrong;
    runtime::Output out(stdout);
    if (options_.format == "json") writeCalibrationJson(made, jobs_, names_, out);
    else writeCalibrationText(made, jobs_, names_, useColour(STDOUT_FILENO), out);
    return out.flush() ? kOk : kWrong;
  }

  const CalibrateOptions &options_;
  const Invocation &invocation_;
  CalibrationNames names_;
  TimedJobs jobs_;
};

} // namespace

void addCalibrate(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App *command = app.add_subcommand(
      "calibrate", "Fits what devices reach of their peaks to measured times, with its error, and writes it down");
  command
      ->add_option("points", options->points,
                   "Measurements, a row each: model, device, time_s and what eval is told of a job")
      ->required()
      ->type_name("POINTS.csv");
  command
      ->add_option(
          "--fit", options->free,
          "Which numbers are free: tensor, vector, memory, link, launch, a class of operators (attention), device "
          "or device.NAME; without it those that the leave-one-out error chooses")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->allow_extra_args(false);
  command->add_option("--hold", options->held, "A number that is known: --hold memory=0.8; others are 1, a launch 0 s")
      ->delimiter(',')
      ->type_name("NAME=VALUE,...")
      ->allow_extra_args(false);
  command->add_option("--confidence", options->confidence, "Of the intervals")
      ->check(CLI::Range(0.5, 0.999))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Writes the utilisation with its evidence")
      ->type_name("FILE.mdl");
  command->add_option("--name", options->name, "What it is called; without it as its file")->type_name("NAME");
  command->add_option("--date", options->date, "The date that it bears; without it today's, UTC")->type_name("DATE");
  command->add_option("-f,--format", options->format, "text or json, schema mdlc.calibrate/1")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  options->diagnostics.addTo(*command);
  command->footer(
      "Examples:\n  mdlc calibrate points.csv\n  mdlc calibrate points.csv --fit tensor,attention,memory -o "
      "utilisations/ours.mdl\n  mdlc eval model.mdl -d h100 --utilisation utilisations/ours.mdl");
  command->callback([&invocation, options] {
    invocation.run = [&invocation, options] { return Calibrate(*options, invocation).run(); };
  });
}

} // namespace mdl::tool
