//===- Table.h - Aligned columns of text ------------------------*- C++ -*-===//
#pragma once
#include "Output.h"
#include <string>
#include <vector>

namespace mdl::runtime {

enum class Align : uint8_t { Left, Right };

/// ANSI sequences when colour is asked for, else nothing.
class Style {
public:
  explicit Style(bool colour) : colour_(colour) {}
  std::string bold(std::string_view text) const { return wrap("\x1b[1m", text); }
  std::string dim(std::string_view text) const { return wrap("\x1b[2m", text); }

private:
  std::string wrap(const char *begin, std::string_view text) const {
    return colour_ && !text.empty() ? begin + std::string(text) + "\x1b[0m" : std::string(text);
  }
  bool colour_;
};

/// Cells of text in columns as wide as their widest cell; lines end without spaces.
class Table {
public:
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}
  /// A heading is a row in bold. A row may have fewer cells than there are columns.
  void addHeading(std::vector<std::string> cells) { rows_.push_back({std::move(cells), true}); }
  void addRow(std::vector<std::string> cells) { rows_.push_back({std::move(cells), false}); }
  bool isEmpty() const { return rows_.empty(); }
  void write(Output &out, Style style, size_t indent = 0) const;

private:
  struct Line {
    std::vector<std::string> cells;
    bool heading;
  };
  std::vector<size_t> widths() const;
  std::vector<Align> columns_;
  std::vector<Line> rows_;
};

} // namespace mdl::runtime
