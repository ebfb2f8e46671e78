//===- Utilisation.cpp - What a device reaches of its peaks ---------------===//
// A block says what is reached for all devices, with rows for classes of operators
// and for devices, and where it was fitted with both ends of each number. Here it
// becomes three sets of numbers for one device.
//===----------------------------------------------------------------------===//
#include "../support/Name.h"
#include "Check.h"

namespace mdl::sema {

/// What the rows of a utilisation make of it on one device.
class UtilisationReader {
public:
  UtilisationReader(Checker &checker, const ast::Item *item, const Value &value, std::string_view device)
      : checker_(checker), item_(item), value_(value), device_(device) {}

  /// Fills in what is reached. False, reported, when a row has a mistake.
  bool read(Utilisation &of) {
    Rational expected = of.tensor, low = of.tensorLow, high = of.tensorHigh;
    for (auto [name, part] : checker_.quantities(value_, "device"))
      if (text(name) == device_) {
        of.ofDevice = true;
        if (!isPart(name, part)) return false;
        expected = part, low = endOf("low", name, part), high = endOf("high", name, part);
      }
    for (auto [name, part] : of.classes)
      if (!isPart(name, part)) return false;
    if (!checkEnds(of)) return false;
    of.expected = reached(of, expected, "", expected), of.best = reached(of, high, "high", expected);
    of.worst = reached(of, low, "low", expected);
    if (of.ofDevice) of.tensorLow = low, of.tensorHigh = high, of.tensor = expected;
    return true;
  }

private:
  bool fail(std::string why) {
    checker_.error(DiagId::RequireFails, item_->name.range, {std::move(why)});
    return false;
  }
  bool isPart(NameId name, Rational part) {
    if (part.sign() > 0 && part <= Rational(1)) return true;
    return fail("the part of the peak of `" + std::string(text(name)) + "` is from 0 to 1");
  }

  /// What a row says of an end, `low` or `high`; without one there is no range.
  Rational endOf(std::string_view end, NameId name, Rational otherwise) {
    if (!end.empty())
      for (auto [each, part] : checker_.quantities(value_, end))
        if (each == name) return part;
    return otherwise;
  }

  /// Every end is one of a number that the block has, and on its side of it.
  bool checkEnds(const Utilisation &of) {
    auto known = checker_.quantities(value_, "device");
    known.insert(known.end(), of.classes.begin(), of.classes.end());
    known.insert(known.end(),
                 {{intern("vector"), of.vector}, {intern("memory"), of.memory}, {intern("link"), of.link}});
    for (const char *end : {"low", "high"})
      for (auto [name, part] : checker_.quantities(value_, end)) {
        auto at = llvm::find_if(known, [&](const auto &each) { return each.first == name; });
        if (at == known.end())
          return fail("`" + std::string(end) +
                      "` is of a class or a device that has a row, or of vector, memory or "
                      "link; there is no `" +
                      std::string(text(name)) + "`");
        if (!isPart(name, part)) return false;
        if (end == std::string_view("low") ? part > at->second : part < at->second)
          return fail("the number of `" + std::string(text(name)) + "` is between its ends");
      }
    return true;
  }

  /// Classes with a row of their own are on this device in proportion to `tensor`, of which it reaches `expected`.
  Reached reached(const Utilisation &of, Rational tensor, std::string_view end, Rational expected) {
    Reached made;
    auto part = [&](const char *name, Rational value) { return endOf(end, intern(name), value).toDouble(); };
    made.vector = part("vector", of.vector), made.memory = part("memory", of.memory), made.link = part("link", of.link);
    std::string launch = end.empty() ? "launch" : end == "high" ? "launch_low" : "launch_high";
    made.launch = checker_.quantity(value_, launch, 1)->toDouble();
    for (uint16_t i = 0; i < checker_.classCount(); ++i) {
      auto row = rowOf(of, {i});
      std::optional<double> ofClass, ofDevice;
      if (row) ofClass = endOf(end, row->first, row->second).toDouble();
      if (of.ofDevice) ofDevice = (row ? expected : tensor).toDouble();
      made.tensor.push_back(partOf(ofClass, ofDevice, (row ? of.tensor : tensor).toDouble()));
    }
    return made;
  }

  /// The row of a class, else of the nearest one above it.
  std::optional<std::pair<NameId, Rational>> rowOf(const Utilisation &of, ClassId id) {
    for (;; id = checker_.parentOf(id)) {
      for (const auto &row : of.classes)
        if (text(row.first) == checker_.className(id)) return row;
      if (checker_.parentOf(id) == id) return std::nullopt;
    }
  }

  Checker &checker_;
  const ast::Item *item_;
  const Value &value_;
  std::string_view device_;
};

std::optional<Utilisation> Checker::utilisation(const ast::Item *item, std::string_view device) {
  Value value = dataValue(item);
  if (value.isError()) return std::nullopt;
  Utilisation made;
  made.name = item->name.name, made.title = item->title;
  made.tensorLow = *quantity(value, "tensor_low", 1), made.tensorHigh = *quantity(value, "tensor_high", 1);
  made.tensor = *quantity(value, "tensor", 1);
  made.vector = *quantity(value, "vector", 1), made.memory = *quantity(value, "memory", 1);
  made.link = *quantity(value, "link", 1), made.classes = quantities(value, "class");
  for (const Value &each : field(value, "evidence")->list->elements)
    for (const Value &name : field(each, "devices")->list->elements) made.evidence.emplace_back(*name.string);
  return UtilisationReader(*this, item, value, device).read(made) ? std::optional(std::move(made)) : std::nullopt;
}

} // namespace mdl::sema
