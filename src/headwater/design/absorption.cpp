// The question: what is left of a column when everything constant within the levels of the effects is taken out?
// Model: x = D₁a₁ + ... + D_Q a_Q + x̃ with D'W x̃ = 0. The effect with most levels and no slopes is eliminated exactly
// (its Gram matrix is diagonal); the others leave a Schur complement that is factored once (Cholesky that finds its
// rank), so the solve is direct. Above kDenseColumns remaining columns, conjugate gradients on the same complement.
// Certificate of a column: max over effect columns d of |d'W x̃| / (‖d‖_W ‖x‖_W), computed afterwards whatever the
// engine; it must not exceed 1e-10. reghdfe and fixest stop on changes between iterations instead.
#include "headwater/design/absorption.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/linalg/gram.hpp"

namespace headwater {
namespace {

constexpr double kCertificate = 1e-10;
constexpr Index kDenseColumns = 4096;
constexpr int kMostIterations = 5000;
constexpr int kMostPasses = 8;
constexpr double kSettled = 1e-13;  // of the certificate, where passes end

Index width_of(const Effect& effect) { return (effect.intercept ? 1 : 0) + effect.slopes.cols(); }

// One effect's columns, applied without forming them.
class EffectColumns {
 public:
  explicit EffectColumns(const Effect& effect) : effect_(&effect), width_(width_of(effect)) {}

  Index size() const { return effect_->levels.count * width_; }
  Index width() const { return width_; }
  std::int32_t level(Index row) const { return effect_->levels.code[static_cast<std::size_t>(row)]; }
  double value(Index row, Index c) const {
    if (!effect_->intercept) return effect_->slopes(row, c);
    return c == 0 ? 1.0 : effect_->slopes(row, c - 1);
  }
  // sum += D'v
  void gather(const Vector& v, Eigen::Ref<Vector> sum) const {
    for (Index i = 0; i < v.size(); ++i)
      for (Index c = 0; c < width_; ++c) sum(level(i) * width_ + c) += value(i, c) * v(i);
  }
  // out += D a
  void scatter(const Eigen::Ref<const Vector>& a, Vector& out) const {
    for (Index i = 0; i < out.size(); ++i)
      for (Index c = 0; c < width_; ++c) out(i) += value(i, c) * a(level(i) * width_ + c);
  }

 private:
  const Effect* effect_;
  Index width_;
};

// The effect that is eliminated: most levels among those without slopes, or none.
std::size_t largest_simple(const std::vector<Effect>& effects) {
  std::size_t best = effects.size();
  for (std::size_t q = 0; q < effects.size(); ++q)
    if (effects[q].slopes.cols() == 0 && effects[q].intercept &&
        (best == effects.size() || effects[q].levels.count > effects[best].levels.count))
      best = q;
  return best;
}

class UnionFind {
 public:
  explicit UnionFind(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  bool join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (a == b) return false;
    parent_[a] = b;
    return true;
  }

 private:
  std::vector<std::size_t> parent_;
};

std::int64_t connected_components(const Grouping& a, const Grouping& b) {
  UnionFind graph(static_cast<std::size_t>(a.count + b.count));
  std::int64_t components = a.count + b.count;
  for (std::size_t i = 0; i < a.code.size(); ++i)
    components -= graph.join(static_cast<std::size_t>(a.code[i]), static_cast<std::size_t>(a.count + b.code[i]));
  return components;
}

// Centred slopes whose spread is below this share of their size within a level are constant there.
constexpr double kFlatSlope = 1e-12;

// Slopes beside an intercept, centred within each level: the same span, without the cancellation that a variable far
// from zero (a year) brings. Returns the means, levels × slopes.
Matrix centre_slopes(Effect& effect, const Vector& weights) {
  const Index n = effect.slopes.rows(), s = effect.slopes.cols();
  const auto& code = effect.levels.code;
  Matrix means = Matrix::Zero(effect.levels.count, s);
  if (!effect.intercept || s == 0) return means;
  const auto weight = [&](Index i) { return weights.size() > 0 ? weights(i) : 1.0; };
  Vector mass = Vector::Zero(effect.levels.count);
  for (Index i = 0; i < n; ++i) mass(code[static_cast<std::size_t>(i)]) += weight(i);
  Matrix size = Matrix::Zero(effect.levels.count, s), spread = size;
  for (int pass = 0; pass < 2; ++pass) {
    Matrix shift = Matrix::Zero(effect.levels.count, s);
    for (Index i = 0; i < n; ++i) shift.row(code[static_cast<std::size_t>(i)]) += weight(i) * effect.slopes.row(i);
    shift.array().colwise() /= mass.array();
    for (Index i = 0; i < n; ++i) {
      const std::int32_t level = code[static_cast<std::size_t>(i)];
      if (pass == 0) size.row(level) = size.row(level).cwiseMax(effect.slopes.row(i).cwiseAbs());
      effect.slopes.row(i) -= shift.row(level);
      if (pass == 1) spread.row(level) = spread.row(level).cwiseMax(effect.slopes.row(i).cwiseAbs());
    }
    means += shift;
  }
  for (Index i = 0; i < n; ++i)
    for (Index c = 0; c < s; ++c) {
      const std::int32_t level = code[static_cast<std::size_t>(i)];
      if (spread(level, c) <= kFlatSlope * size(level, c)) effect.slopes(i, c) = 0;
    }
  return means;
}

}  // namespace

struct Absorber::State {
  std::vector<Effect> effects;      // slopes beside an intercept are centred
  std::vector<Matrix> slope_means;  // what centring took off, one matrix an effect
  Vector weights;
  Index rows = 0;
  std::size_t eliminated = 0;       // effects.size(): none
  Vector eliminated_mass;           // Σw per level of the eliminated effect
  std::vector<std::size_t> others;  // the effects in the Schur complement, in declared order
  std::vector<Index> offset;        // first column of each of others
  Index columns = 0;                // of the Schur complement
  std::unique_ptr<GramFactor> factor;
  Vector squared_norms;  // the diagonal of D'WD of others
  EffectsRank rank;

  double weight(Index i) const { return weights.size() > 0 ? weights(i) : 1.0; }
  Vector weighted(const Vector& v) const { return weights.size() > 0 ? Vector(v.cwiseProduct(weights)) : v; }

  Vector level_means(const Vector& v) const {
    const auto& code = effects[eliminated].levels.code;
    Vector means = Vector::Zero(effects[eliminated].levels.count);
    for (Index i = 0; i < rows; ++i) means(code[static_cast<std::size_t>(i)]) += weight(i) * v(i);
    return means.cwiseQuotient(eliminated_mass);
  }
  void eliminate(Vector& v) const {
    if (eliminated == effects.size()) return;
    const Vector means = level_means(v);
    const auto& code = effects[eliminated].levels.code;
    for (Index i = 0; i < rows; ++i) v(i) -= means(code[static_cast<std::size_t>(i)]);
  }
  Vector gather(const Vector& v) const {
    const Vector wv = weighted(v);
    Vector sums = Vector::Zero(columns);
    for (std::size_t o = 0; o < others.size(); ++o) {
      const EffectColumns D(effects[others[o]]);
      D.gather(wv, sums.segment(offset[o], D.size()));
    }
    return sums;
  }
  Vector scatter(const Vector& a) const {
    Vector v = Vector::Zero(rows);
    for (std::size_t o = 0; o < others.size(); ++o) {
      const EffectColumns D(effects[others[o]]);
      D.scatter(a.segment(offset[o], D.size()), v);
    }
    return v;
  }

  void prepare();
  Vector fill_gram(Matrix& gram) const;
  void count_rank();
  std::int64_t total_rank() const;
  Vector conjugate_gradients(const Vector& right, int& iterations) const;
  Vector solve(const Vector& right, int& iterations) const;
  Vector project_one(const Vector& x, Vector& coefficients, int& iterations) const;
  double certificate(const Vector& projected, const Vector& original) const;
};

void Absorber::State::prepare() {
  eliminated = largest_simple(effects);
  if (eliminated < effects.size()) {
    eliminated_mass = Vector::Zero(effects[eliminated].levels.count);
    for (Index i = 0; i < rows; ++i)
      eliminated_mass(effects[eliminated].levels.code[static_cast<std::size_t>(i)]) += weight(i);
  }
  for (std::size_t q = 0; q < effects.size(); ++q) {
    if (q == eliminated) continue;
    others.push_back(q);
    offset.push_back(columns);
    columns += EffectColumns(effects[q]).size();
  }
  if (columns == 0) return;
  if (columns <= kDenseColumns) {
    Matrix gram = Matrix::Zero(columns, columns);
    squared_norms = fill_gram(gram);
    factor = std::make_unique<GramFactor>(std::move(gram), squared_norms, [this](const Vector& a) {
      Vector left = scatter(a);
      eliminate(left);
      return GramFactor::Remainder{gather(left), left.dot(weighted(left))};
    });
    return;
  }
  if (effects.size() > 2 || effects[others[0]].slopes.cols() > 0 || eliminated == effects.size())
    throw Error(ErrorKind::numerical, "absorption.too_large",
                "the effects besides the largest have " + std::to_string(columns) + " columns, above the " +
                    std::to_string(kDenseColumns) + " whose exact rank can be found; absorb fewer or coarser effects");
  squared_norms = Vector::Zero(columns);
  const auto& code = effects[others[0]].levels.code;
  for (Index i = 0; i < rows; ++i) squared_norms(code[static_cast<std::size_t>(i)]) += weight(i);
}

// D'W M₁ D = D'WD − (D'W D₁)(D₁'W D₁)⁻¹(D₁'W D), accumulated level by level of the eliminated effect.
// Returns the diagonal of D'WD.
Vector Absorber::State::fill_gram(Matrix& gram) const {
  std::vector<std::pair<Index, double>> entries;
  const auto row_entries = [&](Index i) {
    entries.clear();
    for (std::size_t o = 0; o < others.size(); ++o) {
      const EffectColumns D(effects[others[o]]);
      for (Index c = 0; c < D.width(); ++c) entries.emplace_back(offset[o] + D.level(i) * D.width() + c, D.value(i, c));
    }
  };
  for (Index i = 0; i < rows; ++i) {
    row_entries(i);
    for (const auto& [a, x] : entries)
      for (const auto& [b, z] : entries) gram(a, b) += weight(i) * x * z;
  }
  Vector before = gram.diagonal();
  if (eliminated == effects.size()) return before;
  const Grouping& levels = effects[eliminated].levels;
  std::vector<std::vector<Index>> members(static_cast<std::size_t>(levels.count));
  for (Index i = 0; i < rows; ++i)
    members[static_cast<std::size_t>(levels.code[static_cast<std::size_t>(i)])].push_back(i);
  Vector sums = Vector::Zero(columns);
  std::vector<Index> touched;
  for (std::size_t g = 0; g < members.size(); ++g) {
    touched.clear();
    for (const Index i : members[g]) {
      row_entries(i);
      for (const auto& [a, x] : entries) {
        if (sums(a) == 0) touched.push_back(a);
        sums(a) += weight(i) * x;
      }
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (auto from = touched.begin(); from != touched.end(); ++from) {
      const double share = sums(*from) / eliminated_mass(static_cast<Index>(g));
      for (auto to = from; to != touched.end(); ++to) gram(*to, *from) -= sums(*to) * share;
    }
    for (const Index a : touched) sums(a) = 0;
  }
  gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
  return before;
}

std::int64_t Absorber::State::total_rank() const {
  const std::int64_t own = eliminated < effects.size() ? effects[eliminated].levels.count : 0;
  if (factor) return own + factor->rank();
  if (others.empty()) return own;
  return own + columns - connected_components(effects[eliminated].levels, effects[others[0]].levels);
}

// Redundant columns of each effect given those before it, by the ranks of the leading effects.
void Absorber::State::count_rank() {
  rank.rank = total_rank();
  const bool simple = effects.size() <= 2 &&
                      std::all_of(effects.begin(), effects.end(), [](const Effect& e) { return e.slopes.cols() == 0; });
  std::int64_t before = 0;
  for (std::size_t q = 0; q < effects.size(); ++q) {
    const std::int64_t own = EffectColumns(effects[q]).size();
    std::int64_t upto = rank.rank;
    if (q + 1 < effects.size())
      upto = simple ? own
                    : Absorber({effects.begin(), effects.begin() + static_cast<std::ptrdiff_t>(q) + 1}, weights, rows)
                          .rank()
                          .rank;
    rank.effects.push_back({effects[q].levels.name, own, own - (upto - before)});
    before = upto;
  }
}

Vector Absorber::State::conjugate_gradients(const Vector& right, int& iterations) const {
  Vector x = Vector::Zero(columns), r = right, z = r.cwiseQuotient(squared_norms), p = z;
  double rz = r.dot(z);
  const double enough = rz * 1e-30;
  for (int i = 0; i < kMostIterations && rz > enough && rz > 0; ++i, ++iterations) {
    Vector v = scatter(p);
    eliminate(v);
    const Vector q = gather(v);
    const double curvature = p.dot(q);
    if (!(curvature > 0)) break;
    const double step = rz / curvature;
    x += step * p;
    r -= step * q;
    z = r.cwiseQuotient(squared_norms);
    const double next = r.dot(z);
    p = z + (next / rz) * p;
    rz = next;
  }
  return x;
}

Vector Absorber::State::solve(const Vector& right, int& iterations) const {
  return factor ? Vector(factor->solve(right)) : conjugate_gradients(right, iterations);
}

// Two passes, the second for what rounding left of the first, and more while nearly dependent effect columns need them.
Vector Absorber::State::project_one(const Vector& x, Vector& coefficients, int& iterations) const {
  Vector v = x;
  coefficients = Vector::Zero(columns);
  eliminate(v);
  if (columns == 0) {
    eliminate(v);
    return v;
  }
  const double enough = kSettled * std::sqrt(x.dot(weighted(x)));
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const Vector products = gather(v);
    if (pass > 1 && (products.array().abs() <= enough * squared_norms.array().sqrt()).all()) break;
    const Vector step = solve(products, iterations);
    coefficients += step;
    v -= scatter(step);
    eliminate(v);
  }
  return v;
}

double Absorber::State::certificate(const Vector& projected, const Vector& original) const {
  const Vector wv = weighted(projected);
  const double norm = std::sqrt(original.dot(weighted(original)));
  if (!(norm > 0)) return 0;
  double worst = 0;
  for (const Effect& effect : effects) {
    const EffectColumns D(effect);
    Vector sums = Vector::Zero(D.size()), squares = Vector::Zero(D.size());
    D.gather(wv, sums);
    for (Index i = 0; i < rows; ++i)
      for (Index c = 0; c < D.width(); ++c)
        squares(D.level(i) * D.width() + c) += weight(i) * D.value(i, c) * D.value(i, c);
    for (Index j = 0; j < D.size(); ++j)
      if (squares(j) > 0) worst = std::max(worst, std::abs(sums(j)) / (std::sqrt(squares(j)) * norm));
  }
  return worst;
}

Absorber::Absorber(const std::vector<Effect>& effects, const Vector& weights, Index rows)
    : state_(std::make_unique<State>()) {
  state_->effects = effects;
  state_->weights = weights;
  state_->rows = rows;
  if (effects.empty()) return;
  for (Effect& effect : state_->effects) state_->slope_means.push_back(centre_slopes(effect, weights));
  state_->prepare();
  state_->count_rank();
}

Absorber::~Absorber() = default;
Absorber::Absorber(Absorber&&) noexcept = default;
Absorber& Absorber::operator=(Absorber&&) noexcept = default;

Absorbed Absorber::project(const Matrix& columns) const {
  Absorbed absorbed;
  absorbed.columns = columns;
  if (state_->effects.empty()) return absorbed;
  const auto count = static_cast<std::size_t>(columns.cols());
  std::vector<double> certificates(count, 0);
  std::vector<int> iterations(count, 0);
  parallel_for(count, [&](std::size_t j) {
    const auto column = static_cast<Index>(j);
    const Vector original = columns.col(column);
    Vector unused;
    absorbed.columns.col(column) = state_->project_one(original, unused, iterations[j]);
    certificates[j] = state_->certificate(absorbed.columns.col(column), original);
  });
  for (std::size_t j = 0; j < count; ++j) {
    absorbed.certificate = std::max(absorbed.certificate, certificates[j]);
    absorbed.iterations = std::max(absorbed.iterations, iterations[j]);
  }
  absorbed.converged = absorbed.certificate <= kCertificate;
  return absorbed;
}

const EffectsRank& Absorber::rank() const { return state_->rank; }

std::vector<Matrix> Absorber::coefficients(const Vector& target) const {
  const State& s = *state_;
  std::vector<Matrix> result(s.effects.size());
  if (s.effects.empty()) return result;
  Vector a;
  int iterations = 0;
  s.project_one(target, a, iterations);
  for (std::size_t o = 0; o < s.others.size(); ++o) {
    const EffectColumns D(s.effects[s.others[o]]);
    Matrix& own = result[s.others[o]];
    own = a.segment(s.offset[o], D.size()).reshaped<Eigen::RowMajor>(D.size() / D.width(), D.width());
    const Matrix& means = s.slope_means[s.others[o]];
    if (s.effects[s.others[o]].intercept && means.cols() > 0)
      own.col(0) -= own.rightCols(means.cols()).cwiseProduct(means).rowwise().sum();
  }
  if (s.eliminated < s.effects.size()) {
    const Vector rest = s.columns > 0 ? Vector(target - s.scatter(a)) : target;
    result[s.eliminated] = s.level_means(rest);
  }
  if (!s.effects.front().intercept) return result;
  const double mass = s.weights.size() > 0 ? s.weights.sum() : static_cast<double>(s.rows);
  for (std::size_t q = 1; q < s.effects.size(); ++q) {
    if (!s.effects[q].intercept) continue;
    double mean = 0;
    for (Index i = 0; i < s.rows; ++i)
      mean += s.weight(i) * result[q](s.effects[q].levels.code[static_cast<std::size_t>(i)], 0);
    mean /= mass;
    result[q].col(0).array() -= mean;
    result.front().col(0).array() += mean;
  }
  return result;
}

// The steps of coefficients() transposed, in reverse: the means at zero, the centred slopes, the eliminated effect, the
// Schur complement.
Vector Absorber::row_weights(std::vector<Matrix> functional) const {
  const State& s = *state_;
  Vector a = Vector::Zero(s.rows);
  if (s.effects.empty()) return a;
  const double mass = s.weights.size() > 0 ? s.weights.sum() : static_cast<double>(s.rows);
  if (s.effects.front().intercept)
    for (std::size_t q = 1; q < s.effects.size(); ++q) {
      if (!s.effects[q].intercept) continue;
      const double moved = (functional.front().col(0).sum() - functional[q].col(0).sum()) / mass;
      for (Index i = 0; i < s.rows; ++i)
        functional[q](s.effects[q].levels.code[static_cast<std::size_t>(i)], 0) += moved * s.weight(i);
    }
  Vector right = Vector::Zero(s.columns);
  for (std::size_t o = 0; o < s.others.size(); ++o) {
    Matrix& own = functional[s.others[o]];
    const Matrix& means = s.slope_means[s.others[o]];
    if (s.effects[s.others[o]].intercept && means.cols() > 0)
      own.rightCols(means.cols()) -= (means.array().colwise() * own.col(0).array()).matrix();
    right.segment(s.offset[o], own.size()) = own.reshaped<Eigen::RowMajor>();
  }
  if (s.eliminated < s.effects.size()) {
    const auto& code = s.effects[s.eliminated].levels.code;
    for (Index i = 0; i < s.rows; ++i) {
      const std::int32_t level = code[static_cast<std::size_t>(i)];
      a(i) = functional[s.eliminated](level, 0) / s.eliminated_mass(level);
    }
    right -= s.gather(a);
  }
  if (s.columns > 0) {
    int iterations = 0;
    Vector v = s.scatter(s.solve(right, iterations));
    s.eliminate(v);
    a += v;
  }
  return s.weighted(a);
}

}  // namespace headwater
