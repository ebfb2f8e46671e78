//===- RunFiles.cpp - Where the files of a run are written ---------------===//
#include "RunFiles.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mdl::tool {

std::string checkRunId(const std::string &id) {
  constexpr size_t kLongest = 128;
  constexpr const char *kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  if (!id.empty() && id.size() <= kLongest && id.front() != '.' && id.find_first_not_of(kPlain) == std::string::npos)
    return {};
  return "a run id names a folder: 1 to " + std::to_string(kLongest) +
         " of the characters A-Z a-z 0-9 . _ -, and no dot first";
}

bool RunFiles::holdsAny(const std::vector<std::string> &names) const {
  std::error_code ignored;
  for (const std::string &name : names)
    if (fs::exists(fs::symlink_status(folder_ / name, ignored))) return true;
  return false;
}

bool RunFiles::write(const std::string &name, std::string_view content, std::string &error) const {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  fs::path hidden = folder_ / ("." + name + "." + std::to_string(getpid())), target = folder_ / name;
  std::FILE *file = failed ? nullptr : std::fopen(hidden.c_str(), "wbx");
  if (!file) {
    error = "cannot write `" + target.string() + "`: " + (failed ? failed.message() : std::strerror(errno));
    return false;
  }
  bool whole = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  whole = std::fclose(file) == 0 && whole;
  if (whole) fs::rename(hidden, target, failed);
  if (whole && !failed) return true;
  error = "cannot write `" + target.string() + "`: " + (failed ? failed.message() : std::strerror(errno));
  fs::remove(hidden, failed);
  return false;
}

} // namespace mdl::tool
