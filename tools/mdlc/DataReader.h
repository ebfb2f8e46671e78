//===- DataReader.h - The fields of a data block ----------------*- C++ -*-===//
#pragma once
#include "Command.h"
#include "compiler/sema/Check.h"

namespace mdl::tool {

/// Reads the fields of a record value.
class DataReader {
public:
  DataReader(sema::Checker &checker, const sema::Value &value) : checker_(checker), value_(value) {}

  std::string text(const char *name) const { return std::string(checker_.fieldText(value_, name)); }
  bool flag(const char *name) const {
    auto number = rational(name);
    return number && !number->isZero();
  }
  std::optional<Rational> rational(const char *name) const {
    const sema::Value *field = checker_.field(value_, name);
    return field && field->isNumber() ? checker_.pool().asConstant(field->number) : std::nullopt;
  }
  std::vector<std::string> texts(const char *name) const {
    std::vector<std::string> all;
    if (const sema::Value *field = checker_.field(value_, name); field && field->isList())
      for (const sema::Value &each : field->list->elements)
        if (each.kind == sema::ValueKind::String) all.emplace_back(*each.string);
    return all;
  }
  /// The elements of a list of records.
  std::vector<DataReader> records(const char *name) const {
    std::vector<DataReader> all;
    if (const sema::Value *field = checker_.field(value_, name); field && field->isList())
      for (const sema::Value &each : field->list->elements) all.emplace_back(checker_, each);
    return all;
  }

private:
  sema::Checker &checker_;
  const sema::Value &value_;
};

/// A file that a block names: beside the block's own file, else among the models; as it is written when it is nowhere.
std::string fileBeside(const std::string &file, const std::string &name, const Invocation &invocation);

/// The files of this name below the folders of models, by folder, then by path.
std::vector<std::string> filesNamed(const char *name, const Invocation &invocation);

} // namespace mdl::tool
