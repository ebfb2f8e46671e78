//===- SourceNames.h - How reports name a source file -----------*- C++ -*-===//
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mdl::driver {

/// The path below one of the folders of models, so that it is the same on every machine; else the file's name.
std::string pathBelow(const std::string &path, const std::vector<std::string> &folders);

/// SHA-256 of bytes, in 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

} // namespace mdl::driver
