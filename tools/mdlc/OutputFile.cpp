//===- OutputFile.cpp - Files that are written whole ----------------------===//
#include "OutputFile.h"
#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mdl::tool {

static std::error_code lastError() { return {errno, std::generic_category()}; }

/// `shown` is what the file is called in an error.
static std::optional<std::string> writeAs(const fs::path &path, std::string_view bytes, const char *mode,
                                          const fs::path &shown) {
  errno = 0;
  std::FILE *file = std::fopen(path.c_str(), mode);
  if (!file) return fileFailure("create", shown, lastError());
  bool fine = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && std::fflush(file) == 0;
  std::error_code why = lastError();
  if (std::fclose(file) != 0 && fine) fine = false, why = lastError();
  return fine ? std::nullopt : std::optional(fileFailure("write", shown, why));
}

std::string fileFailure(const std::string &what, const fs::path &path, const std::error_code &why) {
  return fmt::format("cannot {} `{}`: {}", what, path.string(), why.message());
}

std::optional<std::string> writeNewFile(const fs::path &path, std::string_view bytes) {
  return writeAs(path, bytes, "wbx", path);
}

std::optional<std::string> writeWhole(const fs::path &path, std::string_view bytes) {
  std::error_code why, ignored;
  fs::file_status there = fs::status(path, ignored);
  if (fs::is_directory(there)) return fileFailure("write", path, std::make_error_code(std::errc::is_a_directory));
  if (fs::exists(there) && !fs::is_regular_file(there)) return writeAs(path, bytes, "wb", path);
  fs::path place = fs::exists(there) ? fs::canonical(path, ignored) : path; // a link stays one
  fs::path temporary = place.parent_path() / fmt::format(".{}.partial-{}", place.filename().string(), getpid());
  auto fault = writeAs(temporary, bytes, "wbx", path);
  if (!fault) fs::rename(temporary, place, why);
  if (why) fault = fileFailure("write", path, why);
  if (fault) fs::remove(temporary, ignored);
  return fault;
}

} // namespace mdl::tool
