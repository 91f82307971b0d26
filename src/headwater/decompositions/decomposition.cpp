#include "headwater/decompositions/decomposition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr double kLost = 1e-8;   // of the total's standard error: covariance that went missing
constexpr double kReadable = 2;  // |estimate| / SE from which a total is a base for shares, and a share is normal
constexpr std::size_t kBandDraws = 20000, kBandBlock = 1000;
constexpr double kLeftOut = 0.1;  // second-order variance over first-order: 5 % of a standard error

std::vector<const Grouping*> ways_of(const MethodCall& rule, const Atoms& atoms) {
  return gathers(rule) == Gathers::clusters ? cluster_groupings(rule, atoms) : std::vector<const Grouping*>{};
}

// The same groups over cells instead of rows: every row of a cell carries one code.
Grouping over_cells(const Grouping& rows, const Grouping& cells) {
  Grouping result{.name = rows.name,
                  .code = std::vector<std::int32_t>(static_cast<std::size_t>(cells.count)),
                  .count = rows.count,
                  .labels = rows.labels};
  for (std::size_t i = 0; i < rows.code.size(); ++i)
    result.code[static_cast<std::size_t>(cells.code[i])] = rows.code[i];
  return result;
}

// Cluster rules only see sums by the intersection of their ways.
Grouping cells_of(const MethodCall& rule, const Atoms& atoms) {
  if (gathers(rule) == Gathers::clusters) return intersection(ways_of(rule, atoms));
  Grouping rows{.name = "row", .code = {}, .count = static_cast<std::int32_t>(atoms.n), .labels = {}};
  for (Index i = 0; i < atoms.n; ++i) rows.code.push_back(static_cast<std::int32_t>(i));
  return rows;
}

Atoms reduced(const MethodCall& rule, const Atoms& atoms, const Grouping& cells) {
  if (gathers(rule) != Gathers::clusters) return atoms;
  Atoms result;
  result.n = cells.count;
  for (const Grouping* way : ways_of(rule, atoms)) result.clusters.push_back(over_cells(*way, cells));
  return result;
}

void check_closure(Decomposition& d, double scale, Index rows) {
  d.closure_error = std::abs(d.estimates.values.sum() - d.total);
  d.tolerance = 64 * kEps * scale * std::sqrt(static_cast<double>(std::max<Index>(rows, 1)));
  if (d.closure_error <= d.tolerance) return;
  throw Error(ErrorKind::numerical, "decomposition.closure",
              "the parts of " + d.call + " sum to " + shortest(d.estimates.values.sum()) +
                  " but the total computed apart is " + shortest(d.total) +
                  ", further apart than rounding explains; nothing of it is shown, please report it with the data");
}

// What is no function of the fit's coefficients alone has no covariance under equal error variances.
void note_rows_of_their_own(Decomposition& d) {
  if (gathers(d.inference.rule) == Gathers::nothing && d.estimates.coefficient_block.size() == 0 &&
      !d.estimates.influence.isZero(0))
    d.notes.push_back({"decomposition.iid",
                       "iid is the covariance of coefficients; the standard errors of these parts take rows as "
                       "independent, each with a variance of its own, as robust does"});
}

// Shares of variance are squares and products of estimates: near zero the first order leaves out what matters.
void note_shares_near_zero(Decomposition& d) {
  if (d.unit != kShareOfVariance) return;
  Names near_zero;
  for (Index i = 0; i < d.estimates.values.size(); ++i) {
    const double share = std::abs(d.estimates.values(i)), error = std::sqrt(std::max(0.0, d.covariance(i, i)));
    if (share > 16 * kEps && share < kReadable * error)
      near_zero.push_back(d.estimates.names[static_cast<std::size_t>(i)]);
  }
  if (!near_zero.empty())
    d.notes.push_back({"decomposition.shares_near_zero",
                       "shares within two standard errors of zero are not normal and less certain than their standard "
                       "error says (" +
                           joined(near_zero, ", ") + "); read a bootstrap interval, bootstrap = cluster(draws = 999)"});
}

// Where both factors of a product are near zero their errors multiply, which no first-order standard error holds.
void note_products_near_zero(Decomposition& d) {
  Names near_zero;
  for (std::size_t i = 0; i < d.products.size(); ++i) {
    const ProductSum& product = d.products[i];
    if (product.pairs() == 0 || !d.estimates.estimable[i]) continue;
    const ProductVariance v = product_variance(product, product.covariance);
    if (v.first > 0 && v.second > kLeftOut * v.first)
      near_zero.push_back(d.estimates.names[i] + " " + significant(100 * (std::sqrt(1 + v.second / v.first) - 1), 2) +
                          " %");
  }
  if (!near_zero.empty())
    d.notes.push_back({"decomposition.products_near_zero",
                       "parts that are products of two estimates near zero have standard errors too small by (" +
                           joined(near_zero, ", ") + "); their intervals hold this and are not symmetric"});
}

// Below this a variance is rounding noise of sums that cancel: the squares that went into it, times 1e-13.
double rounding_variance(const Decomposition& d, const Vector& jacobian_row) {
  return 1e-13 * d.inference.factor * (d.estimates.influence * jacobian_row).squaredNorm();
}

void check_covariance(const Decomposition& d, double direct, const Vector& total_influence) {
  const double sum = d.covariance.sum(), size = d.covariance.cwiseAbs().maxCoeff();
  // Variances below the square of what parts may differ by are rounding, as those of a mean over one unit.
  const double rounding = 1e-13 * d.inference.factor * total_influence.squaredNorm() + d.tolerance * d.tolerance;
  if (std::abs(sum - direct) <= kLost * std::max(size, direct) + rounding) return;
  throw Error(ErrorKind::numerical, "decomposition.lost_covariance",
              "the joint covariance of the parts of " + d.call + " gives the total a variance of " +
                  significant(sum, 6) + " but computed directly it is " + significant(direct, 6) +
                  "; nothing of it is shown, please report it with the data");
}

// Several ways of clustering can give a negative variance, and a rule that sums over all units of a period sees nothing
// of a mean over them: such a number has no standard error, rather than one of zero.
void refuse_blind_variances(Decomposition& d, double total_variance, const Vector& total_influence) {
  Names blind;
  if (d.estimates.estimable.empty()) d.estimates.estimable.assign(static_cast<std::size_t>(d.covariance.rows()), true);
  for (Index i = 0; i < d.covariance.rows(); ++i) {
    const double rounding = rounding_variance(d, d.estimates.jacobian.row(i).transpose());
    if (rounding == 0 || d.covariance(i, i) > rounding || std::abs(d.estimates.values(i)) <= d.tolerance) continue;
    d.estimates.estimable[static_cast<std::size_t>(i)] = false;
    blind.push_back(d.estimates.names[static_cast<std::size_t>(i)]);
  }
  const double rounding = 1e-13 * d.inference.factor * total_influence.squaredNorm();
  if (rounding > 0 && total_variance <= rounding) {
    d.total_estimable = false;
    blind.emplace_back("total");
  }
  if (!blind.empty())
    d.notes.push_back({"decomposition.blind_rule", d.inference.rule.text + " gives no positive variance for " +
                                                       joined(blind, ", ") +
                                                       ", so they have no standard error; use another covariance"});
}

double variance(const Inference& inference, const Vector& psi, const Atoms& atoms) {
  return inference.factor * meat(inference.rule, psi, atoms)(0, 0);
}

}  // namespace

Inference inference_of(const Fit& fit, const Covariance& covariance) {
  const Spec& spec = fit.design->spec;
  return {.rule = covariance.rule,
          .factor = covariance.factor,
          .df = covariance.df,
          .level = spec.level,
          .seed = spec.seed};
}

Inference inference_of(const Spec& spec, const Atoms& atoms) {
  Inference inference{.rule = resolved_rule(spec.covariance, spec.profile, atoms),
                      .factor = 1,
                      .df = std::numeric_limits<double>::infinity(),
                      .level = spec.level,
                      .seed = spec.seed};
  std::int32_t fewest = std::numeric_limits<std::int32_t>::max();
  for (const Grouping* way : ways_of(inference.rule, atoms)) fewest = std::min(fewest, way->count);
  if (gathers(inference.rule) != Gathers::clusters) return inference;
  inference.df = fewest - 1;
  const bool own = inference.rule.get("groups", "min") == "own";
  if (!own && covariance_row(inference.rule.method).factor && profile_row(spec.profile).clusters != Scale::none)
    inference.factor = static_cast<double>(fewest) / (fewest - 1);
  return inference;
}

void finish(Decomposition& d, const Inference& inference, const Atoms& atoms, const Vector& total_influence,
            double scale) {
  d.inference = inference;
  if (d.additive) check_closure(d, scale, atoms.n);
  const Grouping cells = cells_of(inference.rule, atoms);
  d.atoms = reduced(inference.rule, atoms, cells);
  const bool clustered = gathers(inference.rule) == Gathers::clusters;
  if (clustered) d.estimates.influence = sums_by(d.estimates.influence, cells);
  d.estimates.factor = inference.factor;
  for (ProductSum& product : d.products) {
    if (product.pairs() == 0) continue;
    if (clustered) product.factors.influence = sums_by(product.factors.influence, cells);
    product.factors.factor = inference.factor;
    product.covariance = joint_covariance(product.factors, inference.rule, d.atoms);
  }
  d.covariance = joint_covariance(d.estimates, inference.rule, d.atoms);
  note_rows_of_their_own(d);
  note_shares_near_zero(d);
  if (!d.additive) return;
  d.total_influence = clustered ? Vector(sums_by(total_influence, cells)) : total_influence;
  const double total_variance = variance(inference, total_influence, atoms) + d.total_noise;
  check_covariance(d, total_variance, total_influence);
  refuse_blind_variances(d, total_variance, total_influence);
  note_products_near_zero(d);
  d.total_std_error = std::sqrt(std::max(0.0, total_variance));
  if (!d.total_estimable)
    d.shares_reason = "the total's own uncertainty is not estimable";
  else if (std::abs(d.total) < kReadable * d.total_std_error)
    d.shares_reason = "the total is less than twice its standard error, so shares of it say nothing";
  else if (std::abs(d.total) <= d.tolerance)
    d.shares_reason = "the total is zero";
}

double second_order_variance(const Decomposition& d, Index component) {
  if (d.products.empty()) return 0;
  const ProductSum& product = d.products[static_cast<std::size_t>(component)];
  return product.pairs() > 0 ? product_variance(product, product.covariance).second : 0;
}

Interval interval(const Decomposition& d, Index component, double reach) {
  if (!d.products.empty())
    if (const ProductSum& product = d.products[static_cast<std::size_t>(component)]; product.pairs() > 0)
      return product_interval(product, product.covariance, reach);
  const double value = d.estimates.values(component),
               half = reach * std::sqrt(std::max(0.0, d.covariance(component, component)));
  return {value - half, value + half};
}

void add_extra(Decomposition& d, const std::string& name, double value, const std::string& description,
               const std::string& unit) {
  d.extras.push_back({.name = name,
                      .dims = {},
                      .shape = {},
                      .values = std::vector<double>{value},
                      .description = description,
                      .unit = unit});
}

double simultaneous_critical_value(const Matrix& covariance, const std::vector<bool>& estimable, double df,
                                   double level, std::uint64_t seed) {
  std::vector<Index> kept;
  for (Index i = 0; i < covariance.rows(); ++i)
    if ((estimable.empty() || estimable[static_cast<std::size_t>(i)]) && covariance(i, i) > 0) kept.push_back(i);
  if (kept.empty()) return std::nan("");
  const auto m = static_cast<Index>(kept.size());
  Matrix correlation(m, m);
  for (Index a = 0; a < m; ++a)
    for (Index b = 0; b < m; ++b)
      correlation(a, b) = covariance(kept[static_cast<std::size_t>(a)], kept[static_cast<std::size_t>(b)]) /
                          std::sqrt(covariance(kept[static_cast<std::size_t>(a)], kept[static_cast<std::size_t>(a)]) *
                                    covariance(kept[static_cast<std::size_t>(b)], kept[static_cast<std::size_t>(b)]));
  const SymmetricEigen eigen = symmetric_eigen(correlation);
  const Matrix root = eigen.vectors * eigen.values.cwiseMax(0).cwiseSqrt().asDiagonal();
  std::vector<double> largest(kBandDraws);
  parallel_for(kBandDraws / kBandBlock, [&](std::size_t block) {
    Vector z(m);
    for (std::size_t draw = block * kBandBlock; draw < (block + 1) * kBandBlock; ++draw) {
      RandomStream random(seed, static_cast<std::uint32_t>(draw), 0x62616e64);
      for (Index j = 0; j < m; ++j) z(j) = random.normal();
      const double stretch = std::isfinite(df) ? std::sqrt(df / (2 * random.gamma(df / 2))) : 1;
      largest[draw] = (root * z).cwiseAbs().maxCoeff() * stretch;
    }
  });
  const auto at = static_cast<std::ptrdiff_t>(std::ceil(level * static_cast<double>(kBandDraws))) - 1;
  std::nth_element(largest.begin(), largest.begin() + at, largest.end());
  return largest[static_cast<std::size_t>(at)];
}

}  // namespace headwater
