//===- Output.h - Where renderers write -------------------------*- C++ -*-===//
#pragma once
#include "../numeric/Int.h"
#include <cstdio>
#include <string>
#include <string_view>

namespace mdl::runtime {

/// A buffer that is kept as a string, or handed to a file whenever it is full and at the end.
class Output {
public:
  explicit Output(std::FILE *file = nullptr) : file_(file) {}
  Output(const Output &) = delete;
  Output &operator=(const Output &) = delete;
  ~Output() { flush(); }

  Output &operator<<(std::string_view text) {
    buffer_.append(text);
    if (file_ && buffer_.size() >= kFull) flush();
    return *this;
  }
  Output &operator<<(char c) { return *this << std::string_view(&c, 1); }
  /// Decimal digits.
  Output &operator<<(Int value);
  /// The shortest digits that read back as the same double.
  Output &operator<<(double value);

  /// Makes room for so many bytes: a long text is not copied as it grows.
  void reserve(size_t more) { buffer_.reserve(buffer_.size() + more); }

  /// Hands the rest to the file; false when it did not take all of what was written.
  bool flush();
  /// What was written, when there is no file.
  std::string take() { return std::move(buffer_); }

private:
  static constexpr size_t kFull = size_t{1} << 16;
  std::FILE *file_;
  std::string buffer_;
  bool failed_ = false;
};

} // namespace mdl::runtime
