//===- ShellWord.h - A text as a word of a command line ---------*- C++ -*-===//
#pragma once
#include <string>
#include <string_view>

namespace mdl::tool {

/// The text as bash reads it back: `plain.mdl`, `'a b'`, `$'a\nb'`. It is one line, whatever the text has.
std::string shellWord(std::string_view text);

} // namespace mdl::tool
