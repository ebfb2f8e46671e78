//===- RunFolder.cpp - The folder of a run, whole or not at all -----------===//
#include "RunFolder.h"
#include "OutputFile.h"
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

constexpr size_t kMaxId = 128;

/// Control characters as `?`, so that an id can stand in a message.
std::string shown(const std::string &id) {
  std::string text = id.substr(0, kMaxId);
  for (char &c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return text + (id.size() > kMaxId ? "..." : "");
}

/// Removes what was made unless it is told to keep it.
class Scratch {
public:
  Scratch() = default;
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
    for (size_t i = made_.size(); i-- > 0 && !kept_;) fs::remove(made_[i], ignored); // only empty folders go
  }

  /// Makes a folder and those above it that are missing.
  std::optional<std::string> makeFolders(const fs::path &folder) {
    std::error_code why;
    if (folder.empty() || fs::is_directory(folder, why)) return std::nullopt;
    if (auto fault = makeFolders(folder.parent_path())) return fault;
    if (fs::exists(folder, why)) why = std::make_error_code(std::errc::not_a_directory);
    else if (fs::create_directory(folder, why)) made_.push_back(folder);
    if (why) return fileFailure("make the folder", folder, why);
    return std::nullopt;
  }
  std::optional<std::string> makeTemporary(const fs::path &folder) {
    std::error_code why;
    if (!fs::create_directory(folder, why))
      return fileFailure("make the folder", folder, why ? why : std::make_error_code(std::errc::file_exists));
    temporary_ = folder;
    return std::nullopt;
  }
  const fs::path &temporary() const { return temporary_; }
  void keep() { kept_ = true, temporary_.clear(); }

private:
  fs::path temporary_;
  std::vector<fs::path> made_;
  bool kept_ = false;
};

/// Puts a folder in the place of another, which is gone afterwards, or there as before when that fails.
std::optional<std::string> replace(const fs::path &made, const fs::path &place) {
  std::error_code why, ignored;
  fs::path aside = made.string() + ".old";
  bool exists = fs::exists(fs::symlink_status(place, ignored));
  if (exists) {
    fs::rename(place, aside, why);
    if (why) return fileFailure("replace", place, why);
  }
  fs::rename(made, place, why);
  if (why) {
    if (exists) fs::rename(aside, place, ignored);
    return fileFailure("make", place, why);
  }
  if (exists) fs::remove_all(aside, ignored);
  return std::nullopt;
}

} // namespace

std::optional<std::string> faultOfRunId(const std::string &id) {
  constexpr const char *kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  bool fine =
      !id.empty() && id.size() <= kMaxId && id.front() != '.' && id.find_first_not_of(kAllowed) == std::string::npos;
  if (fine) return std::nullopt;
  return fmt::format("`{}` is no run id: it has 1 to {} of the characters A-Z a-z 0-9 . _ - and does not begin with a "
                     "dot, as it names a folder",
                     shown(id), kMaxId);
}

std::string joinedRunId(const std::vector<std::string> &parts) {
  std::string id;
  for (const std::string &part : parts)
    if (!part.empty()) id += (id.empty() ? "" : "-") + part;
  for (char &c : id)
    if (faultOfRunId(std::string("x") + c)) c = '-';
  return id;
}

std::optional<std::string> faultOfPlace(const RunPlace &place) {
  std::error_code ignored;
  fs::path run = place.joins ? place.folder() : place.out / place.id;
  fs::file_status status = fs::symlink_status(run, ignored);
  if (!fs::exists(status)) return std::nullopt;
  if (!fs::is_directory(run, ignored)) return fmt::format("`{}` is there and is no folder", run.string());
  if (place.force) return std::nullopt;
  return fmt::format("the run `{}` exists in `{}`; --force writes its `{}` again, --run-id names another", place.id,
                     place.out.string(), place.part.string());
}

std::optional<std::string> writeRun(const RunPlace &place, const std::vector<RunFile> &files) {
  if (auto fault = faultOfPlace(place)) return fault;
  Scratch scratch;
  fs::path folder = place.folder();
  if (auto fault = scratch.makeFolders(folder.parent_path())) return fault;
  fs::path temporary = folder.parent_path() / fmt::format(".{}.partial-{}", place.part.filename().string(), getpid());
  if (auto fault = scratch.makeTemporary(temporary)) return fault;
  for (const RunFile &file : files) {
    std::error_code why;
    fs::create_directories((temporary / file.path).parent_path(), why);
    if (why) return fileFailure("make the folder", (temporary / file.path).parent_path(), why);
    if (auto fault = writeNewFile(temporary / file.path, file.text)) return fault;
  }
  if (auto fault = replace(temporary, folder)) return fault;
  scratch.keep();
  return std::nullopt;
}

} // namespace mdl::tool
