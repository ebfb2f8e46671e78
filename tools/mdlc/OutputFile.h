//===- OutputFile.h - Files that are written whole --------------*- C++ -*-===//
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace mdl::tool {

/// `cannot WHAT `PATH`: WHY`.
std::string fileFailure(const std::string &what, const std::filesystem::path &path, const std::error_code &why);
/// Makes a file that is not there yet; says what failed. A full disk is noticed at the latest when it is closed.
std::optional<std::string> writeNewFile(const std::filesystem::path &path, std::string_view bytes);
/// Writes a file or replaces it, whole or not at all: under a temporary name beside its place, then renamed. What is
/// there and is no file (a device, a pipe) is written to as it is. Says what failed; then the disk is as before.
std::optional<std::string> writeWhole(const std::filesystem::path &path, std::string_view bytes);

} // namespace mdl::tool
