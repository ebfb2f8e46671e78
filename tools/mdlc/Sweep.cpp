//===- Sweep.cpp - mdlc sweep ---------------------------------------------===//
// Compiles once for what is compiled in, evaluates columns, and writes rows as they
// come: memory is that of some blocks, whatever the number of points.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "DataReader.h"
#include "sweep/Ranking.h"
#include "sweep/RowWriter.h"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <thread>
#include <unistd.h>

namespace mdl::tool {

namespace {

constexpr uint64_t kBlock = 2048;                    ///< Points that are made at once
constexpr uint64_t kExactPoints = uint64_t{1} << 16; ///< Up to so many, every count is written exactly
constexpr int kStopped = 130;

std::atomic<bool> stopAsked = false;
void askToStop(int) { stopAsked = true; }

struct SweepOptions {
  ModelOptions model;
  std::string named;
  std::vector<std::string> sweeps, outputs, prices;
  std::string devices;
  std::string where, pareto, top, format, out, shard, invalid = "keep", numbers = "auto";
  unsigned threads = 0;
  bool resume = false, quiet = false;
};

/// The names that axes as they are written give values to.
std::vector<std::string> namesOf(const std::vector<std::string> &axes) {
  std::vector<std::string> names;
  for (const std::string &axis : axes) {
    std::string rest = axis.substr(0, axis.find('=')) + ",";
    for (size_t comma; (comma = rest.find(',')) != std::string::npos; rest.erase(0, comma + 1))
      names.push_back(rest.substr(0, comma));
  }
  return names;
}

/// The axes of a block, each as the command line has it where that names the same; then the command line's others.
std::vector<std::string> joinAxes(std::vector<std::string> block, std::vector<std::string> given) {
  for (std::string &axis : block) {
    auto same =
        std::ranges::find_if(given, [&](const std::string &each) { return namesOf({each}) == namesOf({axis}); });
    if (same == given.end()) continue;
    axis = *same;
    given.erase(same);
  }
  block.insert(block.end(), given.begin(), given.end());
  return block;
}

/// Puts what the block of this name says in front of what the command line says; an axis of the command line stands for an
/// axis or a value of the block. False, reported, without such a block.
bool readNamed(SweepOptions &options, const Invocation &invocation) {
  driver::Compilation compilation(options.model.request(invocation));
  bool opened = compilation.open();
  sema::Checker &checker = compilation.checker();
  std::vector<std::string> names;
  for (const ast::Item *item :
       opened ? checker.library().data("sweep", checker.mainFile()) : std::vector<const ast::Item *>{}) {
    names.emplace_back(text(item->name.name));
    if (names.back() != options.named) continue;
    sema::Value value = checker.dataValue(item);
    if (value.isError()) break;
    DataReader read(checker, value);
    auto take = [&](std::string &option, const char *field) { option = option.empty() ? read.text(field) : option; };
    std::vector<std::string> axes = namesOf(options.sweeps);
    auto isAxis = [&](const std::string &name) { return std::ranges::find(axes, name) != axes.end(); };
    ModelOptions &model = options.model;
    for (const JobOption &each : kJobOptions)
      if (!isAxis(each.name)) take(model.*each.given, each.name);
    if (!isAxis("devices")) take(options.devices, "devices");
    std::vector<std::string> settings = read.texts("set");
    std::erase_if(settings, [&](const std::string &each) { return isAxis(each.substr(0, each.find('='))); });
    model.settings.insert(model.settings.begin(), settings.begin(), settings.end());
    options.sweeps = joinAxes(read.texts("axes"), options.sweeps);
    if (options.outputs.empty()) options.outputs = read.texts("output");
    take(options.where, "where"), take(options.pareto, "pareto"), take(options.top, "top");
    if (std::string file = read.text("model"); !file.empty())
      model.file = fileBeside(options.model.file, file, invocation);
    return printDiagnostics(compilation, model.diagnostics);
  }
  if (!printDiagnostics(compilation, options.model.diagnostics) || !opened) return false;
  printError({"bad-argument",
              names.empty()
                  ? fmt::format("`{}` has no block `sweep`", options.model.file)
                  : fmt::format("there is no sweep `{}`; there are {}", options.named, fmt::join(names, ", ")),
              ""},
             options.model.diagnostics);
  return false;
}

class Sweep {
public:
  Sweep(const SweepOptions &options, const Invocation &invocation)
      : options_(options), variants_(options.model.request(invocation), axes_) {}

  int run() {
    for (const std::string &text : options_.sweeps)
      if (std::string wrong = axes_.add(text); !wrong.empty()) return usage("--sweep " + text + ": " + wrong);
    std::string error;
    if (!readShard(error) || !readFormat(error)) return usage(error);
    if (!readExpressions(error)) return usage(error);
    if (!readFleet(error)) return usage(error);
    if (!variants_.open(error)) {
      if (!variants_.failed()) return wrong(error);
      return printDiagnostics(*variants_.failed(), options_.model.diagnostics), kWrong;
    }
    std::vector<std::string> asked = options_.outputs.empty() ? variants_.defaults() : options_.outputs;
    if (!readDerived(asked, error)) return usage(error);
    if (!wantOutputs(asked, error)) return wrong(error);
    if (!openOutput(error)) return wrong(error);
    return work();
  }

private:
  int usage(const std::string &message) { return std::fprintf(stderr, "mdlc: %s\n", message.c_str()), kUsage; }
  int wrong(const std::string &message) {
    printError({"bad-argument", message, ""}, options_.model.diagnostics);
    return kWrong;
  }
  bool isRanked() const { return pareto_ || top_; }

  bool readShard(std::string &error) {
    begin_ = 0, end_ = axes_.size();
    if (options_.shard.empty()) return true;
    size_t slash = options_.shard.find('/');
    auto part = parseInt(options_.shard.substr(0, slash));
    auto of = slash == std::string::npos ? std::nullopt : parseInt(options_.shard.substr(slash + 1));
    if (!part || !of || of->sign() <= 0 || part->sign() <= 0 || *part > *of || !of->fitsInt64())
      return error = "--shard " + options_.shard + ": write I/N with I from 1 to N", false;
    Int all = Int(axes_.size());
    begin_ = static_cast<uint64_t>(floorDiv(all * (*part - 1), *of).toInt64());
    end_ = static_cast<uint64_t>(floorDiv(all * *part, *of).toInt64());
    first_ = part->isOne();
    if (isRankedByOptions()) return error = "--shard: the best of a part are not the best of the whole", false;
    return true;
  }
  bool isRankedByOptions() const { return !options_.pareto.empty() || !options_.top.empty(); }

  bool readFormat(std::string &error) {
    std::string format = options_.format;
    if (format.empty())
      format = options_.out.ends_with(".jsonl") || options_.out.ends_with(".ndjson") ? "jsonl" : "csv";
    json_ = format == "jsonl";
    if (options_.resume && options_.out.empty())
      return error = "--resume goes on with a file: name it with --out", false;
    if (options_.resume && isRankedByOptions())
      return error = "--resume: a ranking is written at the end, there is nothing to go on with", false;
    return true;
  }

  bool readExpressions(std::string &error) {
    if (!options_.where.empty() && !(where_ = RowExpr::parse(options_.where, error)))
      return error = "--where " + error, false;
    if (!options_.pareto.empty() && !(pareto_ = Pareto::parse(options_.pareto, error)))
      return error = "--pareto " + error, false;
    if (!options_.top.empty() && !(top_ = Top::parse(options_.top, error))) return error = "--top " + error, false;
    if (pareto_ && top_) return error = "--pareto and --top: one of them", false;
    return true;
  }

  /// Several devices: an option or an axis says how many.
  bool readFleet(std::string &error) {
    std::vector<std::string> axes = namesOf(options_.sweeps), devices = {options_.model.device};
    auto isAxis = [&](const char *name) { return std::ranges::find(axes, name) != axes.end(); };
    FleetOptions fleet;
    fleet.isAsked = !options_.devices.empty() || isAxis("devices");
    bool hasStrategy = !options_.model.strategy.empty() || isAxis("strategy");
    if (!fleet.isAsked && (hasStrategy || !options_.prices.empty()))
      return error = "--strategy and --price are of several devices: --devices 8 or --sweep devices=1..=8", false;
    auto count = options_.devices.empty() ? std::optional<Int>(0) : parseInt(options_.devices);
    if (!count || (!options_.devices.empty() && count->sign() <= 0))
      return error = "--devices " + options_.devices + ": write a number from 1", false;
    fleet.devices = *count;
    for (const Axis &axis : axes_.all())
      for (size_t k = 0; k < axis.names().size(); ++k)
        for (uint64_t i = 0; axis.names()[k] == "device" && i < axis.size(); ++i) devices.push_back(axis.text(i, k));
    if (devices.front().empty()) devices.erase(devices.begin());
    if (fleet.isAsked && devices.empty()) return error = "several devices need a device: --device h20", false;
    for (const std::string &each : options_.prices)
      if (error = fleet.addPrice(each, devices); !error.empty()) return error = "--price " + error, false;
    variants_.setFleet(std::move(fleet));
    return true;
  }

  /// `throughput = batch / time_s` among the outputs: a column of its own.
  bool readDerived(const std::vector<std::string> &asked, std::string &error) {
    for (const std::string &each : asked) {
      size_t equals = each.find('=');
      if (equals == std::string::npos) continue;
      std::string name = each.substr(0, equals);
      while (name.ends_with(' ')) name.pop_back();
      bool isName = !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
                    std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
      if (!isName) return error = "--output " + each + ": write `name = expression`", false;
      auto expr = RowExpr::parse(each.substr(equals + 1), error);
      if (!expr) return error = "--output " + error, false;
      derived_.emplace_back(name, std::move(expr));
    }
    return true;
  }

  std::vector<RowExpr *> expressions() {
    std::vector<RowExpr *> all;
    for (auto &[name, expr] : derived_) all.push_back(expr.get());
    if (where_) all.push_back(where_.get());
    if (top_) all.push_back(&top_->expression());
    if (pareto_)
      for (RowExpr *each : pareto_->expressions()) all.push_back(each);
    return all;
  }

  /// Cells of a row: the outputs that are shown, those that expressions read besides, then what is derived.
  bool wantOutputs(const std::vector<std::string> &asked, std::string &error) {
    std::vector<std::string> all;
    for (const std::string &each : asked)
      if (each.find('=') == std::string::npos) all.push_back(each);
    auto isDerived = [&](const std::string &name) {
      return std::ranges::any_of(derived_, [&](const auto &each) { return each.first == name; });
    };
    auto isAxis = [&](const std::string &name) {
      return std::ranges::any_of(
          axes_.all(), [&](const Axis &axis) { return std::ranges::find(axis.names(), name) != axis.names().end(); });
    };
    for (RowExpr *each : expressions())
      for (const std::string &name : each->names())
        if (!isAxis(name) && !isDerived(name) && std::ranges::find(all, name) == all.end()) all.push_back(name);
    if (!variants_.want(all, error)) return false;
    std::vector<ShownColumn> shown;
    size_t derived = all.size(), plain = 0;
    for (const std::string &each : asked)
      if (each.find('=') == std::string::npos) shown.push_back({each, plain++});
      else shown.push_back({derived_[derived - all.size()].first, derived}), ++derived;
    writer_.emplace(axes_, variants_.statementNames(), shown, json_);
    for (auto &[name, expr] : derived_) {
      if (!expr->bind(axes_, all, error)) return false;
      all.push_back(name); // those behind it may read it
    }
    return std::ranges::all_of(expressions(), [&](RowExpr *each) { return each->bind(axes_, all, error); });
  }

  void derive(SweepRow &row) const {
    for (const auto &[name, expr] : derived_) {
      Cell cell;
      if (auto value = expr->evaluate(row, axes_)) cell.kind = Cell::Kind::Real, cell.value = *value;
      row.cells.push_back(cell);
    }
  }

  //===--- The file ---------------------------------------------------------------------===//

  bool openOutput(std::string &error) {
    if (options_.out.empty()) return descriptor_ = STDOUT_FILENO, true;
    if (options_.resume && !findResume(error)) return false;
    int flags = O_WRONLY | O_CREAT | (options_.resume ? 0 : O_TRUNC);
    descriptor_ = ::open(options_.out.c_str(), flags, 0666);
    if (descriptor_ < 0) return error = fmt::format("cannot write `{}`: {}", options_.out, std::strerror(errno)), false;
    if (options_.resume &&
        (::ftruncate(descriptor_, static_cast<off_t>(kept_)) != 0 || ::lseek(descriptor_, 0, SEEK_END) < 0))
      return error = fmt::format("cannot go on with `{}`: {}", options_.out, std::strerror(errno)), false;
    return true;
  }

  /// What a file holds of this sweep: whole lines, the last of which must be the one that we would write.
  bool findResume(std::string &error) {
    std::ifstream file(options_.out, std::ios::binary);
    if (!file) return true; // nothing was done yet
    std::string line, last, header = first_ ? writer_->header() : "";
    uint64_t at = 0;
    bool isFirst = true;
    while (std::getline(file, line) && !file.eof()) {
      line += '\n';
      if (isFirst && !header.empty() && line != header)
        return error = fmt::format("`{}` is of another sweep: its first line differs", options_.out), false;
      if (!(isFirst && !header.empty())) last = line;
      isFirst = false, at += line.size();
    }
    kept_ = at, hasHeader_ = at > 0;
    if (last.empty()) return true;
    auto point = RowWriter::pointOf(last, json_);
    std::string again;
    if (point && *point >= begin_ && *point < end_) {
      RowMaker maker(variants_, axes_, isExact());
      SweepRow &row = maker.make(*point, *point + 1).front();
      derive(row);
      writer_->write(row, again);
    }
    if (again != last)
      return error = fmt::format("`{}` is of another sweep: its last line differs", options_.out), false;
    begin_ = *point + 1;
    return true;
  }

  bool put(const std::string &text) {
    for (size_t done = 0; done < text.size();) {
      ssize_t wrote = ::write(descriptor_, text.data() + done, text.size() - done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) {
        std::fprintf(stderr, "error: cannot write: %s\n", std::strerror(errno));
        return false;
      }
      done += static_cast<size_t>(wrote);
    }
    return true;
  }

  //===--- The work ---------------------------------------------------------------------===//

  bool isExact() const {
    return options_.numbers == "exact" || (options_.numbers == "auto" && axes_.size() <= kExactPoints);
  }

  struct Part {
    std::string text;
    std::vector<SweepRow> rows; ///< For a ranking
    uint64_t invalid = 0;
  };

  Part makePart(RowMaker &maker, uint64_t begin, uint64_t end) {
    Part part;
    for (SweepRow &row : maker.make(begin, end)) {
      derive(row);
      if (!row.isValid()) ++part.invalid;
      if (!row.isValid() && (options_.invalid == "drop" || isRanked())) continue;
      if (where_ && row.isValid() && where_->evaluate(row, axes_).value_or(0) == 0) continue;
      if (isRanked()) part.rows.push_back(row);
      else writer_->write(row, part.text);
    }
    return part;
  }

  int work() {
    std::signal(SIGINT, askToStop);
    std::signal(SIGTERM, askToStop);
    if (first_ && !hasHeader_ && !put(writer_->header())) return kWrong;
    size_t threads = options_.threads ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::unique_ptr<RowMaker>> makers;
    for (size_t i = 0; i < threads; ++i) makers.push_back(std::make_unique<RowMaker>(variants_, axes_, isExact()));
    start_ = std::chrono::steady_clock::now();
    uint64_t at = begin_;
    while (at < end_ && !stopAsked) {
      std::vector<std::future<Part>> parts;
      uint64_t next = at;
      for (size_t i = 0; i < threads && next < end_; ++i) {
        uint64_t begin = next, end = next = std::min(end_, next + kBlock);
        auto policy = threads == 1 ? std::launch::deferred : std::launch::async;
        parts.push_back(
            std::async(policy, [this, &makers, i, begin, end] { return makePart(*makers[i], begin, end); }));
      }
      for (auto &each : parts) {
        Part part = each.get();
        invalid_ += part.invalid;
        for (const SweepRow &row : part.rows) {
          if (pareto_) pareto_->add(row, axes_);
          else top_->add(row, axes_);
        }
        if (!put(part.text)) return kWrong;
      }
      at = next;
      showProgress(at);
    }
    return finish(at);
  }

  int finish(uint64_t at) {
    if (isRanked()) {
      std::string text;
      for (const SweepRow &row : pareto_ ? pareto_->rows() : top_->rows()) writer_->write(row, text);
      if (!put(text)) return kWrong;
    }
    if (isatty(STDERR_FILENO) && shown_) std::fputs("\r\033[K", stderr);
    if (invalid_ && (options_.invalid == "drop" || isRanked()))
      std::fprintf(stderr, "note: %llu points have no numbers and are left out; --invalid keep shows why\n",
                   static_cast<unsigned long long>(invalid_));
    if (at == end_) return kOk;
    std::fprintf(stderr, "stopped after %llu of %llu points%s\n", static_cast<unsigned long long>(at),
                 static_cast<unsigned long long>(end_),
                 isRanked()             ? "; the ranking is of these"
                 : options_.out.empty() ? ""
                                        : "; --resume goes on");
    return kStopped;
  }

  void showProgress(uint64_t at) {
    using namespace std::chrono;
    auto now = steady_clock::now();
    if (options_.quiet || !isatty(STDERR_FILENO) || now - lastShown_ < milliseconds(500)) return;
    double seconds = duration<double>(now - start_).count(), rate = static_cast<double>(at - begin_) / seconds;
    if (seconds < 1) return;
    lastShown_ = now, shown_ = true;
    std::fprintf(stderr, "\r%llu of %llu points, %.3g a second, %.0f s left\033[K", static_cast<unsigned long long>(at),
                 static_cast<unsigned long long>(end_), rate, static_cast<double>(end_ - at) / rate);
  }

  const SweepOptions &options_;
  Axes axes_;
  Variants variants_;
  std::optional<RowWriter> writer_;
  std::unique_ptr<RowExpr> where_;
  std::vector<std::pair<std::string, std::unique_ptr<RowExpr>>> derived_; ///< Columns by name
  std::unique_ptr<Pareto> pareto_;
  std::unique_ptr<Top> top_;
  uint64_t begin_ = 0, end_ = 0, kept_ = 0, invalid_ = 0;
  bool first_ = true, json_ = false, hasHeader_ = false, shown_ = false;
  int descriptor_ = -1;
  std::chrono::steady_clock::time_point start_, lastShown_;
};

/// What is an axis cannot have one value besides: no option is passed over.
std::string conflictOf(const SweepOptions &options) {
  std::vector<std::string> given, axes = namesOf(options.sweeps);
  for (const JobOption &each : kJobOptions)
    if (!(options.model.*each.given).empty()) given.emplace_back(each.name);
  if (!options.devices.empty()) given.emplace_back("devices");
  for (const std::string &setting : options.model.settings) given.push_back(setting.substr(0, setting.find('=')));
  for (const std::string &name : given)
    if (std::ranges::find(axes, name) != axes.end())
      return "`" + name + "` is an axis and has one value, too: leave one of them out";
  return {};
}

int runSweep(SweepOptions options, const Invocation &invocation) {
  if (!options.named.empty() && !readNamed(options, invocation)) return kWrong;
  if (std::string why = conflictOf(options); !why.empty())
    return std::fprintf(stderr, "mdlc: %s\n", why.c_str()), kUsage;
  if (options.sweeps.empty())
    return std::fprintf(stderr, "mdlc: a sweep needs an axis: --sweep batch=1..=32\n"), kUsage;
  return Sweep(options, invocation).run();
}

} // namespace

void addSweep(CLI::App &app, Invocation &invocation) {
  auto options = std::make_shared<SweepOptions>();
  CLI::App *command = app.add_subcommand("sweep", "Evaluates a model at every point of a grid, a row each");
  options->model.addTo(*command);
  command
      ->add_option("--sweep", options->sweeps,
                   "An axis: batch=1..=32, height,width=480x832,720x1280, precision=fp16,fp8; axes are crossed")
      ->type_name("NAMES=VALUES")
      ->allow_extra_args(false);
  command
      ->add_option("--named", options->named,
                   "The block `sweep NAME` of the file: axes, outputs and the rest of these options")
      ->type_name("NAME");
  command
      ->add_option("--output", options->outputs,
                   "The columns: metrics, STAGE.METRIC, memory_bytes, fits, or 'name = expression'; of several devices "
                   "quantities and the columns of a sizing run")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->allow_extra_args(false);
  command->add_option("--devices", options->devices, "Several devices share the job; or an axis, --sweep devices=1..=8")
      ->type_name("N");
  command->add_option("--strategy", options->model.strategy, "How devices share a job: dp; or an axis")
      ->type_name("NAME");
  command->add_option("--price", options->prices, "What a device costs, in USD an hour, for cost_per_hour: h20=2.50")
      ->type_name("DEVICE=USD")
      ->allow_extra_args(false);
  command->add_option("--where", options->where, "Keeps the rows for which it holds: 'fits && time_s < 60'")
      ->type_name("EXPR");
  command->add_option("--pareto", options->pareto, "Only rows that no other beats: 'min time_s, max batch'")
      ->type_name("AIMS");
  command->add_option("--top", options->top, "The K rows with the largest value: '10 by batch / time_s'")
      ->type_name("'K by EXPR'");
  command->add_option("-o,--out", options->out, "The file; standard output without it")->type_name("FILE");
  command
      ->add_option("-f,--format", options->format, "csv or jsonl; by default what the file's name ends with, else csv")
      ->check(CLI::IsMember({"csv", "jsonl"}));
  command
      ->add_option("--numbers", options->numbers,
                   "exact: all by the exact evaluator; near: counts beyond 2^53 with an exponent; auto: exact up to "
                   "65536 points")
      ->check(CLI::IsMember({"auto", "exact", "near"}))
      ->capture_default_str();
  command->add_option("--invalid", options->invalid, "Points without numbers: a row with the reason, or none")
      ->check(CLI::IsMember({"keep", "drop"}))
      ->capture_default_str();
  command->add_option("--shard", options->shard, "Part I of N; the parts together are the whole, byte for byte")
      ->type_name("I/N");
  command->add_option("-j,--threads", options->threads, "0: one for each processor")
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--resume", options->resume, "Goes on behind the last whole line of the file");
  command->add_flag("-q,--quiet", options->quiet, "No progress on a terminal");
  command->footer("Examples:\n  mdlc sweep models/wan2.1/t2v_14b.mdl --sweep height,width=480x832,720x1280 --sweep "
                  "batch=1..=32\n  mdlc sweep models/wan2.1/t2v_14b.mdl -d h20 --sweep frames=17..=161/4 --pareto 'min "
                  "time_s, max frames'");
  command->callback(
      [&invocation, options] { invocation.run = [&invocation, options] { return runSweep(*options, invocation); }; });
}

} // namespace mdl::tool
