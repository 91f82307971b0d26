#include "headwater/absorption/complement.hpp"

#include <algorithm>

#include "headwater/absorption/schur.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

constexpr Index kSmall = 512;          // columns that a dense factor takes in no time
constexpr Index kDenseAtMost = 20000;  // columns of the largest dense factor: 3.2 GB
constexpr Index kBorderAtMost = 1024;  // columns beside the one effect that is iterated on
constexpr Index kSparseEntries = 200'000'000;
constexpr double kCheapFactor = 3000;  // multiplications of a factor for each cell, that need no second thought
constexpr int kFewIterations = 300;    // in which conjugate gradients must settle to be preferred to a factor
constexpr double kFull = 0.25;         // density from which a matrix counts as full
constexpr Index kSampledColumns = 64;

class DenseComplement : public Complement {
 public:
  explicit DenseComplement(const ComplementInput& input)
      : size_(input.columns), factor_(dense(input), norms(input), input.remainder) {}
  RowMatrix solve(const RowMatrix& b, int&) const override { return factor_.solve(b); }
  Index rank() const override { return factor_.rank(); }
  std::string solver() const override { return "dense Cholesky of " + std::to_string(size_) + " columns"; }

 private:
  // Columns known to be redundant have no entries, so their pivots are zero.
  static Matrix dense(const ComplementInput& input) {
    Matrix gram = full_schur(input);
    for (Index b = 0; b < input.columns; ++b)
      if (input.redundant[static_cast<std::size_t>(b)]) {
        gram.row(b).setZero();
        gram.col(b).setZero();
      }
    return gram;
  }
  static Vector norms(const ComplementInput& input) {
    return (input.squared_norms.array() > 0).select(input.squared_norms, 1.0);
  }

  Index size_;
  GramFactor factor_;
};

class SparseComplement : public Complement {
 public:
  SparseComplement(const ComplementInput& input, const SparseSymmetric& matrix, EliminationPlan plan)
      : size_(input.columns),
        entries_(plan.entries),
        factor_(matrix, std::move(plan), input.redundant,
                (input.squared_norms.array() > 0).select(input.squared_norms, 1.0), input.remainder) {}
  RowMatrix solve(const RowMatrix& b, int&) const override { return factor_.solve(b); }
  Index rank() const override { return factor_.rank(); }
  std::string solver() const override {
    return "sparse Cholesky of " + std::to_string(size_) + " columns, " + std::to_string(entries_) + " entries";
  }

 private:
  Index size_, entries_;
  SparseFactor factor_;
};

// Whether conjugate gradients apply: the effect with most columns has levels only, and few columns lie beside it.
bool can_iterate(const ComplementInput& input) {
  Index largest = 0;
  bool simple = false;
  for (const std::size_t q : input.others)
    if (input.effects[q].size() > largest) {
      largest = input.effects[q].size();
      simple = input.effects[q].simple();
    }
  return simple && input.columns - largest <= kBorderAtMost;
}

}  // namespace

std::unique_ptr<Complement> dense_complement(const ComplementInput& input) {
  return std::make_unique<DenseComplement>(input);
}

// A full matrix, or one whose factor fills up, comes from effects whose levels meet many others; that makes conjugate
// gradients settle soon, which is tried before they are chosen.
std::unique_ptr<Complement> make_complement(const ComplementInput& input) {
  if (input.columns <= kSmall) return dense_complement(input);
  SchurColumns columns(input);
  const bool iterates = can_iterate(input);
  if (columns.density(kSampledColumns) < kFull) {
    const SparseSymmetric matrix = assemble(input, columns);
    EliminationPlan plan = plan_elimination(matrix, input.redundant, kSparseEntries);
    const bool fits = plan.entries <= kSparseEntries;
    const bool cheap = fits && plan.work <= kCheapFactor * static_cast<double>(input.cells.column.size());
    if (!cheap && iterates)
      if (auto iterated = iterated_complement(input, fits ? kFewIterations : 0)) return iterated;
    if (fits) return std::make_unique<SparseComplement>(input, matrix, std::move(plan));
  }
  if (iterates && input.columns > 2 * kSmall) return iterated_complement(input, 0);
  if (input.columns <= kDenseAtMost) return dense_complement(input);
  throw Error(ErrorKind::numerical, "absorption.too_large",
              "the effects besides the largest have " + std::to_string(input.columns) +
                  " columns that meet almost everywhere, more than the " + std::to_string(kDenseAtMost) +
                  " whose exact rank can be found; absorb fewer or coarser effects");
}

}  // namespace headwater
