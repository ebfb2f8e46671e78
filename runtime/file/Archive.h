//===- Archive.h - Values as bytes, and back --------------------*- C++ -*-===//
// A Writer and a Reader visit the same list of fields (Fields.h), so what one
// writes the other reads. Numbers are little-endian and have their full width; a
// text or a list is a count of 32 bits and its elements; an optional value is a
// byte, 0 or 1, and the value.
//
// The reader trusts nothing: a count is compared with the bytes that are left
// before anything is made, a byte of a truth value or of an enumeration with
// what there is. After a fault it reads zeros, and `fault` says what it was.
//===----------------------------------------------------------------------===//
#pragma once
#include "../numeric/Int.h"
#include "Version.h"
#include <bit>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mdl::runtime {

/// A field that files have from a format on; what is read of an older one takes the place of `before`.
template <class A, class T, class Before> void since(uint32_t format, A &archive, T &field, const Before &before) {
  if (archive.format >= format) archive(field);
  else if constexpr (!std::is_const_v<T>) field = before;
}

/// Appends values to `bytes`.
class Writer {
public:
  template <class T> using Of = const T; ///< How a list of fields takes a value
  static constexpr uint32_t format = kFormatVersion;
  std::string bytes;

  template <class... T> void operator()(const T &...values) { (put(values), ...); }

  /// A part with a name of four letters and its size, so that a reader can tell where it is.
  template <class Visit> void section(std::string_view tag, Visit visit) {
    bytes += tag;
    size_t sizeAt = bytes.size();
    put(uint64_t{0});
    visit();
    uint64_t size = bytes.size() - sizeAt - sizeof size;
    for (size_t i = 0; i < sizeof size; ++i) bytes[sizeAt + i] = static_cast<char>(size >> (8 * i));
  }

private:
  template <class T> void putUnsigned(T value) {
    for (size_t i = 0; i < sizeof value; ++i) bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }

  void put(bool value) { bytes += value ? '\1' : '\0'; }
  void put(uint32_t value) { putUnsigned(value); }
  void put(uint64_t value) { putUnsigned(value); }
  void put(Int value) { putUnsigned(static_cast<UInt128>(value.raw())); }
  void put(double value) { putUnsigned(std::bit_cast<uint64_t>(value)); }
  void put(const std::string &text) { put(static_cast<uint32_t>(text.size())), bytes += text; }
  template <class A, class B> void put(const std::pair<A, B> &both) { put(both.first), put(both.second); }
  template <class T> void put(const std::optional<T> &value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T> void put(const std::vector<T> &list) {
    put(static_cast<uint32_t>(list.size()));
    for (const auto &each : list) put(static_cast<const T &>(each));
  }
  template <class T> void put(const T &value) {
    if constexpr (std::is_enum_v<T>) bytes += static_cast<char>(value);
    else fields(*this, value);
  }
};

/// Takes values off the front of bytes.
class Reader {
public:
  template <class T> using Of = T;
  uint32_t format; ///< Of the file: what later ones have is not in it
  explicit Reader(std::string_view bytes, uint32_t version = kFormatVersion) : format(version), rest_(bytes) {}

  template <class... T> void operator()(T &...values) { (get(values), ...); }

  template <class Visit> void section(std::string_view tag, Visit visit) {
    where_ = tag;
    if (take(tag.size()) != tag) return fail("it begins with another name");
    uint64_t size = 0;
    get(size);
    if (size > rest_.size()) return fail("it is longer than the file");
    std::string_view after = rest_.substr(size);
    rest_ = rest_.substr(0, size);
    visit();
    if (!rest_.empty()) fail("there are bytes after its end");
    if (fault_.empty()) rest_ = after;
  }

  bool isAtEnd() const { return rest_.empty(); }
  /// The first thing that was wrong, with the section that it was in; empty when nothing was.
  const std::string &fault() const { return fault_; }
  void fail(std::string_view what) {
    if (fault_.empty()) fault_.append("section ").append(where_).append(": ").append(what);
    rest_ = {};
  }

private:
  std::string_view take(size_t size) {
    if (size > rest_.size()) return fail("it ends too early"), std::string_view();
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <class T> T getUnsigned() {
    T value = 0;
    std::string_view taken = take(sizeof value);
    for (size_t i = taken.size(); i-- > 0;) value = static_cast<T>(value << 8 | static_cast<unsigned char>(taken[i]));
    return value;
  }
  unsigned char getByte(unsigned char last, std::string_view what) {
    auto value = getUnsigned<unsigned char>();
    if (value > last) return fail(what), static_cast<unsigned char>(0);
    return value;
  }
  /// How many elements follow. Each has at least this many bytes, so a count can be seen to be too large.
  uint32_t getCount(size_t smallest) {
    auto count = getUnsigned<uint32_t>();
    if (count > rest_.size() / smallest) return fail("a list or a text is longer than the section"), 0u;
    return count;
  }
  template <class T> static constexpr size_t smallestOf() {
    if constexpr (std::is_same_v<T, bool> || std::is_enum_v<T>) return 1;
    else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, Int>) return sizeof(T);
    else return sizeof(uint32_t); // every structure of ours has a text, a list or a number
  }

  void get(bool &value) { value = getByte(1, "a truth value is neither 0 nor 1") != 0; }
  void get(uint32_t &value) { value = getUnsigned<uint32_t>(); }
  void get(uint64_t &value) { value = getUnsigned<uint64_t>(); }
  void get(Int &value) { value = Int::fromRaw(static_cast<Int128>(getUnsigned<UInt128>())); }
  void get(double &value) { value = std::bit_cast<double>(getUnsigned<uint64_t>()); }
  void get(std::string &text) { text = take(getCount(1)); }
  template <class A, class B> void get(std::pair<A, B> &both) { get(both.first), get(both.second); }
  template <class T> void get(std::optional<T> &value) {
    bool isThere = false;
    get(isThere);
    value.reset();
    if (isThere) get(value.emplace());
  }
  /// Grows with what is read: a count that lies makes nothing large.
  template <class T> void get(std::vector<T> &list) {
    list.clear();
    for (uint32_t left = getCount(smallestOf<T>()); left > 0 && fault_.empty(); --left) {
      T value{};
      get(value);
      list.push_back(std::move(value));
    }
  }
  template <class T> void get(T &value) {
    if constexpr (std::is_enum_v<T>)
      value = static_cast<T>(getByte(static_cast<unsigned char>(lastOf(T{})), "a kind that this version has not"));
    else fields(*this, value);
  }

  std::string_view rest_, where_ = "head";
  std::string fault_;
};

} // namespace mdl::runtime
