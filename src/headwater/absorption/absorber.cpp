// The question: what is left of a column when everything constant within the levels of the effects is taken out?
// Model: x = D₁a₁ + ... + D_Q a_Q + x̃ with D'W x̃ = 0. The effect with most columns, its slopes included, is eliminated
// exactly (within a level its columns are made orthogonal, so its Gram matrix is diagonal); the others leave a Schur
// complement (complement.hpp), so everything but two passes over the rows happens on coefficients.
// Certificate of a column: max over effect columns d of |d'W x̃| / (‖d‖_W ‖x‖_W), computed from x̃ itself whatever the
// solver; it must not exceed 1e-10. reghdfe and fixest stop on changes between iterations instead.
// Guimarães and Portugal (2010) for the algebra; equals explicit dummies to 1e-10 and better.
#include "headwater/absorption/absorber.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/absorption/complement.hpp"
#include "headwater/absorption/components.hpp"
#include "headwater/absorption/panels.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/weights.hpp"

namespace headwater {
namespace {

constexpr double kCertificate = 1e-10;
constexpr int kMostPasses = 8;
constexpr double kSettled = 1e-14;  // of the normal equations, as a share of what is left of a column

// The heaviest level of `other` in every component that its levels form with those of `large`.
std::vector<Index> one_level_a_component(const EffectColumns& large, const EffectColumns& other) {
  const Components graph = components(large, other);
  std::vector<Index> heaviest(static_cast<std::size_t>(graph.count), -1);
  const auto mass = [&](Index level) { return other.squared_norms()(level * other.width()); };
  for (Index level = 0; level < other.levels(); ++level) {
    Index& best = heaviest[static_cast<std::size_t>(graph.of_level[static_cast<std::size_t>(level)])];
    if (best < 0 || mass(level) > mass(best)) best = level;
  }
  return heaviest;
}

}  // namespace

struct Absorber::State {
  std::vector<EffectColumns> effects;
  Vector weights;
  Index rows = 0;
  std::size_t eliminated = 0;
  Vector inverse_norms;             // of the eliminated effect's columns; zero where one is redundant
  std::vector<std::size_t> others;  // in declared order
  std::vector<Index> offset;        // first column of each of others
  Index columns = 0;                // of the Schur complement
  Cells cells;
  std::unique_ptr<Complement> complement;
  EffectsRank rank;

  void prepare();
  std::vector<bool> known_redundant() const;
  void count_rank();
  std::int64_t rank_of_first(std::size_t count) const;

  RowMatrix stacked(const std::vector<RowMatrix>& sums) const;
  GramFactor::Remainder remainder(const Vector& a) const;
  std::vector<RowMatrix> solve(const std::vector<RowMatrix>& sums, int& iterations) const;
  double worst_equation(const std::vector<RowMatrix>& sums, Index column) const;
  struct Panel {
    Vector certificate;
    int iterations = 0;
    std::vector<RowMatrix> coefficients;  // one an effect, size() × p
  };
  Panel project(Eigen::Ref<Matrix> columns) const;
};

void Absorber::State::prepare() {
  for (std::size_t q = 1; q < effects.size(); ++q)
    if (effects[q].size() > effects[eliminated].size()) eliminated = q;
  const Vector& norms = effects[eliminated].squared_norms();
  inverse_norms = inverse_or_zero(norms);
  std::vector<const EffectColumns*> rest;
  for (std::size_t q = 0; q < effects.size(); ++q) {
    if (q == eliminated) continue;
    others.push_back(q);
    offset.push_back(columns);
    columns += effects[q].size();
    rest.push_back(&effects[q]);
  }
  if (columns == 0) return;
  cells = cross_cells(effects[eliminated], rest, offset, columns, weights);
  ComplementInput input{.effects = effects,
                        .eliminated = eliminated,
                        .others = others,
                        .offset = offset,
                        .columns = columns,
                        .weights = weights,
                        .cells = cells,
                        .squared_norms = Vector(columns),
                        .redundant = known_redundant(),
                        .remainder = [this](const Vector& a) { return remainder(a); }};
  for (std::size_t o = 0; o < others.size(); ++o)
    input.squared_norms.segment(offset[o], effects[others[o]].size()) = effects[others[o]].squared_norms();
  complement = make_complement(input);
}

std::vector<bool> Absorber::State::known_redundant() const {
  std::vector<bool> redundant(static_cast<std::size_t>(columns), false);
  for (std::size_t o = 0; o < others.size(); ++o) {
    const EffectColumns& other = effects[others[o]];
    if (!effects[eliminated].intercept() || !other.intercept()) continue;
    for (const Index level : one_level_a_component(effects[eliminated], other))
      redundant[static_cast<std::size_t>(offset[o] + level * other.width())] = true;
  }
  return redundant;
}

std::int64_t Absorber::State::rank_of_first(std::size_t count) const {
  if (count == 1) return effects.front().rank();
  if (count == 2 && effects[0].simple() && effects[1].simple())
    return effects[0].rank() + effects[1].rank() - components(effects[0], effects[1]).count;
  State first;
  first.effects.assign(effects.begin(), effects.begin() + static_cast<std::ptrdiff_t>(count));
  first.weights = weights;
  first.rows = rows;
  first.prepare();
  return first.effects[first.eliminated].rank() + (first.complement ? first.complement->rank() : 0);
}

// Redundant columns of each effect given those before it, by the ranks of the leading effects.
void Absorber::State::count_rank() {
  rank.rank = effects[eliminated].rank() + (complement ? complement->rank() : 0);
  std::int64_t before = 0;
  for (std::size_t q = 0; q < effects.size(); ++q) {
    const std::int64_t upto = q + 1 < effects.size() ? rank_of_first(q + 1) : rank.rank;
    rank.effects.push_back({.name = effects[q].name(),
                            .levels = effects[q].size(),
                            .redundant = effects[q].size() - (upto - before),
                            .intercept = effects[q].intercept(),
                            .slopes = effects[q].width() - (effects[q].intercept() ? 1 : 0),
                            .flat_slopes = effects[q].size() - effects[q].rank()});
    before = upto;
  }
}

RowMatrix Absorber::State::stacked(const std::vector<RowMatrix>& sums) const {
  RowMatrix result(columns, sums.front().cols());
  for (std::size_t o = 0; o < others.size(); ++o)
    result.middleRows(offset[o], effects[others[o]].size()) = sums[others[o]];
  return result;
}

// What D_O a leaves after the largest effect is eliminated, on the rows themselves.
GramFactor::Remainder Absorber::State::remainder(const Vector& a) const {
  std::vector<RowMatrix> coefficients(effects.size());
  for (std::size_t o = 0; o < others.size(); ++o)
    coefficients[others[o]] = -a.segment(offset[o], effects[others[o]].size());
  coefficients[eliminated] = inverse_norms.asDiagonal() * onto_levels(cells, a);
  Matrix left = Matrix::Zero(rows, 1);
  subtract(effects, coefficients, left);
  const Gathered gathered = gather(effects, left, weights);
  return {stacked(gathered.sums), gathered.squared_norms(0)};
}

// Effect coefficients that take the given sums D'WV out.
std::vector<RowMatrix> Absorber::State::solve(const std::vector<RowMatrix>& sums, int& iterations) const {
  std::vector<RowMatrix> coefficients(effects.size());
  RowMatrix own = inverse_norms.asDiagonal() * sums[eliminated];
  if (columns > 0) {
    const RowMatrix theta = complement->solve(stacked(sums) - onto_columns(cells, own, columns), iterations);
    own -= inverse_norms.asDiagonal() * onto_levels(cells, theta);
    for (std::size_t o = 0; o < others.size(); ++o)
      coefficients[others[o]] = theta.middleRows(offset[o], effects[others[o]].size());
  }
  coefficients[eliminated] = std::move(own);
  return coefficients;
}

// max over effect columns of |d'W x̃| / ‖d‖.
double Absorber::State::worst_equation(const std::vector<RowMatrix>& sums, Index column) const {
  double worst = 0;
  for (std::size_t q = 0; q < effects.size(); ++q) {
    const Vector& norms = effects[q].squared_norms();
    for (Index j = 0; j < norms.size(); ++j)
      if (norms(j) > 0) worst = std::max(worst, std::abs(sums[q](j, column)) / std::sqrt(norms(j)));
  }
  return worst;
}

// Solves, takes out and looks at what is left, again where rounding left more than it must: columns that the effects
// nearly explain, and effects that nearly depend on one another.
Absorber::State::Panel Absorber::State::project(Eigen::Ref<Matrix> V) const {
  Panel panel{.certificate = Vector::Zero(V.cols()), .iterations = 0, .coefficients = {}};
  Gathered gathered = gather(effects, V, weights);
  const Vector norms = gathered.squared_norms.cwiseSqrt();
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const std::vector<RowMatrix> step = solve(gathered.sums, panel.iterations);
    subtract(effects, step, V);
    if (pass == 0)
      panel.coefficients = step;
    else
      for (std::size_t q = 0; q < effects.size(); ++q) panel.coefficients[q] += step[q];
    gathered = gather(effects, V, weights);
    bool settled = true;
    for (Index j = 0; j < V.cols(); ++j) {
      const double worst = worst_equation(gathered.sums, j);
      panel.certificate(j) = norms(j) > 0 ? worst / norms(j) : 0;
      settled = settled && (worst <= kSettled * std::sqrt(gathered.squared_norms(j)) ||
                            (pass > 0 && panel.certificate(j) <= 1e-15));
    }
    if (settled) break;
  }
  return panel;
}

Absorber::Absorber(const std::vector<Effect>& effects, const Vector& weights, Index rows)
    : state_(std::make_unique<State>()) {
  state_->weights = weights;
  state_->rows = rows;
  if (effects.empty()) return;
  state_->effects.reserve(effects.size());
  for (const Effect& effect : effects) state_->effects.emplace_back(effect, weights);
  state_->prepare();
  state_->count_rank();
}

Absorber::~Absorber() = default;
Absorber::Absorber(Absorber&&) noexcept = default;
Absorber& Absorber::operator=(Absorber&&) noexcept = default;

Absorbed Absorber::project(Matrix columns) const {
  Absorbed absorbed;
  absorbed.columns = std::move(columns);
  if (state_->effects.empty()) return absorbed;
  const Index panels = (absorbed.columns.cols() + kPanel - 1) / kPanel;
  std::vector<State::Panel> done(static_cast<std::size_t>(panels));
  parallel_for(static_cast<std::size_t>(panels), [&](std::size_t i) {
    const Index at = static_cast<Index>(i) * kPanel;
    done[i] = state_->project(absorbed.columns.middleCols(at, std::min(kPanel, absorbed.columns.cols() - at)));
    done[i].coefficients.clear();
  });
  for (const State::Panel& panel : done) {
    absorbed.certificate = std::max(absorbed.certificate, panel.certificate.maxCoeff());
    absorbed.iterations = std::max(absorbed.iterations, panel.iterations);
  }
  absorbed.converged = absorbed.certificate <= kCertificate;
  return absorbed;
}

const EffectsRank& Absorber::rank() const { return state_->rank; }

std::string Absorber::solver() const {
  if (state_->effects.empty()) return "no effects";
  return state_->complement ? state_->complement->solver() : "level means";
}

std::vector<Matrix> Absorber::coefficients(const Vector& target) const {
  const State& s = *state_;
  std::vector<Matrix> result;
  if (s.effects.empty()) return result;
  Matrix left = target;
  const State::Panel panel = s.project(left);
  for (std::size_t q = 0; q < s.effects.size(); ++q)
    result.push_back(s.effects[q].of_slopes(
        panel.coefficients[q].reshaped<Eigen::RowMajor>(s.effects[q].levels(), s.effects[q].width())));
  if (!s.effects.front().intercept()) return result;
  const double mass = s.weights.size() > 0 ? s.weights.sum() : static_cast<double>(s.rows);
  for (std::size_t q = 1; q < s.effects.size(); ++q) {
    if (!s.effects[q].intercept()) continue;
    double mean = 0;
    for (Index i = 0; i < s.rows; ++i) mean += weight_of(s.weights, i) * result[q](s.effects[q].level(i), 0);
    mean /= mass;
    result[q].col(0).array() -= mean;
    result.front().col(0).array() += mean;
  }
  return result;
}

// The steps of coefficients() transposed, in reverse: the means at zero, the slopes, and the solution, which is
// symmetric.
Vector Absorber::row_weights(std::vector<Matrix> functional) const {
  const State& s = *state_;
  if (s.effects.empty()) return Vector::Zero(s.rows);
  const double mass = s.weights.size() > 0 ? s.weights.sum() : static_cast<double>(s.rows);
  if (s.effects.front().intercept())
    for (std::size_t q = 1; q < s.effects.size(); ++q) {
      if (!s.effects[q].intercept()) continue;
      const double moved = (functional.front().col(0).sum() - functional[q].col(0).sum()) / mass;
      for (Index i = 0; i < s.rows; ++i) functional[q](s.effects[q].level(i), 0) += moved * weight_of(s.weights, i);
    }
  std::vector<RowMatrix> right;
  for (std::size_t q = 0; q < s.effects.size(); ++q)
    right.push_back(s.effects[q].of_slopes_adjoint(functional[q]).reshaped<Eigen::RowMajor>());
  int iterations = 0;
  std::vector<RowMatrix> solution = s.solve(right, iterations);
  for (RowMatrix& own : solution) own = -own;
  Matrix a = Matrix::Zero(s.rows, 1);
  subtract(s.effects, solution, a);
  return weighted(a.col(0), s.weights);
}

}  // namespace headwater
