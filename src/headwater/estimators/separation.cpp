// Question: for which rows has the likelihood of a mean with a link no maximum? There its estimates are infinite and
// the rows are fitted exactly; they say nothing of the other coefficients and are set aside, with a reason each. First,
// levels of an effect whose outcomes all lie at one end, again and again. Then the iterative rectifier: u = ±1 in rows
// at an end, 0 in others; û is the least-squares fit of u on regressors and effects, rows between the ends weighing
// 1e8; u ← û where its sign is the row's, else 0, until û itself is such a u. Rows where it is not zero are separated:
// û is the certificate, a combination of the columns. Repeated on the rows that are left until nothing is found.
// Correia, Guimarães and Zylkin (2019), "Verifying the existence of maximum likelihood estimates for generalized linear
// models", theorem 1 and section 3.2; finds the rows that ppmlhdfe finds in its published examples.
#include "headwater/estimators/separation.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/absorption/absorber.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/fit.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kHeld = 1e8;        // weight of rows between the ends
constexpr double kGone = 1e-6;       // largest entry below which nothing is left of u
constexpr double kCertified = 1e-7;  // of û beyond what u may be, as a share of its largest entry
constexpr double kMember = 1e-5;     // of the largest entry: more is not zero
constexpr int kMostPasses = 5000;

double sign_of_end(End end) { return end == End::lower ? -1 : end == End::upper ? 1 : 0; }

// Fitted values on regressors and effects, rows between the ends held near zero.
class HeldFit {
 public:
  HeldFit(const Design& design, const Vector& signs)
      : weights_(signs.unaryExpr([](double sign) { return sign == 0 ? kHeld : 1.0; })),
        absorber_(design.effects, weights_, design.n()),
        columns_(absorber_.project(design.effects.empty() ? design.X : about_means(design.X, {})).columns) {
    const LeastSquares solution = least_squares(columns_, Vector::Zero(design.n()), weights_);
    kept_ = solution.kept;
    columns_ = Matrix(columns_(Eigen::all, kept_));
    bread_ = solution.bread;
  }

  Vector operator()(const Vector& u) {
    Vector left = absorber_.project(u).columns.col(0);
    coefficients_ = Vector::Zero(columns_.cols());
    for (int pass = 0; pass < 2 && columns_.cols() > 0; ++pass) {
      const Vector step = bread_ * cross_product(columns_, left, weights_);
      left -= columns_ * step;
      coefficients_ += step;
    }
    return u - left;
  }

  // The columns of the design that the last fit needs.
  std::vector<Index> used(double size) const {
    std::vector<Index> used;
    for (std::size_t j = 0; j < kept_.size(); ++j) {
      const auto at = static_cast<Index>(j);
      if (std::abs(coefficients_(at)) * columns_.col(at).cwiseAbs().maxCoeff() > kMember * size)
        used.push_back(kept_[j]);
    }
    return used;
  }

 private:
  Vector weights_;
  Absorber absorber_;
  Matrix columns_, bread_;
  std::vector<Index> kept_;
  Vector coefficients_;
};

struct Certificate {
  Vector z;  // n; empty: nothing is separated
  std::vector<Index> columns;
};

Certificate rectify(const Design& design, const std::vector<End>& ends) {
  Vector signs(design.n());
  for (Index i = 0; i < design.n(); ++i) signs(i) = sign_of_end(ends[static_cast<std::size_t>(i)]);
  if (signs.isZero(0)) return {};
  HeldFit fit(design, signs);
  Vector u = signs;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const Vector fitted = fit(u);
    u = signs.cwiseProduct(signs.cwiseProduct(fitted).cwiseMax(0));
    const double size = u.cwiseAbs().maxCoeff();
    if (size < kGone) return {};
    if ((fitted - u).cwiseAbs().maxCoeff() > kCertified * size) continue;
    for (double& value : u)
      if (std::abs(value) <= kMember * size) value = 0;
    return {u, fit.used(size)};
  }
  return {};
}

// Rows of levels whose outcomes all lie at one end.
bool take_flat_levels(const Design& design, const std::vector<End>& ends, std::vector<std::string>& reasons) {
  bool found = false;
  for (const Effect& effect : design.effects) {
    if (!effect.intercept) continue;
    std::vector<End> of_level(static_cast<std::size_t>(effect.levels.count), End::none);
    std::vector<bool> seen(of_level.size(), false);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const auto level = static_cast<std::size_t>(effect.levels.code[i]);
      if (seen[level] && of_level[level] != ends[i])
        of_level[level] = End::none;
      else
        of_level[level] = ends[i];
      seen[level] = true;
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (of_level[static_cast<std::size_t>(effect.levels.code[i])] == End::none || !reasons[i].empty()) continue;
      reasons[i] = "no variation of the outcome within " + effect.levels.name + " (separated)";
      found = true;
    }
  }
  return found;
}

bool take_singletons(const Design& design, std::vector<std::string>& reasons) {
  bool found = false;
  for (const Effect& effect : design.effects) {
    if (!effect.intercept) continue;
    std::vector<std::int32_t> size(static_cast<std::size_t>(effect.levels.count), 0);
    for (const std::int32_t level : effect.levels.code) ++size[static_cast<std::size_t>(level)];
    for (std::size_t i = 0; i < reasons.size(); ++i) {
      if (size[static_cast<std::size_t>(effect.levels.code[i])] != 1 || !reasons[i].empty()) continue;
      reasons[i] = "singleton level of " + effect.levels.name;
      found = true;
    }
  }
  return found;
}

std::string words_of(const Design& design, const std::vector<Index>& columns) {
  Names names;
  for (const Index j : columns)
    if (!design.intercept || j > 0) names.push_back(design.names[static_cast<std::size_t>(j)]);
  if (names.empty())
    for (const Effect& effect : design.effects) names.push_back(effect.levels.name);
  return "separated by " + joined(names, ", ");
}

bool take_certified(const Design& design, const std::vector<End>& ends, std::vector<std::string>& reasons,
                    Separation& result) {
  const Certificate certificate = rectify(design, ends);
  if (certificate.z.size() == 0) return false;
  const std::string words = words_of(design, certificate.columns);
  for (Index i = 0; i < design.n(); ++i)
    if (certificate.z(i) != 0) reasons[static_cast<std::size_t>(i)] = words;
  for (const Index j : certificate.columns) {
    if (design.intercept && j == 0) continue;
    const std::string& name = design.names[static_cast<std::size_t>(j)];
    Names& known = result.regressors;
    if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
  }
  result.levels = result.levels || certificate.columns.empty();
  return true;
}

}  // namespace

Separation find_separation(const Design& whole, const std::vector<End>& all_ends) {
  Separation result;
  result.reasons.resize(all_ends.size());
  std::vector<Index> rows(all_ends.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<Index>(i);
  while (!rows.empty()) {
    const Design design = result.rows == 0 ? whole : with_rows(whole, rows);
    std::vector<End> ends;
    for (const Index row : rows) ends.push_back(all_ends[static_cast<std::size_t>(row)]);
    std::vector<std::string> reasons(rows.size());
    bool found = take_flat_levels(design, ends, reasons);
    result.levels = result.levels || found;
    if (!found && result.rows > 0 && whole.spec.singletons == Singletons::drop)
      found = take_singletons(design, reasons);
    if (!found) found = take_certified(design, ends, reasons, result);
    if (!found) return result;
    std::vector<Index> left;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (reasons[i].empty()) left.push_back(rows[i]);
      result.reasons[static_cast<std::size_t>(rows[i])] = std::move(reasons[i]);
    }
    result.rows += static_cast<Index>(rows.size() - left.size());
    rows = std::move(left);
  }
  return result;
}

}  // namespace headwater
