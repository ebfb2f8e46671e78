//===- Search.h - The smallest configuration that meets a target -*- C++ -*-===//
// A candidate is a device with a precision, a strategy and a utilisation. Of each
// the fewest devices are searched with which some number of requests at once meets
// the target and fits into memory, and of these numbers the smallest. Every point
// that is asked is evaluated exactly. Up to `kMostPoints` points of a candidate are
// asked one after the other, so the answer is the smallest; beyond, numbers of
// devices are asked as Bisect.h does, and the answer says that it is not proven.
//===----------------------------------------------------------------------===//
#pragma once
#include "tools/mdlc/sweep/RowExpr.h"

namespace mdl::tool {

/// A point of a candidate, with what it comes to.
struct Configuration {
  Int devices, requests;
  /// By what factor it misses the target; 1: it meets it. Of what does not fit the factor of the memory where that is larger.
  double shortfall = 0;
  bool fits = true;                            ///< As far as that is known
  std::string status = "ok";                   ///< Or why the point has no numbers
  std::optional<runtime::FleetPoint> at;       ///< With numbers only; without what it holds
  std::optional<runtime::DeviceMemory> memory; ///< Of one device
  std::vector<std::string> notes;              ///< Warnings and extrapolations of the largest share
  SweepRow row;                                ///< Cells parallel to `Search::outputs`
  /// The fewest requests on as many devices that would meet the target and do not fit.
  std::optional<std::pair<Int, runtime::DeviceMemory>> unfit;
  bool meets() const { return status == "ok" && fits && shortfall == 1; }
  /// What fits is nearer than what does not.
  bool isNearerThan(const Configuration &other) const {
    return fits != other.fits ? fits : shortfall < other.shortfall;
  }
};

/// A part of the target, or `fits`, that a configuration misses.
struct Limit {
  std::string text, left, right; ///< `videos_per_minute >= 1` and its two sides; of `fits` B that are needed and there
  /// What stands in the way: a resource (`tensor`, `vector`, `memory bandwidth`, `link`), what fills the memory
  /// (`weights`, `kv cache`, `state`, `activations`), `budget`, the `strategy`, another part of the `target`, or the
  /// `range` that was asked.
  std::string by;
};

struct Candidate {
  std::vector<uint64_t> positions; ///< On the axes
  const Variant *variant = nullptr;
  std::string error;                    ///< Why it has no numbers at all
  std::optional<Configuration> answer;  ///< The smallest that meets the target
  std::optional<Configuration> nearest; ///< With one number of devices less, or of all without an answer
  std::vector<Limit> limits;            ///< Of the nearest; `fits` where more requests would do, but for the memory
  uint64_t asked = 0;                   ///< Points
  bool isProven = true;
};

struct Question {
  driver::Request base;
  std::vector<std::string> axes;    ///< `device=h20,b200`
  std::vector<std::string> targets; ///< All are wanted
  std::vector<Int> devices, requests;
  std::vector<std::string> prices;
  bool byCost = false; ///< The lowest cost of an hour first, not the fewest devices
};

class Search {
public:
  static constexpr uint64_t kMostPoints = uint64_t{1} << 18, kMostRequests = uint64_t{1} << 14;

  explicit Search(Question question) : question_(std::move(question)), variants_(question_.base, axes_) {}

  /// Searches all candidates. False: what is wrong with the question, in `error`.
  bool run(std::string &error);

  const Question &question() const { return question_; }
  const std::string &target() const { return target_->text(); }
  /// Best first: those with an answer, then those without by how near they come, then those without numbers.
  const std::vector<Candidate> &candidates() const { return candidates_; }
  const Axes &axes() const { return axes_; }
  /// What numbers are counted by, beside the axes: the names of `Variant::statements`.
  std::vector<std::string> statementNames() const { return variants_.statementNames(); }
  /// What is shown of a configuration: what the target reads, then all that the first candidate has.
  const std::vector<std::string> &outputs() const { return outputs_; }
  /// The quantity of an output; null for another column.
  const runtime::Quantity *quantity(const std::string &output) const;

private:
  bool openAxes(std::string &error);
  bool bind(std::string &error);
  void search(Candidate &candidate);
  void scan(Candidate &candidate, runtime::Fleet &fleet);
  void probe(Candidate &candidate, runtime::Fleet &fleet);
  Configuration best(Candidate &candidate, runtime::Fleet &fleet, Int devices);
  Configuration ask(const Candidate &candidate, runtime::Fleet &fleet, Int devices, Int requests);
  void complete(const Candidate &candidate, runtime::Fleet &fleet, Configuration &of);
  void findLimits(Candidate &candidate, runtime::Fleet &fleet);
  Limit limitOf(const RowExpr::Part &part, const Configuration &at, runtime::Fleet &fleet, const Candidate &candidate);
  std::string limitOfCount(const Configuration &at, runtime::Fleet &fleet, const Candidate &candidate);
  bool isBefore(const Candidate &a, const Candidate &b) const;

  Question question_;
  Axes axes_;
  Variants variants_;
  std::unique_ptr<RowExpr> target_;
  std::vector<std::string> outputs_;
  size_t read_ = 0; ///< So many of them are read by the target
  const driver::FleetPlan *first_ = nullptr;
  std::vector<Candidate> candidates_;
  std::set<std::string> texts_;
};

/// What fills most of the memory of a device in its fullest stage.
std::string largestPart(const runtime::DeviceMemory &memory);

} // namespace mdl::tool
