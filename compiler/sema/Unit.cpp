//===- Unit.cpp - Products of powers of base units ------------------------===//
#include "Unit.h"
#include "llvm/ADT/STLExtras.h"

namespace mdl::sema {

UnitPool::UnitPool() { units_.emplace_back(); }

UnitId UnitPool::internPowers(Powers powers) {
  llvm::sort(powers, [](const Power &a, const Power &b) { return a.base < b.base; });
  for (uint32_t i = 0; i < units_.size(); ++i)
    if (units_[i] == powers) return {i};
  units_.push_back(std::move(powers));
  return {static_cast<uint32_t>(units_.size() - 1)};
}

UnitId UnitPool::base(NameId name, bool counting) {
  bases_.push_back({name, counting});
  return internPowers({{static_cast<uint32_t>(bases_.size() - 1), 1}});
}

UnitId UnitPool::multiply(UnitId a, UnitId b) {
  if (a.isPlain()) return b;
  if (b.isPlain()) return a;
  Powers product = units_[a.index];
  for (Power factor : units_[b.index]) {
    auto *same = llvm::find_if(product, [&](const Power &p) { return p.base == factor.base; });
    if (same == product.end()) product.push_back(factor);
    else same->exponent += factor.exponent;
  }
  llvm::erase_if(product, [](const Power &p) { return p.exponent == 0; });
  return internPowers(std::move(product));
}

UnitId UnitPool::power(UnitId a, int exponent) {
  if (exponent == 0) return {};
  Powers result = units_[a.index];
  for (Power &p : result) p.exponent *= exponent;
  return internPowers(std::move(result));
}

bool UnitPool::isCounting(UnitId id) const {
  const Powers &powers = units_[id.index];
  return powers.size() == 1 && powers[0].exponent == 1 && bases_[powers[0].base].counting;
}

std::string UnitPool::print(UnitId id) const {
  std::string above, below;
  for (Power p : units_[id.index]) {
    std::string &side = p.exponent > 0 ? above : below;
    side += (side.empty() ? "" : "*") + std::string(text(bases_[p.base].name));
    if (int n = std::abs(p.exponent); n != 1) side += "^" + std::to_string(n);
  }
  if (above.empty()) above = "1";
  return below.empty() ? above : above + "/" + below;
}

} // namespace mdl::sema
