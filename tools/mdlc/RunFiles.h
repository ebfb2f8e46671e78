//===- RunFiles.h - Where the files of a run are written -------*- C++ -*-===//
// A run has an id that is one plain name, and a folder of its own below the
// output folder. Files appear whole or not at all.
//===----------------------------------------------------------------------===//
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::tool {

/// What is wrong with a run id, or nothing: 1 to 128 of A-Z a-z 0-9 . _ - and no dot first.
std::string checkRunId(const std::string &id);

/// A folder of a run.
class RunFiles {
public:
  explicit RunFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  const std::filesystem::path &path() const { return folder_; }
  /// True when one of these files is there.
  bool holdsAny(const std::vector<std::string> &names) const;
  /// Writes a file under another name, then renames it. False with a reason.
  bool write(const std::string &name, std::string_view content, std::string &error) const;

private:
  std::filesystem::path folder_;
};

} // namespace mdl::tool
