//===- RunFolder.h - The folder of a run, whole or not at all ---*- C++ -*-===//
// A part of a run, OUT/RUN/static_analysis/FAMILY, is written beside its place
// under a temporary name and renamed when every byte is written. After an error nothing of it
// is left, nor the folders that were made for it.
//===----------------------------------------------------------------------===//
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mdl::tool {

/// Says why a run id is none; nothing when it is one: 1 to 128 of A-Z a-z 0-9 . _ - and no dot first.
std::optional<std::string> faultOfRunId(const std::string &id);

/// A run id of these parts: `t2v_14b-720p-fp8`. What an id may not have becomes `-`; empty parts are left out.
std::string joinedRunId(const std::vector<std::string> &parts);

struct RunFile {
  std::string path; ///< Below the part's folder: `verify/diffusion.json`
  std::string text;
};

struct RunPlace {
  std::filesystem::path out; ///< `tmp/profile-output`
  std::string id;
  std::filesystem::path part; ///< `static_analysis/wan2_1`, `sizing/wan2_1/h20_96gb`
  bool force = false;         ///< Replace the part of an existing run; other files of the run stay
  bool joins = false;         ///< The run may exist, as long as it has not this part
  std::filesystem::path folder() const { return out / id / part; }
};

/// Says why nothing could be written there (a run that exists), before anything is computed; nothing when it may.
std::optional<std::string> faultOfPlace(const RunPlace &place);
/// Writes all files; says what failed, and then the disk is as before.
std::optional<std::string> writeRun(const RunPlace &place, const std::vector<RunFile> &files);

} // namespace mdl::tool
