//===- Zip.cpp - The directory of a zip archive ---------------------------===//
#include "Zip.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::weights {
namespace {

constexpr uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr uint64_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56, kLocatorSize = 20,
                   kMostComment = 65535;
constexpr uint16_t kZip64Field = 1, kAbsent16 = 0xFFFF;
constexpr uint32_t kAbsent = 0xFFFFFFFF;

class Directory {
public:
  Directory(const InputFile &file, Fault &fault) : file_(file), fault_(fault) {}

  std::optional<ZipDirectory> read() {
    if (!findEnd() || !readEnd()) return std::nullopt;
    if (size_ > file_.size() || begin_ > file_.size() - size_ || count_ > size_ / kCentralSize)
      return fail(fmt::format("a directory of {} members in {} bytes at byte {} does not fit into the file's {} bytes",
                              count_, size_, begin_, file_.size())),
             std::nullopt;
    directory_.begin = begin_;
    Cursor cursor(file_, begin_, begin_ + size_);
    for (uint64_t i = 0; i < count_; ++i)
      if (!readMember(cursor)) return std::nullopt;
    return std::move(directory_);
  }

private:
  bool fail(std::string what) { return fault_.place = "zip directory", fault_.what = std::move(what), false; }

  /// The record that ends an archive: the last one whose comment reaches to the end of the file.
  bool findEnd() {
    uint64_t size = std::min(file_.size(), kEndSize + kMostComment);
    auto tail = file_.read(file_.size() - size, size);
    for (uint64_t at = size; tail && at-- > 0;) {
      if (at + kEndSize > size || std::string_view(*tail).substr(at, 4) != "PK\x05\x06") continue;
      auto low = static_cast<unsigned char>((*tail)[at + 20]), high = static_cast<unsigned char>((*tail)[at + 21]);
      if (at + kEndSize + (static_cast<uint64_t>(high) << 8 | low) != size) continue;
      return end_ = file_.size() - size + at, true;
    }
    return fail("the archive has no end record: it is cut off");
  }

  bool readEnd() {
    Cursor cursor(file_, end_ + 4, file_.size());
    auto disk = cursor.number<uint16_t>(), directoryDisk = cursor.number<uint16_t>();
    cursor.skip(2);
    count_ = cursor.number<uint16_t>(), size_ = cursor.number<uint32_t>(), begin_ = cursor.number<uint32_t>();
    if (cursor.failed()) return fail("the end record cannot be read");
    bool wide = count_ == kAbsent16 || size_ == kAbsent || begin_ == kAbsent;
    if ((disk != 0 && disk != kAbsent16) || (directoryDisk != 0 && directoryDisk != kAbsent16))
      return fail("an archive of several parts");
    return !wide || readEnd64();
  }

  bool readEnd64() {
    if (end_ < kLocatorSize) return fail("its zip64 record is missing");
    Cursor locator(file_, end_ - kLocatorSize, end_);
    bool located = locator.number<uint32_t>() == kLocator64;
    locator.skip(4);
    auto at = locator.number<uint64_t>();
    if (!located || at > file_.size() || file_.size() - at < kEnd64Size) return fail("its zip64 record is missing");
    Cursor cursor(file_, at, file_.size());
    if (cursor.number<uint32_t>() != kEnd64) return fail("its zip64 record is missing");
    cursor.skip(8 + 2 + 2 + 4 + 4 + 8);
    count_ = cursor.number<uint64_t>(), size_ = cursor.number<uint64_t>(), begin_ = cursor.number<uint64_t>();
    return !cursor.failed() || fail("its zip64 record cannot be read");
  }

  bool readMember(Cursor &cursor) {
    ZipMember member;
    if (cursor.number<uint32_t>() != kCentral)
      return fail(fmt::format("no member begins at byte {}", cursor.offset() - 4));
    cursor.skip(4);
    member.encrypted = cursor.number<uint16_t>() & 1;
    member.method = cursor.number<uint16_t>();
    cursor.skip(8);
    member.packed = cursor.number<uint32_t>(), member.size = cursor.number<uint32_t>();
    auto name = cursor.number<uint16_t>(), extra = cursor.number<uint16_t>(), comment = cursor.number<uint16_t>();
    cursor.skip(8);
    member.begin = cursor.number<uint32_t>();
    member.name = cursor.text(name);
    std::string fields = cursor.text(extra);
    cursor.skip(comment);
    if (cursor.failed()) return fail("it ends within a member");
    widen(member, fields);
    uint64_t header = kLocalSize + name;
    if (member.begin > directory_.begin || directory_.begin - member.begin < header ||
        member.packed > directory_.begin - member.begin - header)
      return fail(fmt::format("member `{}` of {} bytes at byte {} does not fit before the directory",
                              shown(member.name), member.packed, member.begin));
    member.begin += header;
    directory_.members.push_back(std::move(member));
    return true;
  }

  /// Numbers of more than 32 bits stand in a field of their own, each only where it is absent above.
  static void widen(ZipMember &member, std::string_view fields) {
    auto number = [](std::string_view bytes, size_t size) {
      uint64_t value = 0;
      for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
      return value;
    };
    while (fields.size() >= 4) {
      uint64_t id = number(fields, 2), size = number(fields.substr(2), 2);
      fields.remove_prefix(4);
      if (size > fields.size()) return;
      std::string_view field = fields.substr(0, size);
      fields.remove_prefix(size);
      if (id != kZip64Field) continue;
      for (uint64_t *each : {&member.size, &member.packed, &member.begin}) {
        if (*each != kAbsent || field.size() < 8) continue;
        *each = number(field, 8);
        field.remove_prefix(8);
      }
    }
  }

  const InputFile &file_;
  Fault &fault_;
  ZipDirectory directory_;
  uint64_t end_ = 0, count_ = 0, size_ = 0, begin_ = 0;
};

} // namespace

bool isZip(const InputFile &file) {
  auto magic = file.read(0, 4);
  return magic && *magic == "PK\x03\x04";
}

std::optional<ZipDirectory> readZipDirectory(const InputFile &file, Fault &fault) {
  fault.file = file.path();
  return Directory(file, fault).read();
}

std::optional<std::string> readMember(const InputFile &file, const ZipDirectory &directory, const ZipMember &member,
                                      uint64_t largest, Fault &fault) {
  auto fail = [&](std::string what) {
    fault.place = fmt::format("member `{}`", shown(member.name)), fault.what = std::move(what);
    return std::nullopt;
  };
  if (member.encrypted) return fail("it is encrypted");
  if (member.method != 0)
    return fail(fmt::format("it is compressed (method {}); torch.save stores, and nothing is decompressed here",
                            member.method));
  if (member.size != member.packed)
    return fail(fmt::format("{} bytes are stored for its {}", member.packed, member.size));
  if (member.size > largest) return fail(fmt::format("{} bytes; at most {} are read", member.size, largest));
  uint64_t local = member.begin - kLocalSize - member.name.size();
  Cursor cursor(file, local, directory.begin);
  bool begins = cursor.number<uint32_t>() == kLocal;
  cursor.skip(22);
  uint64_t name = cursor.number<uint16_t>(), extra = cursor.number<uint16_t>();
  if (!begins || cursor.text(name) != member.name) return fail(fmt::format("it does not begin at byte {}", local));
  cursor.skip(extra);
  if (cursor.failed() || cursor.left() < member.size) return fail("its bytes do not fit before the directory");
  return file.read(cursor.offset(), member.size);
}

} // namespace mdl::weights
