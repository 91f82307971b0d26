// Absorbing effects is the same as regressing on their dummies, whatever the panel, the weights and the slopes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <Eigen/QR>
#include <Eigen/SVD>
#include <cmath>

#include "headwater/absorption/absorber.hpp"
#include "headwater/core/threads.hpp"
#include "random_panel.hpp"

namespace headwater::property {
namespace {

std::vector<Effect> any_effects(const Shape& shape, const Cells& cells, double offset = 0) {
  const int count = *rc::gen::inRange(1, 4);
  std::vector<Effect> effects;
  const std::vector<std::pair<std::string, const std::vector<std::int32_t>*>> keys = {
      {"unit", &cells.unit}, {"period", &cells.period}, {"area", &cells.area}};
  const int first = *rc::gen::inRange(0, 3);
  for (int q = 0; q < count; ++q) {
    const auto& [name, codes] = keys[static_cast<std::size_t>((first + q) % 3)];
    Effect effect{.levels = grouping_of(name, *codes)};
    effect.slopes.resize(cells.n(), 0);
    if (*rc::gen::inRange(0, 3) == 0) {
      effect.slopes =
          normals(shape, static_cast<std::uint32_t>(q + 10), cells.n(), *rc::gen::inRange(1, 3)).array() + offset;
      effect.slope_names.assign(static_cast<std::size_t>(effect.slopes.cols()), "z");
      effect.intercept = offset != 0 || *rc::gen::inRange(0, 3) > 0;
    }
    effects.push_back(std::move(effect));
  }
  return effects;
}

Matrix dummies(const std::vector<Effect>& effects, Index n) {
  Index columns = 0;
  for (const Effect& effect : effects)
    columns += effect.levels.count * ((effect.intercept ? 1 : 0) + effect.slopes.cols());
  Matrix D = Matrix::Zero(n, columns);
  Index at = 0;
  for (const Effect& effect : effects)
    for (std::int32_t g = 0; g < effect.levels.count; ++g) {
      const Index width = (effect.intercept ? 1 : 0) + effect.slopes.cols();
      for (Index i = 0; i < n; ++i) {
        if (effect.levels.code[static_cast<std::size_t>(i)] != g) continue;
        if (effect.intercept) D(i, at) = 1;
        for (Index s = 0; s < effect.slopes.cols(); ++s)
          D(i, at + (effect.intercept ? 1 : 0) + s) = effect.slopes(i, s);
      }
      at += width;
    }
  return D;
}

Matrix scaled_dummies(const std::vector<Effect>& effects, const Vector& weights, Index n) {
  Matrix D = dummies(effects, n);
  if (weights.size() > 0) D = weights.cwiseSqrt().asDiagonal() * D;
  for (Index j = 0; j < D.cols(); ++j)
    if (D.col(j).norm() > 0) D.col(j).normalize();
  return D;
}

// Whether the rank of the dummies is beyond doubt.
bool clear_rank(const Vector& singular) {
  for (Index j = 0; j < singular.size(); ++j)
    if (singular(j) > 1e-12 * singular(0) && singular(j) < 1e-4 * singular(0)) return false;
  return true;
}

RC_GTEST_PROP(Absorption, EqualsExplicitDummies, ()) {
  const Shape shape = any_shape();
  const Cells cells = cells_of(shape);
  RC_PRE(cells.n() > 3);
  const std::vector<Effect> effects = any_effects(shape, cells);
  const Vector weights = *rc::gen::arbitrary<bool>() ? weights_of(shape, cells.n()) : Vector();
  const Matrix x = normals(shape, 1, cells.n(), 3);
  const Matrix D = scaled_dummies(effects, weights, cells.n());
  const Eigen::JacobiSVD<Matrix> svd(D, Eigen::ComputeThinU | Eigen::ComputeThinV);
  RC_PRE(clear_rank(svd.singularValues()));

  const Absorber absorber(effects, weights, cells.n());
  const Absorbed absorbed = absorber.project(x);
  RC_ASSERT(absorbed.converged);
  RC_ASSERT(absorbed.certificate <= 1e-10);
  const Index rank = (svd.singularValues().array() > 1e-8 * svd.singularValues()(0)).count();
  RC_ASSERT(absorber.rank().rank == rank);
  std::int64_t own = 0;
  for (const auto& effect : absorber.rank().effects) own += effect.levels - effect.redundant;
  RC_ASSERT(own == rank);

  const Vector root = weights.size() > 0 ? Vector(weights.cwiseSqrt()) : Vector(Vector::Ones(cells.n()));
  const Matrix basis = svd.matrixU().leftCols(rank);
  const Matrix target = root.asDiagonal() * x;
  const Matrix left = target - basis * (basis.transpose() * target);
  const Matrix got = root.asDiagonal() * absorbed.columns;
  for (Index j = 0; j < x.cols(); ++j) RC_ASSERT((got.col(j) - left.col(j)).norm() <= 1e-10 * target.col(j).norm());
}

RC_GTEST_PROP(Absorption, SolutionsOfTheEffectsReproduceWhatWasTakenOut, ()) {
  const Shape shape = any_shape();
  const Cells cells = cells_of(shape);
  RC_PRE(cells.n() > 3);
  const std::vector<Effect> effects = any_effects(shape, cells);
  const Vector weights = *rc::gen::arbitrary<bool>() ? weights_of(shape, cells.n()) : Vector();
  const Vector x = normals(shape, 1, cells.n(), 1).col(0).array() + 5;
  const Absorber absorber(effects, weights, cells.n());
  const Absorbed absorbed = absorber.project(x);
  RC_PRE(absorbed.converged);
  const std::vector<Matrix> solutions = absorber.coefficients(x);
  Vector taken = Vector::Zero(cells.n());
  for (std::size_t q = 0; q < effects.size(); ++q)
    for (Index i = 0; i < cells.n(); ++i) {
      const std::int32_t g = effects[q].levels.code[static_cast<std::size_t>(i)];
      const Index lead = effects[q].intercept ? 1 : 0;
      if (lead > 0) taken(i) += solutions[q](g, 0);
      for (Index s = 0; s < effects[q].slopes.cols(); ++s)
        taken(i) += solutions[q](g, lead + s) * effects[q].slopes(i, s);
    }
  RC_ASSERT((x - taken - absorbed.columns.col(0)).norm() <= 1e-8 * x.norm());
}

// Slopes on a variable far from zero, such as the year.
RC_GTEST_PROP(Absorption, TakesSlopesFarFromZero, ()) {
  const Shape shape = any_shape();
  const Cells cells = cells_of(shape);
  RC_PRE(cells.n() > 3);
  const Matrix x = normals(shape, 1, cells.n(), 1);
  Effect effect{.levels = grouping_of("unit", cells.unit),
                .intercept = true,
                .slopes = normals(shape, 3, cells.n(), 1),
                .slope_names = {"z"}};
  const Absorber near({effect}, Vector(), cells.n());
  const Absorbed wanted = near.project(x);
  effect.slopes.array() += 16384;  // exact enough: the draws lose a few of their last digits
  const Absorber far({effect}, Vector(), cells.n());
  const Absorbed got = far.project(x);
  RC_ASSERT(got.converged);
  RC_ASSERT(far.rank().rank == near.rank().rank);
  RC_ASSERT((got.columns - wanted.columns).norm() <= 1e-6 * x.norm());
}

RC_GTEST_PROP(Absorption, HasTheSameBitsForAnyNumberOfThreads, ()) {
  const Shape shape = any_shape();
  const Cells cells = cells_of(shape);
  RC_PRE(cells.n() > 3);
  const std::vector<Effect> effects = any_effects(shape, cells);
  const Matrix x = normals(shape, 1, cells.n(), 9);
  set_threads(1);
  const Matrix one = Absorber(effects, Vector(), cells.n()).project(x).columns;
  for (const int count : {2, 7}) {
    set_threads(count);
    const Matrix many = Absorber(effects, Vector(), cells.n()).project(x).columns;
    RC_ASSERT((one.array() == many.array()).all());
  }
  set_threads(0);
}

}  // namespace
}  // namespace headwater::property
