//===- Solve.cpp - mdlc solve ---------------------------------------------===//
// What fits, what it takes, and what it hangs on, from the expressions themselves:
// every number that decides is the exact evaluator's.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "compiler/support/Name.h"
#include "solve/Answer.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

struct SolveOptions {
  ModelOptions model;
  std::string max, min, between, where, breakEven, format = "text";
  bool sensitivities = false;
  bool isExtreme() const { return !max.empty() || !min.empty(); }
  const std::string &input() const { return max.empty() ? min : max; }
};

/// Where an input is searched that has no bound of its own.
const Int kLeast = 1, kMost = 2147483647;

class Solve {
public:
  Solve(const SolveOptions &options, const Invocation &invocation)
      : options_(options), request_(options.model.request(invocation)) {}

  int run() {
    std::string error = faultOfOptions();
    if (!error.empty()) return std::fprintf(stderr, "mdlc: %s\n", error.c_str()), kUsage;
    std::string axis;
    if ((options_.isExtreme() && !makeAxis(axis, error)) || !answer(axis, error)) {
      printError({"bad-argument", error, ""}, options_.model.diagnostics);
      return kWrong;
    }
    return code_;
  }

private:
  std::string faultOfOptions() const {
    bool breaks = !options_.breakEven.empty();
    if (!options_.max.empty() && !options_.min.empty()) return "--max and --min: one of them";
    if (options_.isExtreme() && breaks) return "--break-even and --max or --min: one of them";
    if (!options_.isExtreme() && !breaks && !options_.sensitivities)
      return "what is to be found? --max INPUT, --min INPUT, --break-even RATE or --sensitivities";
    if ((options_.isExtreme() || breaks) && options_.where.empty())
      return "--where is missing: the condition that is to hold, 'fits && time_s < 60'";
    if (!options_.isExtreme() && !options_.between.empty()) return "--between is the range of --max or --min";
    if (!options_.isExtreme() && !breaks && !options_.where.empty())
      return "--where goes with --max, --min or --break-even";
    return {};
  }

  /// The input with its range, as the axis of a sweep.
  bool makeAxis(std::string &axis, std::string &error) {
    driver::Compilation compilation(request_);
    if (!compilation.compile()) {
      Prober none(request_);
      return none.open("", "", error);
    }
    const runtime::Program &program = compilation.program();
    const std::string &name = options_.input();
    auto at = std::ranges::find(program.inputs, name, &runtime::Input::name);
    if (at == program.inputs.end()) {
      std::vector<std::string_view> names;
      for (const runtime::Input &each : program.inputs) names.push_back(each.name);
      std::string near(nearest(name, names));
      error = fmt::format("there is no input `{}`; ", name) +
              (near.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : "did you mean `" + near + "`?");
      return false;
    }
    if (at->fixed)
      return error = fmt::format("the input `{0}` is compiled in: it decides the structure of the model. `mdlc sweep "
                                 "--sweep {0}=... --where '{1}'` compiles for each value",
                                 name, options_.where),
             false;
    if (at->type != runtime::InputType::Integer)
      return error = fmt::format("the input `{}` is no number: there is no largest of its values", name), false;
    Int lo = at->lo.value_or(kLeast), hi = at->hi.value_or(std::max(kMost, lo));
    std::string range = options_.between.empty() ? toString(lo) + "..=" + toString(hi) : options_.between;
    if (range.find("..") == std::string::npos)
      return error = fmt::format("--between {}: write `1..=64`, or `1..=1001/4` for every fourth", range), false;
    axis = name + "=" + range;
    return true;
  }

  bool answer(const std::string &axis, std::string &error) {
    Prober prober(request_);
    if (!prober.open(axis, options_.where, error)) return false;
    Solution solution;
    if (options_.isExtreme()) {
      auto holds = [&](uint64_t point) { return prober.holds(point); };
      auto borders = runtime::findBorders(prober.size(), holds, prober.isMonotone());
      solution.extreme = makeExtreme(options_.input(), !options_.max.empty(), std::move(borders), prober.size());
      if (!solution.extreme->extreme) code_ = kWrong;
    }
    if (!options_.breakEven.empty() && !findBreakEvenOf(prober, solution, error)) return false;
    if (options_.sensitivities && !findSensitivities(prober, solution, error)) return false;
    runtime::Output out(stdout);
    options_.format == "json" ? writeJson(prober, solution, out) : writeText(prober, solution, out);
    return true;
  }

  static bool hasRates(Prober &prober, const char *what, std::string &error) {
    if (prober.variant().compilation->targetInfo().device) return true;
    return error = fmt::format("{} needs a device: --device h20", what), false;
  }

  bool findBreakEvenOf(Prober &prober, Solution &solution, std::string &error) {
    if (!hasRates(prober, "--break-even", error)) return false;
    solution.resource = resourceNamed(options_.breakEven);
    if (ratesOf(prober.variant().program, *solution.resource).empty())
      return error = fmt::format("the job does not use the {}", solution.resource->title), false;
    if (const SweepRow &row = prober.row(0); !row.isValid()) return error = row.status, false;
    solution.breakEven = findBreakEven(prober, *solution.resource);
    if (!solution.breakEven.factor) code_ = kWrong;
    return true;
  }

  /// At the answer, if one was asked for and found; else at the job.
  bool findSensitivities(Prober &prober, Solution &solution, std::string &error) {
    if (!hasRates(prober, "--sensitivities", error)) return false;
    if (solution.extreme && !solution.extreme->answer) return true;
    uint64_t point = solution.extreme ? *solution.extreme->answer : 0;
    if (const SweepRow &row = prober.row(point); !row.isValid()) return error = row.status, false;
    solution.sensitivities = sensitivities(prober, point);
    return true;
  }

  const SolveOptions &options_;
  driver::Request request_;
  int code_ = kOk;
};

} // namespace

void addSolve(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<SolveOptions>();
  CLI::App *command =
      app.add_subcommand("solve", "The largest input that fits, the rate that it takes, what the time hangs on");
  options->model.addTo(*command);
  command->add_option("--max", options->max, "The largest value of this input for which --where holds")
      ->type_name("INPUT");
  command->add_option("--min", options->min, "The smallest")->type_name("INPUT");
  command
      ->add_option("--between", options->between,
                   "Its values: 1..=64, or 1..=1001/4; without it all that the model allows")
      ->type_name("RANGE");
  command->add_option("--where", options->where, "The condition, as of sweep: 'fits && time_s < 60'")
      ->type_name("EXPR");
  command->add_option("--break-even", options->breakEven, "The least rate with which --where holds")
      ->check(CLI::IsMember({"bandwidth", "tensor_peak", "vector_peak"}));
  command->add_flag("--sensitivities", options->sensitivities,
                    "How time_s changes with each rate: at the answer of --max or --min, else at the job");
  command->add_option("-f,--format", options->format, "text or json, schema mdlc.solve/1")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer("Examples:\n  mdlc solve models/wan2.1/t2v_14b.mdl -d h20 --max batch --where fits\n  mdlc solve "
                  "models/wan2.1/t2v_14b.mdl -d h20 --max frames --between 1..=1001/4 --where 'time_s < 3600'\n  mdlc "
                  "solve models/wan2.1/t2v_14b.mdl -d h20 --break-even tensor_peak --where 'time_s <= 600'");
  command->callback([&invocation, options] {
    invocation.run = [&invocation, options] { return Solve(*options, invocation).run(); };
  });
}

} // namespace mdl::tool
