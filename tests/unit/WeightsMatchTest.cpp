// Signatures, names of files, and comparisons of a model's weights with a file's.
#include "runtime/weights/Compare.h"
#include "runtime/weights/Signature.h"
#include <gtest/gtest.h>

using namespace mdl;
using namespace mdl::weights;

namespace {

Tensor tensor(std::string name, std::vector<uint64_t> shape) {
  Tensor made;
  made.name = std::move(name), made.shape = std::move(shape), made.dtype = dtypeNamed("F32");
  return made;
}

Inventory file() {
  Inventory made;
  made.tensors = {tensor("embed.weight", {100, 8}), tensor("blocks.0.q.weight", {16, 8}),
                  tensor("blocks.10.q.weight", {64, 8}), tensor("blocks.2.q.weight", {32, 8}),
                  tensor("blocks.2.0.scale", {1})};
  return made;
}

std::string match(const std::vector<TensorRow> &rows) {
  std::string why, text;
  auto sizes = matchSignature(rows, file(), why);
  if (!sizes) return why;
  for (const NamedSize &each : *sizes) {
    text += each.name + (each.list ? " list" : "");
    for (Int value : each.values) text += " " + toString(value);
    text += ";";
  }
  return text;
}

TEST(WeightsMatch, Signatures) {
  EXPECT_EQ(match({{"embed.weight", {"vocab", "dim"}}, {"blocks.{layers}.q.weight", {"widths...", "dim"}}}),
            "vocab 100;dim 8;layers 3;widths list 16 32 64;"); // in the order of the numbers, not of the texts
  EXPECT_EQ(match({{"blocks.{}.q.weight", {"_", "8"}}}), "");
  EXPECT_EQ(match({{"blocks.{layers}.{parts}.scale", {}}}), "layers 1;parts 1;");
  EXPECT_EQ(match({{"none.{n}", {"x"}, true}, {"embed.weight", {"a", "b"}}}), "n 0;a 100;b 8;");
}

TEST(WeightsMatch, SignaturesThatDoNotFit) {
  EXPECT_EQ(match({{"blocks.{}.k.weight", {}}}), "no tensor `blocks.{}.k.weight`");
  EXPECT_EQ(match({{"blocks.{}.q", {}}}), "no tensor `blocks.{}.q`");
  EXPECT_EQ(match({{"embed.weight", {"vocab"}}}),
            "`embed.weight` has the shape [100, 8], of 2 axes where 1 are expected");
  EXPECT_EQ(match({{"embed.weight", {"vocab", "9"}}}), "`embed.weight` has the shape [100, 8]; one axis is 9");
  EXPECT_EQ(match({{"blocks.{dim}.q.weight", {"_", "dim"}}}), "`dim` is 8 in a shape, and there are 3");
  EXPECT_EQ(match({{"embed.weight", {"n", "n"}}}), "`n` is 100 elsewhere and 8 in `embed.weight`, [100, 8]");
}

std::string rename(const std::vector<Renaming> &renamings, std::string_view text) {
  const Renaming *used = nullptr;
  return renamed(renamings, text, used);
}

TEST(WeightsMatch, Renamings) {
  std::vector<Renaming> rules{
      {"layers.*.wq.*", "model.layers.*.q_proj.*"}, {"*.w", "*.weight"}, {"table", "embed.weight"}};
  EXPECT_EQ(rename(rules, "layers.7.wq.w"), "model.layers.7.q_proj.w"); // the first that fits, and no other
  EXPECT_EQ(rename(rules, "a.b.w"), "a.b.weight");
  EXPECT_EQ(rename(rules, "table"), "embed.weight");
  EXPECT_EQ(rename(rules, "tables"), "tables");
  EXPECT_EQ(rename(rules, "experts.*.w"), "experts.*.weight");
}

std::string compare(const std::vector<Parameter> &parameters, const Mapping &mapping, const Inventory &inventory) {
  WeightComparison found = compareWeights(parameters, mapping, inventory);
  std::string text = std::to_string(found.equal) + " equal";
  for (const Difference &each : found.missing) text += ", missing " + each.name;
  for (const Difference &each : found.extra) text += ", extra " + each.name;
  for (const Difference &each : found.differing) text += ", differs " + each.name;
  return text + ", " + toString(found.ours) + " and " + toString(found.theirs) + " and " +
         toString(found.ignoredNumbers);
}

TEST(WeightsMatch, Comparisons) {
  Mapping mapping{
      {{"head.w", "head", false, true}, {"*.gamma", "*.gamma", true, false}}, {{"*.w", "*.weight"}}, {"text.*"}};
  Inventory inventory;
  inventory.tensors = {tensor("a.weight", {2, 3}), tensor("n.gamma", {4, 1, 1}), tensor("head", {5, 6}),
                       tensor("text.x", {7}),      tensor("e.0.weight", {2, 2}), tensor("e.1.weight", {2, 2})};
  std::vector<Parameter> all{{"a.w", {2, 3}}, {"n.gamma", {4}}, {"head.w", {6, 5}}, {"e.*.w", {2, 2, 2}}};
  EXPECT_EQ(compare(all, mapping, inventory), "5 equal, 48 and 48 and 7");
  EXPECT_EQ(compare({all[0], all[1], all[2], {"e.*.w", {3, 2, 2}}}, mapping, inventory),
            "5 equal, missing e.2.weight, 52 and 48 and 7");
  EXPECT_EQ(compare({{"a.w", {3, 2}}, all[1], all[2], all[3]}, mapping, inventory),
            "4 equal, differs a.weight, 48 and 48 and 7");
  EXPECT_EQ(compare({all[0], {"n.gamma", {2}}, all[3]}, mapping, inventory),
            "3 equal, extra head, differs n.gamma, 16 and 48 and 7");
  Mapping plain{{}, {{"*.w", "*.weight"}}, {}};
  EXPECT_EQ(compare({all[0]}, plain, inventory),
            "1 equal, extra n.gamma, extra head, extra text.x, extra e.0.weight, extra e.1.weight, 6 and 55 and 0");
}

TEST(WeightsMatch, BlocksOfDtypes) {
  EXPECT_EQ(bytesOf(*dtypeNamed("Q4_K"), 512), Int(288));
  EXPECT_EQ(bytesOf(*dtypeNamed("F4"), 6), Int(3));
  EXPECT_TRUE(bytesOf(*dtypeNamed("F4"), 5).isOverflow());
  EXPECT_TRUE(bytesOf(*dtypeNamed("Q4_0"), 33).isOverflow());
  EXPECT_EQ(torchDtype("BFloat16Storage"), dtypeNamed("BF16"));
  EXPECT_EQ(torchDtype("float8_e4m3fn"), dtypeNamed("F8_E4M3"));
  EXPECT_EQ(ggmlDtype(12), dtypeNamed("Q4_K"));
  EXPECT_EQ(ggmlDtype(4), nullptr);
  size_t numbers = 0;
  for (uint32_t i = 0; i < 64; ++i) numbers += ggmlDtype(i) != nullptr;
  EXPECT_EQ(numbers, 33u);
}

} // namespace
