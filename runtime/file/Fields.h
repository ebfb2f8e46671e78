//===- Fields.h - What is in a file, field by field -------------*- C++ -*-===//
// One list for the writer and the reader of Archive.h, in the order of the file.
// A structure is taken apart by a structured binding, so one that gains a field
// does not compile until the field is here. Whatever changes here, and the order
// of the enumerations and of MDL_OPCODES, is another format: see kFormatVersion.
//===----------------------------------------------------------------------===//
#pragma once
#include "../ProgramFile.h"
#include "Archive.h"

namespace mdl::runtime {

constexpr OpCode lastOf(OpCode) { return OpCode::RSum; }
constexpr InputType lastOf(InputType) { return InputType::Choice; }
constexpr GuardKind lastOf(GuardKind) { return GuardKind::Claim; }
constexpr Fold lastOf(Fold) { return Fold::Each; }
constexpr Placement lastOf(Placement) { return Placement::Host; }

template <class Archive, class T> using Field = typename Archive::template Of<T>;

//===--- Program ----------------------------------------------------------------===//

template <class A> void fields(A &archive, Field<A, Instr> &each) {
  auto &[op, a, b] = each;
  archive(op, a, b);
}
template <class A> void fields(A &archive, Field<A, Loop> &each) {
  auto &[index, lo, hi, body, bodyBegin, bodyEnd] = each;
  archive(index, lo, hi, body, bodyBegin, bodyEnd);
}
template <class A> void fields(A &archive, Field<A, ArgMinRows> &each) {
  auto &[rowLength, slots] = each;
  archive(rowLength, slots);
}
template <class A> void fields(A &archive, Field<A, Input> &each) {
  auto &[name, type, unit, choices, value, lo, hi, doc, fixed] = each;
  archive(name, type, unit, choices, value, lo, hi, doc, fixed);
}
template <class A> void fields(A &archive, Field<A, Guard> &each) {
  auto &[kind, condition, text, place] = each;
  archive(kind, condition, text, place);
}
template <class A> void fields(A &archive, Field<A, Metric> &each) {
  auto &[name, title, unit, fold, absent, resource, memory, scale] = each;
  archive(name, title, unit, fold, absent, resource, memory, scale);
}
template <class A> void fields(A &archive, Field<A, LabelPart> &each) {
  auto &[text, index] = each;
  archive(text, index);
}
template <class A> void fields(A &archive, Field<A, Node> &each) {
  auto &[parent, label, group, index, lo, hi, op, category, title, resident, place, calls, uniform, metrics, children,
         varies] = each;
  archive(parent, label, group, index, lo, hi, op, category, title, resident, place, calls, uniform, metrics, children,
          varies);
}
template <class A> void fields(A &archive, Field<A, Parameter> &each) {
  auto &[name, value, best, worst] = each;
  archive(name, value, best);
  since(3, archive, worst, value);
}
template <class A> void fields(A &archive, Field<A, Program> &each) {
  auto &[model, title, convention, traffic, precision, device, inputs, parameters, indexCount, constants, reals, code,
         loops, argmins, guards, metrics, nodes, roots, totals, notModelled, assumptions, dependsOnIndex] = each;
  archive(model, title, convention, traffic, precision, device, inputs, parameters, indexCount, constants, reals, code,
          loops, argmins, guards, metrics, nodes, roots, totals, notModelled, assumptions, dependsOnIndex);
}

//===--- Target -----------------------------------------------------------------===//

template <class A> void fields(A &archive, Field<A, StagePrecision> &each) {
  auto &[stage, compute, storage] = each;
  archive(stage, compute, storage);
}
template <class A> void fields(A &archive, Field<A, PrecisionInfo> &each) {
  auto &[name, title, compute, storage, stages, overrides] = each;
  archive(name, title, compute, storage, stages, overrides);
}
template <class A> void fields(A &archive, Field<A, Evidence> &each) {
  auto &[field, kind, source, date] = each;
  archive(field, kind, source, date);
}
template <class A> void fields(A &archive, Field<A, DeviceInfo> &each) {
  auto &[name, asked, title, vendor, memory, bandwidth, vectorPeak, launch, peaks, sparsePeaks, link, linkLatency,
         hostLink, power, price, provisional, evidence] = each;
  archive(name, asked, title, vendor, memory, bandwidth, vectorPeak, launch, peaks, sparsePeaks, link, linkLatency,
          hostLink, power, price, provisional, evidence);
}
template <class A> void fields(A &archive, Field<A, FittedInfo> &each) {
  auto &[tensor, link, launch, classes, evidence] = each;
  archive(tensor, link, launch, classes, evidence);
}
template <class A> void fields(A &archive, Field<A, UtilisationInfo> &each) {
  auto &[name, title, tensorLow, tensorHigh, vector, memory, ofDevice, fitted] = each;
  archive(name, title, tensorLow, tensorHigh, vector, memory, ofDevice);
  since(3, archive, fitted, std::optional<FittedInfo>());
}
template <class A> void fields(A &archive, Field<A, ResidencyInfo> &each) {
  auto &[name, title, others, place] = each;
  archive(name, title, others, place);
}
template <class A> void fields(A &archive, Field<A, ShardingInfo> &each) {
  auto &[name, devices, rules] = each;
  archive(name, devices, rules);
}
template <class A> void fields(A &archive, Field<A, Target> &each) {
  auto &[sharding, precision, residency, device, chosen, optimistic, measured, overlapWhole] = each;
  archive(precision, residency, device, chosen, optimistic, measured, overlapWhole);
  since(2, archive, sharding, std::optional<ShardingInfo>());
}

//===--- Facts of the model -------------------------------------------------------===//

template <class A> void fields(A &archive, Field<A, ModelSource> &each) {
  auto &[path, sha256, vendor, commit, ofModel] = each;
  archive(path, sha256, vendor, commit, ofModel);
}
template <class A> void fields(A &archive, Field<A, CategoryRule> &each) {
  auto &[name, title, ids, operators] = each;
  archive(name, title, ids, operators);
}
template <class A> void fields(A &archive, Field<A, SchemaNames> &each) {
  auto &[stages, numbers, inputs] = each;
  archive(stages, numbers, inputs);
}
template <class A> void fields(A &archive, Field<A, ModelFacts> &each) {
  [[maybe_unused]] auto &[path, family, variant, version, sources, vendor, commit, numbers, defaults, categories,
                          names] = each; // `numbers` are of a job: its program is in the file
  archive(path, family, variant, version, sources, vendor, commit, defaults, categories, names);
}

//===--- The file -----------------------------------------------------------------===//

template <class A> void fields(A &archive, Field<A, CompiledModel> &each) {
  auto &[program, numbers, target, facts, source, workload, job, notes] = each;
  archive.section("PROG", [&] { archive(program); });
  archive.section("NUMB", [&] { archive(numbers); });
  archive.section("TARG", [&] { archive(target); });
  archive.section("FACT", [&] { archive(facts); });
  archive.section("JOB ", [&] { archive(source, workload, job, notes); });
}

} // namespace mdl::runtime
