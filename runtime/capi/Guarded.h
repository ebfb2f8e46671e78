//===- Guarded.h - Errors across the C interface ----------------*- C++ -*-===//
// Private to the C interface: every function that can fail runs in `guarded`,
// which lets no exception through and copies errors into the caller's structure.
//===----------------------------------------------------------------------===//
#pragma once
#include "../Report.h"
#include "../mdl_runtime.h"
#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

namespace mdl::runtime {

/// Copies as much as fits, without half of a UTF-8 sequence at the end.
template <size_t Size> void copyText(char (&into)[Size], std::string_view text) {
  size_t size = std::min(text.size(), Size - 1);
  if (size < text.size())
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  if (size != 0) std::memcpy(into, text.data(), size);
  into[size] = '\0';
}

/// Fills nothing that needs memory, so that running out of it can be told.
inline void copyError(mdl_error *into, std::string_view slug, std::string_view message, std::string_view place) {
  if (!into) return;
  copyText(into->slug, slug), copyText(into->message, message), copyText(into->place, place);
}

/// Runs `make(ReportError &)`, which returns something that is false after an error; then so does this.
template <class Make>
auto guarded(mdl_error *error, Make make) noexcept -> decltype(make(std::declval<ReportError &>())) {
  try {
    ReportError found;
    auto made = make(found);
    if (!made) copyError(error, found.slug, found.message, found.place);
    return made;
  } catch (const std::bad_alloc &) {
    copyError(error, "out-of-memory", "there is not enough memory for this", {});
  } catch (const std::exception &failure) {
    copyError(error, "internal-error", failure.what(), {});
  } catch (...) {
    copyError(error, "internal-error", "an exception of an unknown kind", {});
  }
  return {};
}

/// The same for a function whose result is its status.
template <class Do> mdl_status statusOf(mdl_error *error, Do what) noexcept {
  return guarded(error, what) ? MDL_OK : MDL_ERROR;
}

inline bool fail(ReportError &error, std::string slug, std::string message) {
  error = {std::move(slug), std::move(message), {}};
  return false;
}

} // namespace mdl::runtime
