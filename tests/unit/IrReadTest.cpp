//===- IrReadTest.cpp - The IR reader on text that is not trusted ---------===//
// Whatever the text is, reading ends with a module that passes `verify` and
// prints, or with a message. A module that prints reads back to the same text.
//===----------------------------------------------------------------------===//
#include "compiler/ir/Print.h"
#include "compiler/ir/Read.h"
#include "compiler/ir/Verify.h"
#include <gtest/gtest.h>
#include <random>

namespace mdl::ir {
namespace {

const std::string kSample = R"(mdl.ir 1
model "m"
symbol n >= 1 <= 8
symbol i >= 0 <= n - 1
let _1 = max(n, floor(n/2) + 3)
input "n" integer
  symbol n
  value 3
  lo 1
metric flops sum
metric "480p" peak
require [n - 2 >= 0]
  text "at \x07 \"least\" two"
node 0
  label "stage"
  flops = sum(i in 0..n: floor(i*n/3))
group 1 in 0
  index i
  hi n
node 2 in 1
  label "layer" i + 1
  calls 2*n
  varying
  flops = _1*i + 7
  "480p" = 2^(n)
total flops = n/3 + 1/(n + 1)
not_modelled "rest"
)";

/// Reads; true when there is a module, after checking what is promised for it.
bool readsWell(const std::string &text) {
  std::string error;
  auto module = read(text, &error);
  if (!module) {
    EXPECT_FALSE(error.empty()) << text;
    return false;
  }
  EXPECT_EQ(verify(*module), "") << text;
  std::string printed = print(*module);
  auto again = read(printed, &error);
  EXPECT_TRUE(again) << error << "\n" << printed;
  EXPECT_EQ(again ? print(*again) : "", printed) << text;
  return true;
}

TEST(IrRead, ReadsTheSample) { EXPECT_TRUE(readsWell(kSample)); }

TEST(IrRead, EveryPrefix) {
  size_t modules = 0;
  for (size_t length = 0; length <= kSample.size(); ++length) modules += readsWell(kSample.substr(0, length));
  EXPECT_GT(modules, 20u);
}

TEST(IrRead, EveryLineDroppedOrDoubled) {
  size_t cases = 0;
  for (size_t begin = 0; begin < kSample.size(); ++cases) {
    size_t end = kSample.find('\n', begin) + 1;
    std::string line = kSample.substr(begin, end - begin);
    readsWell(kSample.substr(0, begin) + kSample.substr(end));
    readsWell(kSample.substr(0, end) + line + kSample.substr(end));
    begin = end;
  }
  EXPECT_EQ(cases, 27u);
}

TEST(IrRead, RandomBytesChanged) {
  std::mt19937 random(20240607);
  const std::string alphabet = "0123456789abin_.\"\\#\n +-*/^()[]<>=,:\xff";
  size_t modules = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text = kSample;
    for (auto changes = 1 + random() % 3; changes-- > 0;)
      text[random() % text.size()] = alphabet[random() % alphabet.size()];
    modules += readsWell(text);
  }
  EXPECT_GT(modules, 100u);
}

TEST(IrRead, DeepTreesAndExpressionsAreRefused) {
  std::string deep = "mdl.ir 1\nnode 0\n  label \"x\"\n", error;
  for (int i = 1; i < 5000; ++i)
    deep += "node " + std::to_string(i) + " in " + std::to_string(i - 1) + "\n  label \"x\"\n";
  EXPECT_FALSE(read(deep, &error));
  EXPECT_NE(error.find("nested deeper than"), std::string::npos) << error;
  std::string nested = "mdl.ir 1\nmetric f sum\ntotal f = " + std::string(100000, '(') + "1" + std::string(100000, ')');
  EXPECT_FALSE(read(nested, &error));
}

TEST(IrRead, SaysTheLine) {
  const std::pair<const char *, const char *> rows[] = {
      {"mdl.ir 1\n\n// a comment\nmodel x", "line 4: a string is expected, found `x`"},
      {"mdl.ir 1\nsymbol in", "line 2: the name of a symbol is expected"},
      {"mdl.ir 1\nsymbol n\nsymbol n", "line 3: symbol `n` is declared again"},
      {"mdl.ir 1\nsymbol n > 3", "line 2: a bound is `>= expression` or `<= expression`"},
      {"mdl.ir 1\nmetric f total", "line 2: `total` is none of `sum`, `once`, `peak`, `each`"},
      {"mdl.ir 1\nnode 0 in 0", "line 2: node 0 stands before its parent 0"},
      {"mdl.ir 1\nnode 99999999999999999999", "line 2: the number of a node is expected, found `99999999999999999999`"},
      {"mdl.ir 1\nmetric f sum\n  absent 1", "line 3: `1` is more than belongs here"},
      {"mdl.ir 1\nlet a = 2\ninput \"n\" integer\n  symbol a", "line 4: `a` is no symbol"},
      {"mdl.ir 1\nnode 0\n  label \"x\"\nmetric f sum", "line 4: metrics stand before the nodes"},
  };
  for (auto [text, wanted] : rows) {
    std::string error;
    EXPECT_FALSE(read(text, &error)) << text;
    EXPECT_EQ(error, wanted);
  }
}

} // namespace
} // namespace mdl::ir
