// The normal equations of the effects besides the largest, after the largest is eliminated. With A the largest effect,
// N = D_A'W D_A (diagonal), O the other effects and C = D_A'W D_O,
//     S = D_O'W D_O − C' N⁻¹ C,     S θ = D_O'W x − C' N⁻¹ D_A'W x.
// How S is solved follows from the graph of the effects: by a dense Cholesky factor where it is small, by a sparse one
// where few of its entries differ from zero, by conjugate gradients on its largest effect (with the remaining effects
// as a dense border) where it is full and, being full, well conditioned.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "headwater/absorption/cells.hpp"
#include "headwater/linalg/gram.hpp"

namespace headwater {

class Complement {
 public:
  virtual ~Complement() = default;
  // A solution of S θ = b for b in its range, columns × p. `iterations` grows by those that it took.
  virtual RowMatrix solve(const RowMatrix& b, int& iterations) const = 0;
  virtual Index rank() const = 0;
  virtual std::string solver() const = 0;  // in words, with the size
};

// What is known of the other effects before a solver is chosen.
struct ComplementInput {
  const std::vector<EffectColumns>& effects;
  std::size_t eliminated;
  std::vector<std::size_t> others;
  std::vector<Index> offset;  // first column of each of others
  Index columns;
  const Vector& weights;
  Cells cells;           // the eliminated effect's, with all others
  Vector squared_norms;  // the diagonal of D_O'W D_O
  // A column for each further connected component of the largest effect with one of the others: its dummies sum to a
  // combination of the largest effect's, so it is redundant whatever else is absorbed.
  std::vector<bool> redundant;
  GramFactor::RemainderOf remainder;
};

// Throws Error{numerical, "absorption.too_large"} when neither a factor nor a dense border fits in memory.
std::unique_ptr<Complement> make_complement(const ComplementInput& input);
// Two of its solvers. The iterated one is null when a right-hand side made up to try it takes more than
// `most_iterations`; 0: it is not tried.
std::unique_ptr<Complement> dense_complement(const ComplementInput& input);
std::unique_ptr<Complement> iterated_complement(const ComplementInput& input, int most_iterations);

}  // namespace headwater
