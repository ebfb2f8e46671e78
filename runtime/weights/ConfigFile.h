//===- ConfigFile.h - Configurations of Hugging Face ------------*- C++ -*-===//
#pragma once
#include "InputFile.h"
#include "Inventory.h"

namespace mdl::weights {

/// A field by its path, `rope_scaling.factor`, and its value as it is written; a list is `[1, 2]`.
struct ConfigEntry {
  std::string path, value;
  bool isText = false;
};

/// The fields of a config.json in their order.
std::optional<std::vector<ConfigEntry>> readConfig(const InputFile &file, Fault &fault);

} // namespace mdl::weights
