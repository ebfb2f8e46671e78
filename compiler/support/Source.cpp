#include "Source.h"
#include <algorithm>
#include <cassert>

namespace mdl {

FileId SourceManager::add(std::string path, std::string text) {
  auto file = std::make_unique<SourceFile>();
  file->path = std::move(path);
  file->text = std::move(text);
  file->base = next_;
  assert(file->text.size() < ~next_ && "the sources exceed 4 GiB");
  next_ += static_cast<uint32_t>(file->text.size()) + 1; // the end of a file is a place of its own
  files_.push_back(std::move(file));
  return {static_cast<uint32_t>(files_.size() - 1)};
}

FileId SourceManager::fileOf(SrcLoc loc) const {
  auto after = [](uint32_t offset, const std::unique_ptr<SourceFile> &file) { return offset < file->base; };
  auto it = std::upper_bound(files_.begin(), files_.end(), loc.offset, after);
  if (!loc.isValid() || it == files_.begin()) return {};
  return {static_cast<uint32_t>(it - files_.begin() - 1)};
}

static const std::vector<uint32_t> &lineStarts(const SourceFile &file) {
  if (!file.lineStarts.empty()) return file.lineStarts;
  file.lineStarts.push_back(0);
  for (size_t at = file.text.find('\n'); at != std::string::npos; at = file.text.find('\n', at + 1))
    file.lineStarts.push_back(static_cast<uint32_t>(at + 1));
  return file.lineStarts;
}

/// The 0-based line of an offset into a file.
static size_t lineIndex(const SourceFile &file, uint32_t offset) {
  const auto &starts = lineStarts(file);
  return static_cast<size_t>(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin()) - 1;
}

LineColumn SourceManager::lineColumn(SrcLoc loc) const {
  FileId id = fileOf(loc);
  if (!id.isValid()) return {};
  const SourceFile &source = file(id);
  uint32_t offset = loc.offset - source.base;
  size_t line = lineIndex(source, offset);
  return {source.path, static_cast<uint32_t>(line + 1), offset - lineStarts(source)[line] + 1};
}

std::string_view SourceManager::lineText(SrcLoc loc) const {
  FileId id = fileOf(loc);
  if (!id.isValid()) return {};
  const SourceFile &source = file(id);
  uint32_t start = lineStarts(source)[lineIndex(source, loc.offset - source.base)];
  std::string_view rest = std::string_view(source.text).substr(start);
  rest = rest.substr(0, rest.find('\n'));
  return rest.ends_with('\r') ? rest.substr(0, rest.size() - 1) : rest;
}

std::string_view SourceManager::text(SrcRange range) const {
  FileId id = fileOf(range.begin);
  if (!id.isValid()) return {};
  const SourceFile &source = file(id);
  return std::string_view(source.text).substr(range.begin.offset - source.base, range.end.offset - range.begin.offset);
}

} // namespace mdl
