#include "SourceNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"
#include <filesystem>

namespace fs = std::filesystem;

namespace mdl::driver {

static bool isBelow(const fs::path &relative) { return !relative.empty() && *relative.begin() != ".."; }

/// Links are followed only for a file that no folder holds by its path alone: each costs a look at the disk.
std::string pathBelow(const std::string &path, const std::vector<std::string> &folders) {
  std::error_code ignored;
  fs::path whole = fs::absolute(path, ignored).lexically_normal();
  for (const std::string &folder : folders)
    if (fs::path below = whole.lexically_relative(fs::absolute(folder, ignored).lexically_normal()); isBelow(below))
      return below.generic_string();
  whole = fs::weakly_canonical(path, ignored);
  for (const std::string &folder : folders)
    if (fs::path below = whole.lexically_relative(fs::weakly_canonical(folder, ignored)); isBelow(below))
      return below.generic_string();
  return whole.filename().string();
}

std::string sha256(std::string_view bytes) {
  auto data = reinterpret_cast<const uint8_t *>(bytes.data());
  return llvm::toHex(llvm::SHA256::hash({data, bytes.size()}), /*LowerCase=*/true);
}

} // namespace mdl::driver
