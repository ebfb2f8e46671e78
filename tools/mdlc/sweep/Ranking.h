//===- Ranking.h - The best rows of a sweep ---------------------*- C++ -*-===//
// Rows are seen once, in order; what is kept is the answer so far, at most twice of it,
// so memory is that of the answer whatever the number of points.
//===----------------------------------------------------------------------===//
#pragma once
#include "RowExpr.h"

namespace mdl::tool {

/// `min time_s, max batch`: rows that no other row beats or equals everywhere and beats somewhere.
class Pareto {
public:
  static std::unique_ptr<Pareto> parse(const std::string &text, std::string &error);
  std::vector<RowExpr *> expressions();
  void add(const SweepRow &row, const Axes &axes);
  /// In the order of the first aim, then of the others, then of points.
  std::vector<SweepRow> rows();

private:
  struct Aim {
    bool larger;
    std::unique_ptr<RowExpr> of;
  };
  void dropBeaten();

  std::vector<Aim> aims_;
  std::vector<SweepRow> rows_;
  std::vector<double> values_; ///< By row, by aim; smaller is better
  size_t checkAt_ = 4096;      ///< With so many rows the beaten ones are dropped: twice those that were left last time
};

/// The K rows with the largest value of an expression; of equal ones the first.
class Top {
public:
  /// `10 by batch / time_s`
  static std::unique_ptr<Top> parse(const std::string &text, std::string &error);
  RowExpr &expression() { return *by_; }
  void add(const SweepRow &row, const Axes &axes);
  std::vector<SweepRow> rows() const;

private:
  size_t count_ = 0;
  std::unique_ptr<RowExpr> by_;
  std::vector<std::pair<double, SweepRow>> best_; ///< Best first
};

} // namespace mdl::tool
