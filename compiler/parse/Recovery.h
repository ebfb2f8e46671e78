//===- Recovery.h - Going on after a syntax error ---------------*- C++ -*-===//
// After an error the statement that holds it is cut out of the tokens and the
// rest is parsed again, until nothing is left to report. So every mistake of a
// file is found in one run, at most one in each statement, and none follows
// from another. Blocks inside a faulty statement (the body of an operator whose
// header is wrong) are parsed by themselves.
//===----------------------------------------------------------------------===//
#pragma once
#include "NewlineFilter.h"

namespace mdl::parse {

/// The rule of MdlParser.g4 that a list of tokens is parsed by.
enum class Start : uint8_t { Declaration, Expression, Body, Moves, RecordBody, DataBody };

/// A block inside a faulty statement: its rule, and its tokens from `{` to `}`.
struct Block {
  Start start;
  size_t begin, end;
};

/// A faulty statement as a range of tokens, `end` excluded.
struct Cut {
  size_t begin, end;
  std::vector<Block> blocks;
};

/// The statement around token `error` of `tokens`, which are filtered. Empty when nothing can be cut.
Cut findStatement(const TokenList &tokens, size_t error, Start start);
/// The tokens outside of a cut, as the lexer made them.
std::vector<Token> tokensWithout(const TokenList &tokens, const Cut &cut);
/// The tokens of a block, as the lexer made them, with an end of input.
std::vector<Token> tokensOf(const TokenList &tokens, const Block &block);

} // namespace mdl::parse
