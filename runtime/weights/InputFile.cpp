//===- InputFile.cpp - A file that is read in small parts -----------------===//
#include "InputFile.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mdl::weights {

static constexpr size_t kWindow = size_t{1} << 16;

std::optional<InputFile> InputFile::open(const std::string &path, std::string &why) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not block
  if (descriptor < 0) return why = std::strerror(errno), std::nullopt;
  InputFile file;
  file.path_ = path;
  file.descriptor_ = {new int(descriptor), [](const int *each) { ::close(*each), delete each; }};
  struct stat about{};
  if (::fstat(descriptor, &about) != 0) return why = std::strerror(errno), std::nullopt;
  if (!S_ISREG(about.st_mode)) return why = "it is no file", std::nullopt;
  file.size_ = static_cast<uint64_t>(about.st_size);
  return file;
}

InputFile InputFile::of(std::string_view bytes, std::string name) {
  InputFile file;
  file.path_ = std::move(name), file.bytes_ = bytes, file.size_ = bytes.size();
  return file;
}

bool InputFile::read(uint64_t offset, size_t size, char *into) const {
  if (offset > size_ || size > size_ - offset) return false;
  if (!descriptor_) return bytes_.copy(into, size, offset) == size;
  while (size > 0) {
    ssize_t got = ::pread(*descriptor_, into, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got, offset += static_cast<uint64_t>(got), size -= static_cast<size_t>(got);
  }
  return true;
}

std::optional<std::string> InputFile::read(uint64_t offset, uint64_t size) const {
  if (offset > size_ || size > size_ - offset) return std::nullopt;
  std::string bytes(size, '\0');
  if (!read(offset, size, bytes.data())) return std::nullopt;
  return bytes;
}

bool Cursor::take(size_t size, char *into) {
  if (failed_ || size > left()) return failed_ = true, false;
  if (offset_ < windowAt_ || offset_ + size > windowAt_ + window_.size()) {
    auto next = file_.read(offset_, std::min<uint64_t>(std::max(kWindow, size), left()));
    if (!next) return failed_ = true, false;
    window_ = std::move(*next), windowAt_ = offset_;
  }
  window_.copy(into, size, offset_ - windowAt_);
  offset_ += size;
  return true;
}

std::string Cursor::text(uint64_t size) {
  if (failed_ || size > left()) return failed_ = true, std::string();
  std::string bytes(size, '\0');
  if (!take(size, bytes.data())) return {};
  return bytes;
}

void Cursor::skip(uint64_t size) {
  if (failed_ || size > left()) failed_ = true;
  else offset_ += size;
}

} // namespace mdl::weights
