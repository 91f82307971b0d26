// Which effects a fit can tell apart. Effects d_1 + ... + d_Q reproduce the same fit in many ways when their columns
// are dependent: what one takes another gives. A number read of one effect means something only if no such trade moves
// it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "headwater/absorption/absorber.hpp"
#include "headwater/core/matrix.hpp"
#include "headwater/core/notes.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

inline constexpr const char* kEffectsPrefix = "effects: ";
inline constexpr const char* kJoinedEffects = " + ";

// What is read of parts: linear in each column of an n × m matrix of values, one column for each part. Estimate and
// influence belong in it both.
using Reading = std::function<Matrix(const Matrix& values)>;

// Values of an effect at each row: its coefficients, levels × (intercept + slopes), times its columns.
Vector effect_values(const Effect& effect, const Matrix& coefficients);

std::string effect_part_name(const Effect& effect);
// Names of some effects in alphabetical order, so that they do not tell in which order a formula has them.
Names names_of_effects(const std::vector<Effect>& effects, const std::vector<std::size_t>& some);
Note trade_note(const Names& effects);

class EffectTrades {
 public:
  EffectTrades(const Design& design, const Absorber& absorber);

  // The finest sets of effects whose sums no trade moves, in the formula's order of their first members.
  std::vector<std::vector<std::size_t>> blocks(const Reading& reading) const;

 private:
  std::size_t effects_;
  std::vector<Matrix> moves_;  // n × effects: random trades, whose rows sum to zero
  Vector probe_;               // n: noise of size one, whose reading says how large a reading is
};

}  // namespace headwater
