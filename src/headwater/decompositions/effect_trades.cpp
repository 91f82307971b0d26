// Question: which effects of a fit have a part of their own in what is read of them?
// With D = [D_1 ... D_Q] the columns of the effects, coefficients a and a + z fit alike for every z with Dz = 0. A
// reading L of effect q is identified if and only if L(D_q z_q) = 0 for all such z (estimability: Searle 1971, 5.4, for
// the null space of the effects' design). The null space can have as many dimensions as there are levels, so no basis
// of it is formed: random values f_q in the span of each D_q and the fit's own normalisation h of their sum (D h = Σ
// f_q) differ by a random trade f_q − h_q, and a reading that a random trade does not move is moved by none, with
// probability one. Q trades give every linear relation among the Q readings. Readings that are zero stand alone; the
// others fall into the connected components of the matroid of their columns: the finest sets such that any trade is a
// sum of trades inside the sets. In a connected panel with intercepts alone only constants trade, which differences
// never see.
#include "headwater/decompositions/effect_trades.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr std::uint64_t kTradeSeed = 0x7472616465ULL;
constexpr std::uint32_t kProbe = 0xffffffffU;
constexpr double kMoved = 1e-7;      // of the size of a reading: below, a trade moves nothing
constexpr double kDependent = 1e-5;  // of a column's norm: what is left of it after the columns it depends on

Vector noise(Index n, std::uint32_t trade, std::uint32_t effect) {
  RandomStream random(kTradeSeed, trade, effect);
  Vector values(n);
  for (Index i = 0; i < n; ++i) values(i) = random.normal();
  return values;
}

std::int64_t columns_of(const std::vector<Effect>& effects) {
  std::int64_t columns = 0;
  for (const Effect& effect : effects)
    columns += effect.levels.count * ((effect.intercept ? 1 : 0) + effect.slopes.cols());
  return columns;
}

// Constants that sum to zero over the effects with intercepts.
Matrix constant_trade(const std::vector<Effect>& effects, Index n, std::uint32_t trade) {
  const auto Q = static_cast<Index>(effects.size());
  Vector shift = noise(Q, trade, 0);
  double intercepts = 0, sum = 0;
  for (Index q = 0; q < Q; ++q) {
    if (!effects[static_cast<std::size_t>(q)].intercept) shift(q) = 0;
    intercepts += effects[static_cast<std::size_t>(q)].intercept;
    sum += shift(q);
  }
  for (Index q = 0; q < Q; ++q)
    if (effects[static_cast<std::size_t>(q)].intercept) shift(q) -= sum / intercepts;
  return shift.transpose().replicate(n, 1);
}

// Random values in the span of each effect, less the normalised effects with the same sum.
Matrix random_trade(const Design& design, const Absorber& absorber, const std::vector<Absorber>& alone,
                    std::uint32_t trade) {
  Matrix move(design.n(), static_cast<Index>(alone.size()));
  for (std::size_t q = 0; q < alone.size(); ++q) {
    const Vector drawn = noise(design.n(), trade, static_cast<std::uint32_t>(q));
    move.col(static_cast<Index>(q)) = drawn - alone[q].project(drawn).columns.col(0);
  }
  const std::vector<Matrix> coefficients = absorber.coefficients(move.rowwise().sum());
  for (std::size_t q = 0; q < alone.size(); ++q)
    move.col(static_cast<Index>(q)) -= effect_values(design.effects[q], coefficients[q]);
  return move;
}

// Joins each column with those it depends on: the connected components of the columns' matroid.
std::vector<std::size_t> components(const Matrix& readings, const std::vector<std::size_t>& moved) {
  std::vector<std::size_t> component(static_cast<std::size_t>(readings.cols()));
  std::iota(component.begin(), component.end(), std::size_t{0});
  const auto join = [&](std::size_t a, std::size_t b) {
    const std::size_t from = component[b], to = component[a];
    std::replace(component.begin(), component.end(), from, to);
  };
  std::vector<std::size_t> basis;
  for (const std::size_t q : moved) {
    const Vector own = readings.col(static_cast<Index>(q)).normalized();
    if (basis.empty()) {
      basis.push_back(q);
      continue;
    }
    Matrix before(readings.rows(), static_cast<Index>(basis.size()));
    for (std::size_t b = 0; b < basis.size(); ++b)
      before.col(static_cast<Index>(b)) = readings.col(static_cast<Index>(basis[b])).normalized();
    const Vector weights = least_squares(before, own, {}).coefficients;
    if ((own - before * weights).norm() > kDependent) {
      basis.push_back(q);
      continue;
    }
    for (std::size_t b = 0; b < basis.size(); ++b)
      if (std::abs(weights(static_cast<Index>(b))) > kDependent) join(basis[b], q);
  }
  return component;
}

}  // namespace

Vector effect_values(const Effect& effect, const Matrix& coefficients) {
  Vector values(static_cast<Index>(effect.levels.code.size()));
  const Index lead = effect.intercept ? 1 : 0;
  for (Index i = 0; i < values.size(); ++i) {
    const std::int32_t level = effect.levels.code[static_cast<std::size_t>(i)];
    double value = effect.intercept ? coefficients(level, 0) : 0;
    for (Index s = 0; s < effect.slopes.cols(); ++s) value += coefficients(level, lead + s) * effect.slopes(i, s);
    values(i) = value;
  }
  return values;
}

std::string effect_part_name(const Effect& effect) { return kEffectsPrefix + effect.levels.name; }

Names names_of_effects(const std::vector<Effect>& effects, const std::vector<std::size_t>& some) {
  Names names;
  for (const std::size_t q : some) names.push_back(effects[q].levels.name);
  std::sort(names.begin(), names.end());
  return names;
}

Note trade_note(const Names& effects) {
  return {"decomposition.effects_trade",
          "the effects " + joined(effects, " and ") +
              " are not identified apart: what one takes another can give at the same fit, so only their sum is "
              "determined and they are one part; leave one of them out of the formula to see what the others hold "
              "without it"};
}

EffectTrades::EffectTrades(const Design& design, const Absorber& absorber)
    : effects_(design.effects.size()), probe_(noise(design.n(), 0, kProbe)) {
  const auto intercepts =
      std::count_if(design.effects.begin(), design.effects.end(), [](const Effect& e) { return e.intercept; });
  const std::int64_t free = columns_of(design.effects) - absorber.rank().rank;
  if (effects_ < 2 || free == 0) return;
  if (free == intercepts - 1) {
    for (std::uint32_t trade = 0; trade < effects_; ++trade)
      moves_.push_back(constant_trade(design.effects, design.n(), trade));
    return;
  }
  std::vector<Absorber> alone;
  for (const Effect& effect : design.effects)
    alone.emplace_back(std::vector<Effect>{effect}, design.weights, design.n());
  for (std::uint32_t trade = 0; trade < effects_; ++trade) {
    Matrix move = random_trade(design, absorber, alone, trade);
    const double size = move.norm() / std::sqrt(static_cast<double>(move.size()));
    if (size > 0) moves_.push_back(move / size);
  }
}

std::vector<std::vector<std::size_t>> EffectTrades::blocks(const Reading& reading) const {
  const double size = reading(probe_).norm();
  Matrix readings(0, static_cast<Index>(effects_));
  for (const Matrix& move : moves_) {
    const Matrix own = reading(move);
    readings.conservativeResize(readings.rows() + own.rows(), Eigen::NoChange);
    readings.bottomRows(own.rows()) = own;
  }
  std::vector<std::size_t> moved;
  for (std::size_t q = 0; q < effects_; ++q)
    if (readings.col(static_cast<Index>(q)).norm() > kMoved * size) moved.push_back(q);
  const std::vector<std::size_t> component = components(readings, moved);
  std::vector<std::vector<std::size_t>> blocks;
  for (std::size_t q = 0; q < effects_; ++q) {
    const auto found = std::find_if(blocks.begin(), blocks.end(),
                                    [&](const auto& block) { return component[block.front()] == component[q]; });
    if (found == blocks.end())
      blocks.push_back({q});
    else
      found->push_back(q);
  }
  return blocks;
}

}  // namespace headwater
