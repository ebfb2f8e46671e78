//===- Layout.cpp - Shardings, as data says them --------------------------===//
#include "Layout.h"

namespace mdl::shard {

/// `ulysses4`: the name, and the number when there is one.
static std::pair<std::string_view, std::string_view> splitNumber(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  size_t digits = text.find_last_not_of("0123456789") + 1; // 0 when all are digits
  return {text.substr(0, digits), text.substr(digits)};
}

/// One factor: a number of devices stands at one of its names at least, and is the same at all.
static std::optional<Named> parseFactor(llvm::StringRef text) {
  constexpr size_t kMostDigits = 6;
  Named made;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, '+');
  std::string_view number;
  for (llvm::StringRef part : parts) {
    auto [name, digits] = splitNumber(part);
    bool fits = digits.size() <= kMostDigits && (digits.empty() || number.empty() || digits == number);
    if (name.empty() || !fits) return std::nullopt;
    if (!digits.empty()) number = digits;
    made.names.emplace_back(name);
  }
  if (number.empty()) return std::nullopt;
  made.degree = Int(std::stoll(std::string(number)));
  return made.degree < Int(1) ? std::nullopt : std::optional(made);
}

std::optional<std::vector<Named>> parseLayout(std::string_view text) {
  std::string plain(text);
  constexpr std::string_view kTimes = "\xC3\x97"; // the sign of multiplication
  for (size_t at; (at = plain.find(kTimes)) != std::string::npos;) plain.replace(at, kTimes.size(), "*");
  std::vector<Named> factors;
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(plain).split(parts, '*');
  for (llvm::StringRef part : parts) {
    auto factor = parseFactor(part);
    if (!factor) return std::nullopt;
    factors.push_back(std::move(*factor));
  }
  return factors;
}

std::string MeshAxis::text() const {
  size_t plus = name.find('+');
  return name.substr(0, plus) + toString(degree) + (plus == std::string::npos ? "" : name.substr(plus));
}

std::vector<std::string> MeshAxis::notes() const {
  std::vector<std::string> notes;
  for (const std::string &rule : rules) notes.push_back("sharding " + text() + ": " + rule);
  for (const std::string &each : assumptions) notes.push_back("sharding " + text() + ": " + each);
  return notes;
}

static std::vector<std::string> texts(sema::Checker &checker, const sema::Value &record, std::string_view name) {
  std::vector<std::string> all;
  for (const sema::Value &each : checker.field(record, name)->list->elements) all.emplace_back(*each.string);
  return all;
}

bool addSharding(sema::Checker &checker, const ast::Item *item, MeshAxis &axis) {
  sema::Value value = checker.dataValue(item);
  if (value.isError()) return false;
  axis.name += (axis.name.empty() ? "" : "+") + std::string(text(item->name.name));
  if (!axis.item) axis.item = item;
  axis.rules.emplace_back(checker.fieldText(value, "rule"));
  for (const sema::Value &each : checker.field(value, "divide")->list->elements) {
    Division division;
    division.of = checker.fieldText(each, "of"), division.by = checker.fieldText(each, "by");
    division.at = texts(checker, each, "at"), division.dims = texts(checker, each, "dims");
    division.inside = checker.field(each, "inside")->number != expr::ExprId();
    axis.divisions.push_back(std::move(division));
  }
  auto add = [&](std::vector<std::string> &to, std::string_view name) {
    llvm::append_range(to, texts(checker, value, name));
  };
  add(axis.passes, "passes"), add(axis.gathers, "gathers"), add(axis.weights, "weights"), add(axis.layers, "layers");
  add(axis.assumptions, "assumptions");
  return true;
}

} // namespace mdl::shard
