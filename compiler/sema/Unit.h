//===- Unit.h - Physical and counting units ---------------------*- C++ -*-===//
// A unit is a product of powers of base units. Multiples (kB, TiB) are numbers
// times a base unit, so quantities are stored in base units and compare and add
// as numbers. A counting base unit (token, frame, FLOP) names what is counted: a
// plain number takes it on, and it is dropped where a plain count is wanted.
//===----------------------------------------------------------------------===//
#pragma once
#include "../support/Name.h"
#include "llvm/ADT/SmallVector.h"
#include <string>
#include <vector>

namespace mdl::sema {

/// Names one unit of a UnitPool; 0 is the unit of plain numbers.
struct UnitId {
  uint32_t index = 0;
  bool isPlain() const { return index == 0; }
  friend auto operator<=>(UnitId, UnitId) = default;
};

/// Owns units; equal units have equal ids.
class UnitPool {
public:
  UnitPool();
  /// Declares a base unit; a counting unit names what is counted.
  UnitId base(NameId name, bool counting);
  UnitId multiply(UnitId a, UnitId b);
  UnitId power(UnitId a, int exponent);
  UnitId divide(UnitId a, UnitId b) { return multiply(a, power(b, -1)); }
  /// True for a single counting base unit to the power one.
  bool isCounting(UnitId id) const;
  /// `byte/s` style text in base units: `bit/s`; `1` for plain.
  std::string print(UnitId id) const;

private:
  struct Power {
    uint32_t base;
    int exponent;
    friend bool operator==(const Power &, const Power &) = default;
  };
  using Powers = llvm::SmallVector<Power, 3>;
  UnitId internPowers(Powers powers);
  struct Base {
    NameId name;
    bool counting;
  };
  std::vector<Base> bases_;
  std::vector<Powers> units_;
};

} // namespace mdl::sema
