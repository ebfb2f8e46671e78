//===- Front.h - Points that no other point beats ---------------*- C++ -*-===//
// The maxima of a set of vectors after Kung, Luccio and Preparata 1975: sorted by the
// first number, halves are compared by the others, recursively. n points with k aims
// take O(n log n) steps for k <= 2, O(n log^(k-1) n) beyond, however many survive.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace mdl::runtime {

/// The positions, rising, of the points that no other beats: is nowhere larger and somewhere smaller. Points that are
/// equal stand or fall together. `values` has `aims` numbers a point, none of them NaN; `aims` is at least 1.
std::vector<size_t> unbeaten(std::span<const double> values, size_t aims);

} // namespace mdl::runtime
