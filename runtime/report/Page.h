//===- Page.h - Sections of tables for people -------------------*- C++ -*-===//
// The same page as text for a terminal and as Markdown.
//===----------------------------------------------------------------------===//
#pragma once
#include "Table.h"

namespace mdl::runtime {

struct Section {
  std::string title;
  std::vector<std::string> before; ///< Lines above the table
  std::vector<Align> columns;
  std::vector<std::vector<std::string>> rows; ///< The first is the heading, if `headed`
  bool headed = true;
  std::vector<std::string> after; ///< Lines below
  bool isEmpty() const { return before.empty() && after.empty() && rows.size() <= (headed ? 1u : 0u); }
};

struct Page {
  std::string title;
  std::vector<std::string> lines; ///< Below the title
  std::vector<Section> sections;  ///< Empty ones are left out
};

void writeTextPage(const Page &page, bool colour, Output &out);
void writeMarkdownPage(const Page &page, Output &out);

} // namespace mdl::runtime
