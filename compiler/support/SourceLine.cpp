#include "SourceLine.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl {

static bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t characterCount(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !isContinuation(c); }));
}

/// How many bytes the character at the begin of `text` has; 0 for a byte that begins none.
static size_t characterBytes(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  size_t count = first < 0x80                    ? 1
                 : first >= 0xC2 && first < 0xE0 ? 2
                 : first >= 0xE0 && first < 0xF0 ? 3
                 : first >= 0xF0 && first < 0xF5 ? 4
                                                 : 0;
  if (count > text.size()) return 0;
  for (size_t i = 1; i < count; ++i)
    if (!isContinuation(text[i])) return 0;
  return count;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    size_t count = characterBytes(text);
    auto first = static_cast<unsigned char>(text[0]);
    bool control = count == 1 && (first == 0x7F || (first < ' ' && first != '\n' && first != '\t'));
    bool control8 = count == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (count == 0 || control || control8) result += '?';
    else result += text.substr(0, count);
    text.remove_prefix(count == 0 ? 1 : count);
  }
  return result;
}

/// Cuts `count` characters from `text`, starting at character `from`.
static std::string_view characters(std::string_view text, size_t from, size_t count) {
  auto skip = [&](size_t at, size_t n) {
    for (; at < text.size() && n > 0; --n) do
        ++at;
      while (at < text.size() && isContinuation(text[at]));
    return at;
  };
  size_t begin = skip(0, from);
  return text.substr(begin, skip(begin, count) - begin);
}

/// The characters of a line that a range covers, as a half-open interval; empty where it lies on other lines.
static std::pair<size_t, size_t> columns(SrcRange range, std::string_view line, uint32_t lineBegin) {
  uint32_t lineEnd = lineBegin + static_cast<uint32_t>(line.size());
  if (range.begin.offset < lineBegin || range.begin.offset > lineEnd) return {0, 0};
  size_t begin = range.begin.offset - lineBegin,
         end = std::min(std::max(range.end, range.begin).offset, lineEnd) - lineBegin;
  return {characterCount(line.substr(0, begin)), characterCount(line.substr(0, end))};
}

/// Where the window of a long line begins: the mark stands in it, with what precedes it if there is room.
static size_t windowStart(size_t length, size_t mark, size_t width) {
  if (length <= width || mark < width * 3 / 4) return 0;
  return std::min(mark - width / 2, length - width);
}

std::string renderLine(const SourceManager &sources, SrcRange primary, const std::vector<SrcRange> &related,
                       size_t width) {
  LineColumn place = sources.lineColumn(primary.begin);
  std::string line(sources.lineText(primary.begin));
  uint32_t lineBegin = primary.begin.offset - (place.column - 1);
  size_t length = characterCount(line);
  std::string marks(length + 1, ' ');
  for (SrcRange range : related) {
    auto [begin, end] = columns(range, line, lineBegin);
    std::fill(marks.begin() + static_cast<std::ptrdiff_t>(begin), marks.begin() + static_cast<std::ptrdiff_t>(end),
              '~');
  }
  auto [begin, end] = columns(primary, line, lineBegin);
  std::fill(marks.begin() + static_cast<std::ptrdiff_t>(begin), marks.begin() + static_cast<std::ptrdiff_t>(end), '~');
  marks[begin] = '^';
  std::replace_if(line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  line = printable(line);
  size_t from = windowStart(length, begin, width);
  std::string shown(characters(line, from, width));
  marks = marks.substr(from, width);
  marks.erase(marks.find_last_not_of(' ') + 1);
  if (from > 0) shown.insert(0, "..."), marks.insert(0, "   ");
  if (from + width < length) shown += "...";
  return fmt::format("{:5} | {}\n      | {}\n", place.line, shown, marks);
}

} // namespace mdl
