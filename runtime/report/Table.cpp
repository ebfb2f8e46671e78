//===- Table.cpp - Aligned columns of text --------------------------------===//
#include "Table.h"
#include "Units.h"
#include <algorithm>

namespace mdl::runtime {

std::vector<size_t> Table::widths() const {
  std::vector<size_t> widths(columns_.size());
  for (const Line &row : rows_)
    for (size_t i = 0; i < row.cells.size(); ++i) widths[i] = std::max(widths[i], displayWidth(row.cells[i]));
  return widths;
}

void Table::write(Output &out, Style style, size_t indent) const {
  std::vector<size_t> widths = this->widths();
  for (const Line &row : rows_) {
    std::string line(indent, ' ');
    for (size_t i = 0; i < row.cells.size(); ++i) {
      std::string padding(widths[i] - displayWidth(row.cells[i]), ' ');
      if (i != 0) line += "  ";
      line += columns_[i] == Align::Right ? padding + row.cells[i] : row.cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << (row.heading ? style.bold(line) : line) << '\n';
  }
}

} // namespace mdl::runtime
