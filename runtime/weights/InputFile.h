//===- InputFile.h - A file that is read in small parts ---------*- C++ -*-===//
// Files of weights are up to terabytes; only their headers are read, each part
// with one positioned read. No part is larger than what is left of the file, so
// nothing that a file says of itself makes an allocation larger than the file.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mdl::weights {

/// An open file, or bytes that stand for one.
class InputFile {
public:
  /// Opens a regular file; says why it cannot.
  static std::optional<InputFile> open(const std::string &path, std::string &why);
  /// The bytes as a file of that name, for tests. They outlive it.
  static InputFile of(std::string_view bytes, std::string name);

  const std::string &path() const { return path_; }
  uint64_t size() const { return size_; }
  /// Reads exactly `size` bytes; false when the file has not as many there, or the disk fails.
  bool read(uint64_t offset, size_t size, char *into) const;
  /// The same as a text; nothing when they are not there.
  std::optional<std::string> read(uint64_t offset, uint64_t size) const;

private:
  std::string path_;
  std::string_view bytes_;
  std::shared_ptr<const int> descriptor_; ///< Closed with the last copy; null for bytes
  uint64_t size_ = 0;
};

/// Reads a file from front to back through a window; numbers are little-endian.
class Cursor {
public:
  Cursor(const InputFile &file, uint64_t offset, uint64_t end) : file_(file), offset_(offset), end_(end) {}

  uint64_t offset() const { return offset_; }
  uint64_t left() const { return end_ - offset_; }
  /// True once something was asked for that is not there; then everything reads as 0.
  bool failed() const { return failed_; }
  template <class T> T number() {
    T value = 0;
    char bytes[sizeof(T)];
    if (take(sizeof bytes, bytes))
      for (size_t i = sizeof bytes; i-- > 0;)
        value = static_cast<T>(static_cast<uint64_t>(value) << (8 * (sizeof(T) > 1)) |
                               static_cast<unsigned char>(bytes[i]));
    return value;
  }
  /// A text of this many bytes.
  std::string text(uint64_t size);
  void skip(uint64_t size);

private:
  bool take(size_t size, char *into);

  const InputFile &file_;
  uint64_t offset_, end_;
  std::string window_;
  uint64_t windowAt_ = 0;
  bool failed_ = false;
};

} // namespace mdl::weights
