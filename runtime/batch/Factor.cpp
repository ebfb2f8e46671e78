//===- Factor.cpp - Sums of products in fewer operations ------------------===//
#include "Factor.h"
#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <tuple>

namespace mdl::runtime::batch {
namespace {

using Product = std::vector<uint32_t>;
/// Pairs of terms are looked at in shorter sums only: their number is quadratic.
constexpr size_t kMostTerms = 64;
/// Pairs that are looked at, over all rounds: some tenths of a second. What is not factored then stays as it is.
constexpr size_t kMostPairs = 200'000;

/// Each product once, with the number of terms that have it.
class Products {
public:
  uint32_t intern(Product product) {
    auto [at, isNew] = ids_.try_emplace(std::move(product), static_cast<uint32_t>(all_.size()));
    if (isNew) all_.push_back(&at->first), uses_.push_back(0);
    return at->second;
  }
  const Product &operator[](uint32_t id) const { return *all_[id]; }
  /// Multiplications that it takes to have it: one, as a shorter product is often there.
  int cost(uint32_t id) const { return all_[id]->size() > 1 ? 1 : 0; }
  int uses(uint32_t id) const { return uses_[id]; }
  void use(uint32_t id, int by) { uses_[id] += by; }

private:
  std::map<Product, uint32_t> ids_;
  std::vector<const Product *> all_;
  std::vector<int> uses_;
};

class Factorer {
public:
  Factorer(std::vector<Sum> sums, uint32_t variables) : first_(variables), given_(sums.size()) {
    for (const Sum &sum : sums) {
      auto &made = sums_.emplace_back();
      for (const Term &term : sum) made.push_back({term.coefficient, products_.intern(term.variables)});
      for (const Entry &entry : made) products_.use(entry.product, 1);
    }
    pairs_.resize(sums_.size()), stale_.assign(sums_.size(), true);
  }

  Factored run() {
    while (seen_ < kMostPairs && extractSums()) {
    }
    Factored factored = result();
    shareProducts(factored);
    return factored;
  }

private:
  struct Entry {
    Int coefficient;
    uint32_t product;
  };
  /// `coefficient[0]` times one product and `coefficient[1]` times another, without a common factor.
  struct Divisor {
    Int coefficients[2];
    uint32_t products[2];
    auto key() const { return std::tuple(products[0], products[1], coefficients[0], coefficients[1]); }
    friend bool operator<(const Divisor &a, const Divisor &b) { return a.key() < b.key(); }
  };
  /// Two terms of a sum that are the divisor times `coefficient` times `product`.
  struct Place {
    uint32_t sum, terms[2], product;
    Int coefficient;
  };
  struct Candidate {
    int gain;
    const Divisor *divisor;
    std::vector<Place> places;
  };

  static int timesCost(Int coefficient) { return coefficient.isOne() ? 0 : 1; }

  /// The pairs of terms of a sum, as divisors.
  void findPairs(uint32_t sum) {
    auto &pairs = pairs_[sum];
    pairs.clear(), stale_[sum] = false;
    const std::vector<Entry> &terms = sums_[sum];
    if (terms.size() > kMostTerms) return;
    for (uint32_t i = 0; i < terms.size(); ++i)
      for (uint32_t j = i + 1; j < terms.size(); ++j) pairs.push_back(pairOf(sum, i, j));
  }

  std::pair<Divisor, Place> pairOf(uint32_t sum, uint32_t i, uint32_t j) {
    const Entry &a = sums_[sum][i], &b = sums_[sum][j];
    Product common, ofA, ofB;
    const Product &left = products_[a.product], &right = products_[b.product];
    std::ranges::set_intersection(left, right, std::back_inserter(common));
    std::ranges::set_difference(left, common, std::back_inserter(ofA));
    std::ranges::set_difference(right, common, std::back_inserter(ofB));
    Int factor = gcd(a.coefficient, b.coefficient);
    Divisor divisor{{floorDiv(a.coefficient, factor), floorDiv(b.coefficient, factor)},
                    {products_.intern(std::move(ofA)), products_.intern(std::move(ofB))}};
    Place place{sum, {i, j}, products_.intern(std::move(common)), factor};
    if (divisor.products[1] < divisor.products[0]) {
      std::swap(divisor.products[0], divisor.products[1]), std::swap(divisor.coefficients[0], divisor.coefficients[1]);
      std::swap(place.terms[0], place.terms[1]);
    }
    if (divisor.coefficients[0].sign() < 0) {
      for (Int &each : divisor.coefficients) each = -each;
      place.coefficient = -place.coefficient;
    }
    return {divisor, place};
  }

  /// Places of which no two share a term, and what extracting the divisor there saves.
  Candidate candidate(const Divisor &divisor, std::span<const Place> places) {
    Candidate made{0, &divisor, {}};
    std::map<uint32_t, int> uses; // by product: how many more
    if (!known_.contains(divisor)) {
      made.gain = -1 - timesCost(divisor.coefficients[0]) - timesCost(divisor.coefficients[1]);
      for (uint32_t product : divisor.products) ++uses[product];
    }
    for (const Place &place : places) {
      bool taken = std::ranges::any_of(made.places, [&](const Place &other) {
        return other.sum == place.sum && (other.terms[0] == place.terms[0] || other.terms[0] == place.terms[1] ||
                                          other.terms[1] == place.terms[0] || other.terms[1] == place.terms[1]);
      });
      if (taken) continue;
      const std::vector<Entry> &terms = sums_[place.sum];
      for (uint32_t term : place.terms) {
        made.gain += timesCost(terms[term].coefficient);
        --uses[terms[term].product];
      }
      made.gain += 1 - timesCost(place.coefficient);
      // The product with the new variable is another one for each factor: `product` stands for it.
      bool isNew = std::ranges::none_of(made.places, [&](const Place &p) { return p.product == place.product; });
      if (isNew && !products_[place.product].empty()) --made.gain;
      made.places.push_back(place);
    }
    for (auto [product, more] : uses) {
      int before = products_.uses(product) > 0 ? products_.cost(product) : 0;
      int after = products_.uses(product) + more > 0 ? products_.cost(product) : 0;
      made.gain += before - after;
    }
    return made;
  }

  /// Makes variables of the divisors that save operations, the best ones first; of each sum one in a round.
  bool extractSums() {
    std::map<Divisor, std::vector<Place>> all;
    for (uint32_t sum = 0; sum < given_ && seen_ < kMostPairs; ++sum) { // a part has two terms without a common factor
      if (stale_[sum]) findPairs(sum);
      for (const auto &[divisor, place] : pairs_[sum]) all[divisor].push_back(place);
      seen_ += pairs_[sum].size();
    }
    std::vector<Candidate> candidates;
    for (const auto &[divisor, places] : all)
      if (Candidate made = candidate(divisor, places); made.gain > 0) candidates.push_back(std::move(made));
    std::ranges::stable_sort(candidates, std::greater(), &Candidate::gain);
    for (const Candidate &each : candidates)
      if (std::ranges::none_of(each.places, [&](const Place &place) { return stale_[place.sum]; })) extract(each);
    return !candidates.empty();
  }

  void extract(const Candidate &what) {
    uint32_t variable = variableOf(*what.divisor);
    for (const Place &place : what.places) {
      std::vector<Entry> &terms = sums_[place.sum];
      for (uint32_t term : place.terms) products_.use(terms[term].product, -1);
      Product product = products_[place.product];
      product.insert(std::ranges::upper_bound(product, variable), variable);
      uint32_t id = products_.intern(std::move(product));
      products_.use(id, 1);
      terms[std::min(place.terms[0], place.terms[1])] = {place.coefficient, id};
      terms[std::max(place.terms[0], place.terms[1])].coefficient = 0;
      stale_[place.sum] = true;
    }
    for (const Place &place : what.places)
      std::erase_if(sums_[place.sum], [](const Entry &entry) { return entry.coefficient.isZero(); });
  }

  uint32_t variableOf(const Divisor &divisor) {
    auto [at, isNew] = known_.try_emplace(divisor, first_ + static_cast<uint32_t>(sums_.size() - given_));
    if (!isNew) return at->second;
    auto &part = sums_.emplace_back();
    for (size_t i = 0; i < 2; ++i) {
      part.push_back({divisor.coefficients[i], divisor.products[i]});
      products_.use(divisor.products[i], 1);
    }
    return at->second;
  }

  Factored result() const {
    Factored made;
    for (size_t i = 0; i < sums_.size(); ++i) {
      Sum &sum = (i < given_ ? made.sums : made.parts).emplace_back();
      for (const Entry &entry : sums_[i]) sum.push_back({entry.coefficient, products_[entry.product]});
    }
    return made;
  }

  /// Products of two variables that several products have become variables, those of most products first.
  void shareProducts(Factored &factored) const {
    std::map<Product, std::vector<Term *>> terms;
    for (auto *sums : {&factored.sums, &factored.parts})
      for (Sum &sum : *sums)
        for (Term &term : sum)
          if (term.variables.size() > 1) terms[term.variables].push_back(&term);
    std::vector<Product> distinct;
    for (const auto &[product, of] : terms) distinct.push_back(product);
    auto next = first_ + static_cast<uint32_t>(factored.parts.size());
    std::vector<Sum> pairs;
    size_t seen = 0;
    while (seen < kMostPairs && sharePairs(distinct, next, pairs, seen)) {
    }
    size_t i = 0;
    for (auto &[product, of] : terms) {
      for (Term *term : of) term->variables = distinct[i];
      ++i;
    }
    factored.parts.insert(factored.parts.end(), pairs.begin(), pairs.end());
  }

  static bool sharePairs(std::vector<Product> &products, uint32_t &next, std::vector<Sum> &pairs, size_t &seen) {
    std::map<std::pair<uint32_t, uint32_t>, size_t> counts;
    for (const Product &product : products) {
      std::vector<std::pair<uint32_t, uint32_t>> own;
      for (size_t i = 0; i < product.size(); ++i)
        for (size_t j = i + 1; j < product.size(); ++j) own.emplace_back(product[i], product[j]);
      std::ranges::sort(own);
      own.erase(std::unique(own.begin(), own.end()), own.end());
      for (const auto &pair : own) ++counts[pair];
      seen += own.size();
    }
    auto best = std::ranges::max_element(counts, {}, [](const auto &each) { return each.second; });
    if (best == counts.end() || best->second < 2) return false;
    auto [a, b] = best->first;
    for (Product &product : products) replacePair(product, a, b, next);
    pairs.push_back({{1, {a, b}}});
    ++next;
    return true;
  }

  static void replacePair(Product &product, uint32_t a, uint32_t b, uint32_t by) {
    for (;;) {
      auto first = std::ranges::find(product, a);
      if (first == product.end()) return;
      auto second = std::find(first + 1, product.end(), b);
      if (second == product.end()) return;
      product.erase(second), product.erase(first);
      product.push_back(by);
    }
  }

  const uint32_t first_;
  const size_t given_;
  Products products_;
  std::vector<std::vector<Entry>> sums_; ///< Those given, then the parts
  std::vector<std::vector<std::pair<Divisor, Place>>> pairs_;
  std::vector<bool> stale_;           ///< Pairs of a sum that has changed
  size_t seen_ = 0;                   ///< Pairs of terms that were looked at
  std::map<Divisor, uint32_t> known_; ///< The variables of parts
};

} // namespace

Factored factor(std::vector<Sum> sums, uint32_t variables) { return Factorer(std::move(sums), variables).run(); }

} // namespace mdl::runtime::batch
