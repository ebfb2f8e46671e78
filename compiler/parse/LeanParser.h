//===- LeanParser.h - The base of the generated parser ----------*- C++ -*-===//
// ANTLR's own bookkeeping at the begin and end of a rule, without what we never
// use: listeners, casts that ask at run time for what is always so, and leaves:
// a rule knows its first and last token, and the builder reads the list of them.
//===----------------------------------------------------------------------===//
#pragma once
#include "antlr4-runtime.h"

namespace mdl::grammar {

class LeanParser : public antlr4::Parser {
public:
  using antlr4::Parser::Parser;

  antlr4::Token *consume() final {
    antlr4::Token *token = _input->LT(1);
    _input->consume();
    return token;
  }

  void enterRule(antlr4::ParserRuleContext *rule, size_t state, size_t) final {
    setState(state);
    _ctx = rule;
    _ctx->start = _input->LT(1);
    if (_ctx->parent) above(rule)->children.push_back(rule);
  }

  /// Another context for the rule that has just been entered: the one of its alternative.
  void enterOuterAlt(antlr4::ParserRuleContext *rule, size_t) final {
    if (_ctx != rule && rule->parent) above(rule)->children.back() = rule;
    _ctx = rule;
  }

  /// Hides the one of antlr4::Parser, which generated code calls by its name.
  void exitRule() {
    _ctx->stop = _matchedEOF ? _input->LT(1) : _input->LT(-1);
    setState(_ctx->invokingState);
    _ctx = above(_ctx);
  }

private:
  static antlr4::ParserRuleContext *above(antlr4::ParserRuleContext *rule) {
    return static_cast<antlr4::ParserRuleContext *>(rule->parent);
  }
};

} // namespace mdl::grammar
