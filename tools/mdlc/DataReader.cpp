#include "DataReader.h"
#include <filesystem>
#include <set>

namespace fs = std::filesystem;

namespace mdl::tool {

std::string fileBeside(const std::string &file, const std::string &name, const Invocation &invocation) {
  std::error_code ignored;
  std::vector<fs::path> folders{fs::path(file).parent_path()};
  for (const std::string &models : driver::defaultSearchPaths(invocation.binary)) folders.emplace_back(models);
  for (const fs::path &folder : folders)
    if (fs::exists(folder / name, ignored)) return (folder / name).lexically_normal().string();
  return name;
}

std::vector<std::string> filesNamed(const char *name, const Invocation &invocation) {
  std::vector<std::string> all;
  std::error_code ignored;
  for (const std::string &folder : driver::defaultSearchPaths(invocation.binary)) {
    std::set<std::string> files;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder, ignored))
      if (entry.path().filename() == name) files.insert(entry.path().string());
    all.insert(all.end(), files.begin(), files.end());
  }
  return all;
}

} // namespace mdl::tool
