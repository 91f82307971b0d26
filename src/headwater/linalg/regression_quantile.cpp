// A linear programme (Koenker and Bassett 1978, theorem 3.1): some optimum fits p rows exactly. Start: Newton's steps
// on the check function smoothed by the logistic distribution, whose width shrinks as long as rows enough lie in it
// (Fernandes, Guerre and Horta 2021). Then from vertex to vertex, down the steepest edge and past all kinks up to the
// lowest point of the edge (Barrodale and Roberts 1974), until no edge leads down: what comes out is exact whatever the
// start. Ties are broken by numbers of the rows' own that are smaller than any positive one (the lexicographic rule),
// so that no vertex comes twice. All in coordinates in which the columns are orthonormal.
#include "headwater/linalg/regression_quantile.hpp"

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

constexpr double kTie = 1e-12;    // of the size of a row's numbers: a residual that is zero
constexpr double kSlope = 1e-10;  // of the edge's slopes, which are of size one
constexpr double kNothingLeft = 1e-13;
constexpr int kMostWidths = 40;
constexpr int kStepsAWidth = 12;
constexpr int kMostPivots = 100000;

double check_loss(double e, double tau) { return e * (e < 0 ? tau - 1 : tau); }

// Numbers between 1 and 2 with no pattern, the same in every run.
double own_number(Index i) {
  const double x = std::sin(static_cast<double>(i + 1) * 12.9898) * 43758.5453;
  return 1 + (x - std::floor(x));
}

struct Smoothed {
  double value = 0;
  Vector score;      // p: minus the gradient
  Matrix curvature;  // p × p
};

Smoothed smoothed_at(const Matrix& Z, const Vector& e, double tau, double width) {
  const Vector below = e.unaryExpr([&](double v) { return 1 / (1 + std::exp(std::clamp(v / width, -700.0, 700.0))); });
  const Vector values = e.unaryExpr(
      [&](double v) { return tau * v + std::max(-v, 0.0) + width * std::log1p(std::exp(-std::abs(v) / width)); });
  const Vector inside = below.cwiseProduct(Vector(1 - below.array())) / width;
  return {pairwise_sum(values.data(), static_cast<std::size_t>(values.size())),
          Z.transpose() * Vector(tau - below.array()), Z.transpose() * (Z.array().colwise() * inside.array()).matrix()};
}

Vector smoothed_step(const Smoothed& at) { return at.curvature.fullPivLu().solve(at.score); }

// A fit near the optimum.
Vector smoothed_fit(const Matrix& Z, const Vector& y, double tau) {
  Vector b = Z.transpose() * y;
  double width = std::sqrt((y - Z * b).squaredNorm() / static_cast<double>(y.size()));
  for (int narrower = 0; narrower < kMostWidths && width > 0; ++narrower, width /= 3) {
    Smoothed at = smoothed_at(Z, y - Z * b, tau, width);
    for (int step = 0; step < kStepsAWidth; ++step) {
      const Vector move = smoothed_step(at);
      double length = 1;
      Smoothed there;
      do {
        there = smoothed_at(Z, y - Z * (b + length * move), tau, width);
        length /= 2;
      } while (!(there.value <= at.value) && length > 1e-4);
      if (!(there.value < at.value)) break;
      const bool settled = at.value - there.value <= 1e-9 * at.value;
      b += 2 * length * move;
      at = std::move(there);
      if (settled) break;
    }
    if (((y - Z * b).cwiseAbs().array() < width).count() < 4 * Z.cols()) break;
  }
  return b;
}

// Rows that are fitted best, as many as columns, none of which follows from the others.
std::vector<Index> first_vertex(const Matrix& Z, const Vector& e) {
  std::vector<Index> order(static_cast<std::size_t>(e.size())), vertex;
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return std::abs(e(a)) < std::abs(e(b)); });
  Matrix basis(Z.cols(), Z.cols());
  for (const double share : {1e-2, 1e-4, 1e-7, 0.0})
    for (const Index i : order) {
      const auto found = static_cast<Index>(vertex.size());
      if (found == Z.cols()) break;
      Vector own = Z.row(i).transpose();
      const double size = own.norm();
      for (int pass = 0; pass < 2; ++pass) own -= basis.leftCols(found) * (basis.leftCols(found).transpose() * own);
      if (!(own.norm() > share * size)) continue;
      basis.col(found) = own.normalized();
      vertex.push_back(i);
    }
  return vertex;
}

// Where an edge crosses a row's zero: how far along, and the same of the tie-breaking numbers.
struct Kink {
  double at, breaker, slope;
  Index row;
  bool operator<(const Kink& other) const { return at != other.at ? at < other.at : breaker < other.breaker; }
};

class Descent {
 public:
  Descent(const Matrix& Z, const Vector& y, double tau, std::vector<Index> vertex)
      : Z_(Z), y_(y), tau_(tau), vertex_(std::move(vertex)), breakers_(y.size()) {
    for (Index i = 0; i < y.size(); ++i) breakers_(i) = own_number(i);
    settle();
  }

  // One edge down; false where none leads down.
  bool step() {
    const Edge edge = steepest();
    if (!(edge.slope < -kSlope)) return false;
    std::vector<Kink> kinks = kinks_along(edge);
    std::sort(kinks.begin(), kinks.end());
    double slope = edge.slope;
    for (const Kink& kink : kinks) {
      slope += kink.slope;
      if (slope < -kSlope) continue;
      vertex_[static_cast<std::size_t>(edge.leaves)] = kink.row;
      settle();
      return true;
    }
    return false;  // not reached: the objective is bounded below
  }

  // Whether an edge of slope zero leads away from here.
  bool unique() const {
    for (Index j = 0; j < multipliers_.size(); ++j)
      for (const double direction : {1.0, -1.0}) {
        const Edge edge{j, direction, slope_of(j, direction)};
        if (edge.slope > kSlope) continue;
        const std::vector<Kink> kinks = kinks_along(edge);
        if (std::none_of(kinks.begin(), kinks.end(), [](const Kink& k) { return k.at == 0; })) return false;
      }
    return true;
  }

  // How far functional'b goes in a direction until the multiplier that holds it there reaches `limit`.
  double reach(const Vector& functional, double direction, double limit) {
    double at = functional.dot(coefficients_), from = at, held = 0, held_before = 0;
    for (int step = 0; step < kMostPivots; ++step) {
      const Release release = next_release(functional, direction, held);
      held = release.held;
      const std::vector<Kink> kinks = kinks_along(release.edge);
      const auto nearest = std::min_element(kinks.begin(), kinks.end());
      if (nearest == kinks.end() || nearest->at > 0) {
        if (std::abs(held) > limit) return from + (at - from) * (limit - held_before) / (std::abs(held) - held_before);
        from = at;
        held_before = std::abs(held);
      }
      if (nearest == kinks.end()) break;
      vertex_[static_cast<std::size_t>(release.edge.leaves)] = nearest->row;
      settle();
      at = functional.dot(coefficients_);
    }
    return direction * INFINITY;
  }

  RegressionQuantile result() const {
    RegressionQuantile found;
    found.residuals = residuals_;
    found.signs = signs_;
    for (std::size_t j = 0; j < vertex_.size(); ++j) found.signs(vertex_[j]) = -multipliers_(static_cast<Index>(j));
    found.vertex = vertex_;
    const Vector losses = residuals_.unaryExpr([this](double e) { return check_loss(e, tau_); });
    found.objective = pairwise_sum(losses.data(), static_cast<std::size_t>(losses.size()));
    found.unique = unique();
    return found;
  }

 private:
  struct Edge {
    Index leaves = 0;      // position in the vertex of the row that is let go
    double direction = 1;  // 1: its residual falls
    double slope = 0;
  };

  // Held by a multiplier that grows from `held`, the vertex stays the best until one of its rows is at its bound.
  struct Release {
    Edge edge;
    double held;
  };

  Release next_release(const Vector& functional, double direction, double held) const {
    const Vector moved = inverse_.transpose() * functional;
    Release next{{}, -direction * INFINITY};
    for (Index k = 0; k < moved.size(); ++k) {
      if (std::abs(moved(k)) <= kSlope * moved.cwiseAbs().maxCoeff()) continue;
      const bool falls = (moved(k) > 0) == (direction > 0);
      const double own = ((falls ? tau_ - 1 : tau_) + multipliers_(k)) / moved(k);
      if (direction * (own - next.held) > 0) next = {{k, falls ? 1.0 : -1.0, 0}, own};
    }
    next.held = direction > 0 ? std::min(next.held, held) : std::max(next.held, held);
    return next;
  }

  // Everything that follows from the vertex.
  void settle() {
    const Matrix own = Z_(vertex_, Eigen::all);
    const Eigen::FullPivLU<Matrix> solver(own);
    inverse_ = solver.inverse();
    const Vector outcome = y_(vertex_);
    Vector b = solver.solve(outcome);
    b += solver.solve(outcome - own * b);
    residuals_ = y_ - Z_ * b;
    coefficients_ = b;
    breaking_ = breakers_ - Z_ * solver.solve(Vector(breakers_(vertex_)));
    const Vector size = y_.cwiseAbs() + Z_.cwiseAbs() * b.cwiseAbs();
    signs_.resize(y_.size());
    for (Index i = 0; i < y_.size(); ++i) {
      if (std::abs(residuals_(i)) <= kTie * size(i)) residuals_(i) = 0;
      const double e = residuals_(i) != 0 ? residuals_(i) : breaking_(i);
      signs_(i) = e < 0 ? tau_ - 1 : tau_;
    }
    for (const Index i : vertex_) residuals_(i) = breaking_(i) = signs_(i) = 0;
    multipliers_ = inverse_.transpose() * (Z_.transpose() * signs_);
  }

  double slope_of(Index j, double direction) const {
    return direction > 0 ? 1 - tau_ - multipliers_(j) : tau_ + multipliers_(j);
  }

  // Steepest by how far the coefficients move.
  Edge steepest() const {
    Edge best;
    double steepness = 0;
    for (Index j = 0; j < multipliers_.size(); ++j)
      for (const double direction : {1.0, -1.0}) {
        const double slope = slope_of(j, direction), own = slope / inverse_.col(j).norm();
        if (!(slope < -kSlope) || own >= steepness) continue;
        steepness = own;
        best = {j, direction, slope};
      }
    return best;
  }

  std::vector<Kink> kinks_along(const Edge& edge) const {
    const Vector along = inverse_.col(edge.leaves), moves = edge.direction * (Z_ * along);
    const Vector size = Z_.cwiseAbs() * along.cwiseAbs();
    std::vector<bool> fitted(static_cast<std::size_t>(y_.size()), false);
    for (const Index i : vertex_) fitted[static_cast<std::size_t>(i)] = true;
    std::vector<Kink> kinks;
    for (Index i = 0; i < y_.size(); ++i) {
      // The residual falls by `moves`: it reaches zero where both have one sign. A row like one that stays does not
      // move.
      const bool above = signs_(i) > 0, still = std::abs(moves(i)) <= kTie * size(i);
      if (fitted[static_cast<std::size_t>(i)] || still || (above ? !(moves(i) > 0) : !(moves(i) < 0))) continue;
      kinks.push_back({residuals_(i) / moves(i), breaking_(i) / moves(i), std::abs(moves(i)), i});
    }
    return kinks;
  }

  const Matrix& Z_;
  const Vector& y_;
  double tau_;
  std::vector<Index> vertex_;
  Vector breakers_;  // of the rows' own, as if added to y a vanishing number of times
  Matrix inverse_;   // of the vertex's rows
  Vector coefficients_, residuals_, breaking_, signs_, multipliers_;
};

// X = ZR, the columns of Z orthonormal.
struct Orthonormal {
  Matrix Z, R;
};

Orthonormal orthonormal(const Matrix& X) {
  const Eigen::HouseholderQR<Matrix> qr(X);
  Orthonormal columns{qr.householderQ() * Matrix::Identity(X.rows(), X.cols()), qr.matrixQR().topRows(X.cols())};
  for (Index j = 0; j < X.cols(); ++j)
    if (std::abs(columns.R(j, j)) <= kNothingLeft * X.col(j).norm())
      throw Error(ErrorKind::numerical, "linalg.no_vertex",
                  "a regressor depends on those before it, so no rows determine the coefficients of a quantile");
  return columns;
}

Descent started(const Matrix& Z, const Vector& y, double tau) {
  return {Z, y, tau, first_vertex(Z, y - Z * smoothed_fit(Z, y, tau))};
}

}  // namespace

RegressionQuantile regression_quantile(const Matrix& X, const Vector& y, double tau) {
  if (X.cols() == 0) {
    RegressionQuantile none{Vector(0), y, y.unaryExpr([&](double e) { return e < 0 ? tau - 1 : tau; }), {}};
    for (Index i = 0; i < y.size(); ++i) none.objective += check_loss(y(i), tau);
    return none;
  }
  const Matrix Z = orthonormal(X).Z;
  Descent descent = started(Z, y, tau);
  int steps = 0;
  while (steps < kMostPivots && descent.step()) ++steps;
  RegressionQuantile found = descent.result();
  found.steps = steps;
  found.settled = steps < kMostPivots;
  const Matrix own = X(found.vertex, Eigen::all);
  const Eigen::FullPivLU<Matrix> solver(own);
  const Vector outcome = y(found.vertex);
  found.coefficients = solver.solve(outcome);
  found.coefficients += solver.solve(outcome - own * found.coefficients);
  return found;
}

RankRange rank_range(const Matrix& X, const Vector& y, double tau, Index column, double limit) {
  const Orthonormal columns = orthonormal(X);
  Descent best = started(columns.Z, y, tau);
  for (int steps = 0; steps < kMostPivots && best.step();) ++steps;
  const Vector functional = columns.R.triangularView<Eigen::Upper>().transpose().solve(Vector::Unit(X.cols(), column));
  Descent down = best;
  return {down.reach(functional, -1, limit), best.reach(functional, 1, limit)};
}

}  // namespace headwater
