#include "Explain.h"

namespace mdl {

std::optional<std::string_view> explanation(std::string_view slug) {
  for (const Explanation &row : explanations())
    if (row.slug == slug) return row.text;
  return std::nullopt;
}

} // namespace mdl
