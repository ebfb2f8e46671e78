//===- Figure.cpp - A picture as a spec and its data ----------------------===//
#include "Figure.h"

namespace mdl::tool {

std::string shortText(std::string_view text, size_t most) {
  std::string made;
  size_t count = 0;
  for (char c : text) {
    bool begins = (static_cast<unsigned char>(c) & 0xc0) != 0x80; // of a character in UTF-8
    if (begins && ++count > most) return made + "…";
    made += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return made;
}

std::string plainFileName(std::string_view name) {
  constexpr const char *kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  constexpr size_t kMost = 100;
  std::string made(name.substr(0, kMost));
  for (size_t at = 0; (at = made.find_first_not_of(kAllowed, at)) != std::string::npos;) made[at] = '-';
  if (made.empty() || made[0] == '.') made.insert(0, 1, '-');
  return made;
}

/// A line that is too long, broken after a `·`.
static std::vector<std::string> wrapped(std::string_view line, size_t most) {
  constexpr std::string_view kDot = " · ";
  std::vector<std::string> lines(1);
  for (size_t at = 0; at <= line.size();) {
    size_t end = std::min(line.find(kDot, at), line.size());
    std::string_view part = line.substr(at, end - at);
    at = end + kDot.size();
    if (!lines.back().empty() && lines.back().size() + kDot.size() + part.size() > most) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += kDot;
    lines.back() += part;
  }
  return lines;
}

Json titled(std::string_view title, const std::vector<std::string> &below) {
  Json lines = Json::array();
  constexpr size_t kLine = 110; // about as wide as a picture
  for (const std::string &line : below)
    for (const std::string &part : wrapped(line, kLine)) lines.push_back(shortText(part, kLine));
  return {{"title", shortText(title)}, {"subtitle", std::move(lines)}};
}

Json legendOf(size_t series, std::string_view title) {
  if (series < 2) return nullptr;
  Json heading = title.empty() ? Json(nullptr) : Json(title);
  return {{"title", std::move(heading)}, {"orient", "bottom"}, {"columns", 2}};
}

} // namespace mdl::tool
