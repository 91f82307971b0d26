// The projection onto the effects among a few rows at a time, without anything n × n. With 1 the effect of most
// columns, N = E₁'WE₁ (diagonal), O the others, C = E₁'WO, F = O − E₁N⁻¹C what the first leaves of them and S = F'WF,
//     T = E (E'WE)⁻ E' = E₁ N⁻¹ E₁' + F S⁻ F'.
// What a vector on some rows has to do with T is its image: E₁'v on the levels that these rows have and F'v.
#pragma once

#include <vector>

#include "headwater/absorption/cells.hpp"
#include "headwater/absorption/effect_columns.hpp"

namespace headwater {

class EffectsHat {
 public:
  // Throws Error{numerical, "absorption.leverage_too_large"} when the effects besides the first have so many columns
  // that S⁻ does not fit.
  EffectsHat(const std::vector<Effect>& effects, const Vector& weights, Index rows);

  Index columns() const { return inverse_.rows(); }   // of F
  const Matrix& inverse() const { return inverse_; }  // S⁻
  Index width() const { return effects_.empty() ? 1 : first().width(); }
  // 1/N of the first effect's columns, level·width + column; zero where one is redundant.
  const Vector& inverse_norms() const { return inverse_norms_; }
  Vector diagonal() const;  // of T, n

  // Some rows with what they touch: levels of the first effect, columns of F.
  struct Block {
    std::vector<Index> rows;
    std::vector<Index> level;        // distinct, increasing
    std::vector<std::int32_t> at;    // of each row: its level's place in `level`
    std::vector<Index> column;       // of F, distinct, increasing
    std::vector<std::int32_t> cell;  // of each cell of each level, in order: its column's place in `column`
    std::vector<std::int32_t> own;   // of each row, others' columns in order: the place in `column`
  };
  Block block(std::vector<Index> rows) const;

  struct Image {
    RowMatrix own;   // E₁'V: level.size()·width × p
    RowMatrix rest;  // F'V: column.size() × p
  };
  Image image(const Block& block, const Matrix& V) const;
  // The block's rows of E₁ a + F θ.
  Matrix rows_of(const Block& block, const RowMatrix& a, const RowMatrix& theta) const;
  Matrix project(const Block& block, const Matrix& V) const;  // T V
  // N⁻¹ of the block's levels times `own`.
  RowMatrix over_norms(const Block& block, const RowMatrix& own) const;

  // The same sums under other weights u: what the first effect and F have to do with one another is then not nothing.
  struct Moments {
    Vector own;   // E₁'UE₁
    Cells cross;  // E₁'UF, the cells of E₁'WO
    Matrix rest;  // F'UF
  };
  // Of effects without slopes.
  Moments moments(const Vector& u) const;

 private:
  const EffectColumns& first() const { return effects_[eliminated_]; }
  Cells cells_under(const Vector& weights) const;
  Matrix rest_under(const Vector& u, const Cells& cells) const;
  void invert();
  Matrix inverse_among(const Block& block) const;

  std::vector<EffectColumns> effects_;
  Vector weights_;
  Index rows_ = 0;
  std::size_t eliminated_ = 0;
  std::vector<std::size_t> others_;
  std::vector<Index> offset_;
  Index all_columns_ = 0;
  Cells cells_;
  Vector inverse_norms_;
  Matrix inverse_;
};

}  // namespace headwater
