//===- PipelineFuzz.cpp - Random programs through the whole compiler ------===//
// A generator makes programs that are nearly right: operators, modules, loops,
// branches and a pipeline over a small set of names and sizes. Most are
// accepted, many fail in the checker. Whatever they are, the compiler must
// report or compile, never crash; what compiles must have a well-formed program
// whose totals are the sums of its stages and whose parents sum their children.
//===----------------------------------------------------------------------===//
#include "compiler/driver/Compile.h"
#include "runtime/Report.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <unistd.h>

namespace {

using namespace mdl;

/// Makes the text of a program from a stream of choices.
class Generator {
public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  std::string program() {
    out_ = "import \"std/std.mdl\"\n";
    records();
    unsigned modules = 1 + below(3);
    for (unsigned i = 0; i < modules; ++i) module(i);
    pipeline(modules);
    return out_;
  }

private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  template <size_t N> const char *pick(const char *const (&from)[N]) { return from[below(N)]; }

  void records() {
    out_ += "record Job {\n  batch: size = 2 range 1..1000\n  len: size = 16 range 1..100000\n  wide: bool = true\n  "
            "steps: nat = 3 range 0..100\n}\n";
  }

  /// A dimension or number over the names in scope.
  std::string number(unsigned depth = 0) {
    static const char *const kAtoms[] = {"B", "S", "D", "n", "2", "3", "8", "1", "7", "len(w)"};
    if (depth > 2 || below(3) == 0) return pick(kAtoms);
    std::string a = number(depth + 1), b = number(depth + 1);
    switch (below(9)) {
    case 0: return "(" + a + " + " + b + ")";
    case 1: return a + " * " + b;
    case 2: return "floor(" + a + " / " + b + ")";
    case 3: return "ceil(" + a + " / 4)";
    case 4: return "max(" + a + ", " + b + ")";
    case 5: return "min(" + a + ", " + b + ")";
    case 6: return "(" + a + " - 1)";
    case 7: return "(" + a + " % 3 == 0 ? " + b + " : " + a + ")";
    default: return "sum(i * " + a + " for i in 0.." + b + ")";
    }
  }
  std::string condition() {
    static const char *const kRelations[] = {" == ", " > ", " <= ", " divides "};
    return number(1) + pick(kRelations) + number(1);
  }

  std::string tensor(unsigned depth = 0) {
    static const char *const kNames[] = {"x", "x", "y", "h"};
    if (depth > 2 || below(2) == 0) return pick(kNames);
    std::string t = tensor(depth + 1);
    switch (below(8)) {
    case 0: return "linear(" + t + ", out: " + number(1) + ")";
    case 1: return "gelu(" + t + ")";
    case 2: return "add(" + t + ", " + tensor(depth + 1) + ")";
    case 3: return "layer_norm(" + t + ")";
    case 4: return "view(" + t + ", to: [B, S * D])";
    case 5: return "concat(" + t + ", " + tensor(depth + 1) + ", axis: " + std::to_string(below(3)) + ")";
    case 6: return "slice(" + t + ", axis: 1, from: 0, size: " + number(1) + ")";
    default: return "zeros([B, S, D])";
    }
  }

  void statement(unsigned depth, const std::string &indent, bool inLoop) {
    std::string label = inLoop ? " as l" + std::to_string(below(4)) + ".{i}" : "";
    switch (below(depth > 2 ? 4 : 8)) {
    case 0: out_ += indent + "x = linear(x, out: " + (below(2) ? "D" : number(1)) + ")" + label + "\n"; break;
    case 1: out_ += indent + "let k" + std::to_string(below(3)) + " = " + number() + "\n"; break;
    case 2: out_ += indent + "require " + condition() + "\n"; break;
    case 3: out_ += indent + (below(2) ? "x" : "y") + std::string(" = ") + tensor() + "\n"; break;
    case 4:
    case 5:
      out_ += indent + (below(3) ? "repeat i in 0.." : "loop i in 0..") + number(1) + " carry x {\n";
      block(depth + 1, indent + "  ", true);
      out_ += indent + "}\n";
      break;
    case 6:
      out_ += indent + "when " + (inLoop && below(2) ? std::string("i == ") + std::to_string(below(4)) : condition()) +
              " {\n";
      block(depth + 1, indent + "  ", inLoop);
      out_ += indent + "}\n";
      break;
    default: out_ += indent + "weight t" + std::to_string(below(3)) + ": [" + number(1) + ", 4]\n"; break;
    }
  }
  void block(unsigned depth, const std::string &indent, bool inLoop) {
    for (unsigned count = 1 + below(3); count > 0; --count) statement(depth, indent, inLoop);
  }

  void module(unsigned index) {
    out_ += "module M" + std::to_string(index) +
            "<B, S, D>(x: [B, S, D], n: size = 3, w: list<size> = [2, 4, 8]) -> [B, S, D] {\n";
    block(0, "  ", false);
    if (index > 0 && below(2)) out_ += "  x = M" + std::to_string(index - 1) + "(x, n: n)\n";
    out_ += "  return x\n}\n";
  }

  void pipeline(unsigned modules) {
    static const char *const kTimes[] = {"", " times job.steps", " for t in 0..job.steps", " times (job.wide ? 2 : 1)"};
    out_ += "pipeline p(job: Job) {\n";
    for (unsigned s = 0; s <= below(2); ++s)
      out_ += "  stage s" + std::to_string(s) + " = M" + std::to_string(below(modules)) +
              "(zeros([job.batch, job.len, " + std::to_string(1 + below(9)) + "]), n: " + (below(2) ? "4" : "job.len") +
              ")" + pick(kTimes) + "\n";
    out_ += "}\n";
  }

  std::mt19937_64 random_;
  std::string out_;
};

[[noreturn]] void fail(const std::string &text, const char *why) {
  std::fprintf(stderr, "%s\n--- program ---\n%s", why, text.c_str());
  std::abort();
}

/// Sums of children, where every number is exact.
void checkReport(const runtime::Report &report, const std::string &text) {
  const runtime::Program &program = *report.program;
  for (size_t m = 0; m < program.metrics.size(); ++m) {
    if (program.metrics[m].fold != runtime::Fold::Sum || program.metrics[m].absent) continue;
    Int stages = 0;
    for (const runtime::Row &row : report.rows)
      if (row.parent.empty()) stages += row.values[m].exact;
    if (report.totals[m].kind == runtime::Number::Kind::Exact && stages != report.totals[m].exact)
      fail(text, "a total is not the sum of its stages");
  }
}

void compileOne(const std::string &text, const std::string &path, const std::vector<std::string> &searchPaths,
                size_t &accepted) {
  std::ofstream(path) << text;
  driver::Request request;
  request.path = path, request.searchPaths = searchPaths;
  driver::Compilation compilation(request);
  if (!compilation.open()) return;
  compilation.check();
  driver::Compilation again(request);
  if (!again.compile()) {
    if (!again.diagnostics().hasErrors()) fail(text, "compilation failed without a diagnostic");
    return;
  }
  ++accepted;
  if (std::string problem = runtime::verify(again.program()); !problem.empty()) fail(text, problem.c_str());
  runtime::Evaluator evaluator(again.program());
  runtime::ReportOptions options;
  options.maxRows = 20'000;
  runtime::ReportError error;
  auto report = runtime::makeReport(evaluator, again.inputs(), options, error);
  if (!report && error.slug.empty()) fail(text, "no report and no error");
  if (report) checkReport(*report, text);
}

} // namespace

int main(int argc, char **argv) {
  double seconds = 10;
  uint64_t seed = 1;
  for (int i = 1; i + 1 < argc; ++i) {
    if (!std::strcmp(argv[i], "--seconds")) seconds = std::atof(argv[++i]);
    else if (!std::strcmp(argv[i], "--seed")) seed = std::strtoull(argv[++i], nullptr, 10);
  }
  std::vector<std::string> searchPaths = driver::defaultSearchPaths(argv[0]);
  searchPaths.push_back(std::string(MDL_SOURCE_DIR) + "/models");
  std::string path = "/tmp/mdl-pipeline-fuzz-" + std::to_string(getpid()) + ".mdl";
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  size_t programs = 0, accepted = 0;
  for (; std::chrono::steady_clock::now() < end; ++programs) {
    auto begin = std::chrono::steady_clock::now();
    std::string text = Generator(seed * 1'000'003 + programs).program();
    compileOne(text, path, searchPaths, accepted);
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(20))
      fail(text, "this program takes more than twenty seconds");
  }
  std::remove(path.c_str());
  std::printf("%zu programs, %zu accepted, no finding\n", programs, accepted);
  return accepted == 0;
}
