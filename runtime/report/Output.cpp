//===- Output.cpp - Where renderers write ---------------------------------===//
#include "Output.h"
#include <charconv>

namespace mdl::runtime {

Output &Output::operator<<(Int value) {
  if (!value.fitsInt64()) return *this << std::string_view(toString(value));
  char digits[24];
  char *end = std::to_chars(digits, digits + sizeof digits, value.toInt64()).ptr;
  return *this << std::string_view(digits, end);
}

Output &Output::operator<<(double value) {
  char digits[40];
  char *end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return *this << std::string_view(digits, end);
}

bool Output::flush() {
  if (!file_) return true;
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) failed_ = true;
  buffer_.clear();
  if (std::fflush(file_) != 0) failed_ = true;
  return !failed_;
}

} // namespace mdl::runtime
