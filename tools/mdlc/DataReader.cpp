#include "DataReader.h"
#include <filesystem>

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

} // namespace mdl::tool
