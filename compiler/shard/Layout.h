//===- Layout.h - Shardings, as data says them ------------------*- C++ -*-===//
// A layout is a product of shardings, `cfg2*ulysses4`: a mesh axis each, with its
// number of devices. `ulysses4+fsdp` are two over the same devices. What a sharding divides stands in its block, by the
// names of dims in the signatures of operators and modules (`sharding` in
// core.mdl); no operator and no model is known here.
//===----------------------------------------------------------------------===//
#pragma once
#include "../sema/Check.h"

namespace mdl::shard {

/// Dims that are divided where an operator or module of this name is applied.
struct Division {
  std::string of;
  std::vector<std::string> at; ///< Ids; `*` is any text
  std::vector<std::string> dims;
  bool inside = false; ///< Results are laid out as the first operand came
  std::string by;      ///< The operator that stands in for `of` when an operand comes divided along one of `dims`
};

/// Shardings over the same devices.
struct MeshAxis {
  std::string name; ///< `ulysses+fsdp`
  Int degree = 1;
  const ast::Item *item = nullptr; ///< Of the first
  std::vector<Division> divisions;
  std::vector<std::string> passes;  ///< Numbers that the pipeline names and that are dealt out
  std::vector<std::string> gathers; ///< Stages whose result the devices hand each other, once a run
  std::vector<std::string> weights; ///< Modules whose weights are stored in parts and gathered for each use
  std::vector<std::string> layers;  ///< Modules whose copies are dealt out, one part after the other
  std::vector<std::string> rules, assumptions;
  /// `ulysses4+fsdp`
  std::string text() const;
  sema::Divider divider() const { return {text(), degree, item->name.range}; }
  /// What a report says of it.
  std::vector<std::string> notes() const;
};
using Layout = std::vector<MeshAxis>;

/// Shardings by name over so many devices.
struct Named {
  std::vector<std::string> names;
  Int degree;
};
/// `cfg2*ulysses4+fsdp`; nullopt when it is not written so.
std::optional<std::vector<Named>> parseLayout(std::string_view text);

/// Adds what the block of a sharding says; false, reported, after a mistake. Where two divide the same operator, the last one counts.
bool addSharding(sema::Checker &checker, const ast::Item *item, MeshAxis &axis);

} // namespace mdl::shard
