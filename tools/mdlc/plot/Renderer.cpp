//===- Renderer.cpp - Figures as files of SVG and PNG ---------------------===//
#include "Renderer.h"
#include "../OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace mdl::tool {

namespace {

constexpr const char *kInstall = "run tools/plots/install";
constexpr unsigned kMostSeconds = 300; ///< Something hangs: a figure takes less than a second

std::string textOf(const fs::path &path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

/// A folder that goes with the object.
class ScratchFolder {
public:
  ScratchFolder() { failure_ = llvm::sys::fs::createUniqueDirectory("mdlc-figures", path_); }
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!failure_) fs::remove_all(path(), ignored);
  }
  std::error_code failure() const { return failure_; }
  fs::path path() const { return std::string(path_.str()); }

private:
  llvm::SmallString<128> path_;
  std::error_code failure_;
};

/// tools/plots of the source tree, or share/mdlc/plots of an installation: the first above the binary.
fs::path plotsFolder(const std::string &binary) {
  std::error_code ignored;
  for (fs::path folder = fs::weakly_canonical(binary, ignored).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    for (const char *place : {"tools/plots", "share/mdlc/plots"})
      if (fs::exists(folder / place / "render.mjs", ignored)) return folder / place;
    if (folder == folder.root_path()) break;
  }
  return {};
}

Json jobOf(const std::vector<Figure> &figures, const FigureFormats &formats) {
  Json list = Json::array();
  for (const Figure &each : figures)
    list.push_back(
        {{"name", each.name}, {"spec", each.spec}, {"texts", each.texts}, {"data", each.data}, {"formats", formats}});
  return {{"figures", std::move(list)}};
}

/// Runs the script on the job of the folder; what went wrong otherwise.
std::optional<std::string> runScript(const std::string &node, const fs::path &script, const fs::path &folder) {
  std::string job = folder / "job.json", errors = folder / "errors", scriptPath = script, folderPath = folder, why;
  std::optional<llvm::StringRef> streams[] = {llvm::StringRef(""), llvm::StringRef(""), llvm::StringRef(errors)};
  int code = llvm::sys::ExecuteAndWait(node, {node, scriptPath, job, folderPath}, std::nullopt, streams, kMostSeconds,
                                       0, &why);
  if (code == 0) return std::nullopt;
  std::string said = textOf(errors);
  while (said.ends_with('\n')) said.pop_back();
  return fmt::format("the figures could not be drawn: {}", !said.empty() ? said : !why.empty() ? why : "node failed");
}

} // namespace

std::string checkFigureFormats(const std::string &name) {
  if (name == "svg" || name == "png" || name == "none") return {};
  return "`" + name + "` is no format of figures; there are svg, png, and none";
}

bool drawsFigures(const FigureFormats &formats) { return !formats.empty() && formats.front() != "none"; }

std::optional<std::string> renderFigures(const std::vector<Figure> &figures, const FigureFormats &formats,
                                         const std::string &binary, const std::string &folder,
                                         std::vector<RunFile> &files) {
  if (figures.empty() || !drawsFigures(formats)) return std::nullopt;
  auto node = llvm::sys::findProgramByName("node");
  if (!node) return fmt::format("figures are drawn by Node.js, and there is no `node` on the PATH: {}", kInstall);
  fs::path plots = plotsFolder(binary);
  if (plots.empty()) return "tools/plots, which draws figures, is nowhere above `" + binary + "`";
  std::error_code ignored;
  if (!fs::exists(plots / "node_modules/vega-lite", ignored))
    return fmt::format("figures take npm packages that `{}` does not have yet: {}", plots.string(), kInstall);
  ScratchFolder scratch;
  if (scratch.failure())
    return fileFailure("make a folder for figures in", fs::temp_directory_path(ignored), scratch.failure());
  if (auto fault = writeNewFile(scratch.path() / "job.json",
                                jobOf(figures, formats).dump(-1, ' ', false, Json::error_handler_t::replace)))
    return fault;
  if (auto fault = runScript(*node, plots / "render.mjs", scratch.path())) return fault;
  for (const Figure &each : figures)
    for (const std::string &format : formats) {
      std::string name = each.name + "." + format, bytes = textOf(scratch.path() / name);
      if (bytes.empty()) return fmt::format("the figures could not be drawn: `{}` is missing", name);
      files.push_back({folder + "/" + name, std::move(bytes)});
    }
  return std::nullopt;
}

} // namespace mdl::tool
