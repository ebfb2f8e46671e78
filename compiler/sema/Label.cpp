//===- Label.cpp - The ids of instances -----------------------------------===//
// An instance is called by its label; else by the variable that it is bound to,
// if that is the variable's first binding; else by its operator, with `~2`, `~3`
// when taken. In a repeat, an instance without a label gets the index appended.
//===----------------------------------------------------------------------===//
#include "Check.h"

namespace mdl::sema {

std::string Checker::show(Label label) const {
  std::string out;
  for (const LabelSegment &segment : label) {
    if (!out.empty()) out += ".";
    out += segment.text;
    if (segment.index) out += "{" + show(*segment.index) + "}";
  }
  return out;
}

bool Checker::isTaken(llvm::StringRef text, const Frame &frame) const {
  for (const Frame *at = &frame; at; at = at->outer)
    if (at->taken.contains(text)) return true;
  return false;
}

Label Checker::makeLabel(const ast::Label *label, NameId bindName, NameId callee, Env env, SrcRange range) {
  llvm::SmallVector<LabelSegment> segments;
  if (!label) {
    llvm::SmallVector<LabelSegment> indices;
    for (const Frame *frame = env.frame; frame; frame = frame->outer)
      if (frame->inRepeat) indices.insert(indices.begin(), segmentOf("", frame->repeatIndex));
    std::string base(text(bindName ? bindName : callee)), name = base;
    auto build = [&] {
      segments.assign(1, {keepText(name), std::nullopt});
      segments.append(indices.begin(), indices.end());
      return show(keep(llvm::ArrayRef<LabelSegment>(segments)));
    };
    unsigned &next = env.frame->nextOf[base];
    if (next == 0) next = 2;
    while (isTaken(build(), *env.frame)) name = base + "~" + std::to_string(next++);
  } else
    for (const ast::LabelSegment &segment : label->segments) {
      if (!segment.index) {
        segments.push_back({segment.text, std::nullopt});
        continue;
      }
      Value value = eval(segment.index, env);
      auto index = toCount(value, "an index in an id", segment.index->range);
      if (!index) return {};
      segments.push_back(segmentOf(segment.text, *index));
    }
  Label made = keep(llvm::ArrayRef<LabelSegment>(segments));
  (void)takeLabel(made, *env.frame, label ? label->range : range);
  return made;
}

LabelSegment Checker::segmentOf(std::string_view text, ExprId index) {
  if (auto constant = pool_.asInteger(index)) return {keepText(std::string(text) + toString(*constant)), std::nullopt};
  return {text, index};
}

/// Reserves a label; an error when it is taken, or when the turns of a folded repeat would share it.
bool Checker::takeLabel(Label label, Frame &frame, SrcRange range) {
  for (const Frame *at = &frame; at; at = at->outer) {
    if (!at->inRepeat || !at->folded) continue;
    auto index = pool_.asSymbol(at->repeatIndex);
    for (const LabelSegment &segment : label)
      if (index && segment.index && pool_.dependsOn(*segment.index, *index) &&
          !pool_.linearIn(*segment.index, *index)) {
        setUndecided(*segment.index, range); // turns may share an id: look at each
        return false;
      }
    bool has = llvm::any_of(
        label, [&](const LabelSegment &s) { return s.index && index && pool_.dependsOn(*s.index, *index); });
    if (has) continue;
    error(DiagId::LabelLacksIndex, range, {show(label)})
        .hint("put the index into the label: `" + show(label) + ".{" + std::string(show(at->repeatIndex)) + "}`");
    return false;
  }
  return takeLabelText(show(label), frame, range);
}

bool Checker::takeLabelText(std::string_view text, Frame &frame, SrcRange range) {
  if (isTaken(text, frame)) {
    error(DiagId::DuplicateId, range, {std::string(text)});
    return false;
  }
  frame.taken.insert(text);
  return true;
}

} // namespace mdl::sema
