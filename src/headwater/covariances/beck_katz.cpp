// Question: how uncertain are the coefficients when errors of two units in the same period have one covariance all the
// time (Beck and Katz: panel-corrected standard errors)? σ_ij is the mean of e_it e_jt over the periods that both units
// have (missing = pairwise) or over those that all have (casewise); meat Σ_t Σ_ij σ_ij x_it x_jt' in the bread of the
// fit. Beck and Katz (1995), eq. 11; without a factor. With of = periods the parts are exchanged: errors of two periods
// of a unit have one covariance for all units. diagonal = yes keeps σ_ii alone. Weights enter as √w e and √w x.
// σ_ij is never held for all pairs: units × periods numbers, at units² × periods operations. Equals plm vcovBK (of =
// units is its cluster = "time") and sandwich vcovPC to 1e-12. No sum over rows: of what is built on more than the
// coefficients (decompositions) it says nothing.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/covariances/rules.hpp"

namespace headwater {
namespace {

// Errors and regressors laid out by what goes together (down) and what is repeated (across), with zeros where no row
// is.
struct Layout {
  Matrix errors;                   // G × R
  Matrix present;                  // G × R, one or zero
  std::vector<Matrix> regressors;  // a coefficient: G × R
};

Layout laid_out(const Fit& fit, const Grouping& down, const Grouping& across) {
  const Matrix& X = *fit.scores.columns;
  const Vector& e = *fit.scores.errors;
  const Matrix none = Matrix::Zero(down.count, across.count);
  Layout layout{none, none, std::vector<Matrix>(static_cast<std::size_t>(fit.k()), none)};
  for (Index i = 0; i < fit.n(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    const Index g = down.code[row], r = across.code[row];
    const double root = fit.weights.size() > 0 ? std::sqrt(fit.weights(i)) : 1;
    layout.errors(g, r) = e(i) / root;
    layout.present(g, r) = 1;
    for (Index j = 0; j < fit.k(); ++j) layout.regressors[static_cast<std::size_t>(j)](g, r) = root * X(i, j);
  }
  return layout;
}

Layout complete_only(Layout layout, const std::string& what) {
  Index complete = 0;
  for (Index r = 0; r < layout.errors.cols(); ++r) {
    const bool whole = layout.present.col(r).minCoeff() > 0;
    complete += whole ? 1 : 0;
    if (!whole) layout.errors.col(r).setZero();
    layout.present.col(r).setConstant(whole ? 1 : 0);
  }
  if (complete == 0)
    throw Error(ErrorKind::data, "covariance.no_complete",
                "beck_katz has missing = casewise, but no " + what +
                    " has a row of all; use missing = pairwise, which takes what each pair has");
  return layout;
}

// Row g of σ, the mean of products over what both have; zero where they have nothing in common.
Vector covariances_of(const Layout& layout, Index g, bool diagonal) {
  Vector sigma = Vector::Zero(layout.errors.rows());
  const Vector products = layout.errors * layout.errors.row(g).transpose(),
               both = layout.present * layout.present.row(g).transpose();
  for (Index h = 0; h < sigma.size(); ++h)
    if (both(h) > 0 && (!diagonal || h == g)) sigma(h) = products(h) / both(h);
  return sigma;
}

void need_two_ways(const Fit& fit) {
  if (!fit.scores.errors || fit.linked)
    throw Error(ErrorKind::usage, "covariance.no_errors",
                "beck_katz takes the errors of a linear model, and " + fit.estimator +
                    " has none of that kind; use driscoll_kraay or cluster");
  if (fit.atoms.unit.count < 2 || fit.atoms.time.count < 2)
    throw Error(ErrorKind::usage, "covariance.no_panel",
                "beck_katz sets units against periods and needs the unit and time keys with two of each at least");
}

}  // namespace

Meat beck_katz_meat(const MethodCall& rule, const Contributions&, const Atoms&) {
  throw Error(ErrorKind::usage, "covariance.coefficients_only",
              rule.method +
                  " is the covariance of a fit's coefficients and says nothing of what is built on more than "
                  "these; use driscoll_kraay, whose errors of a period go together too");
}

Meat beck_katz_of(const Fit& fit, const MethodCall& rule) {
  need_two_ways(fit);
  const bool of_units = rule.get("of", "units") == "units", diagonal = rule.get("diagonal", "no") == "yes";
  const Grouping &down = of_units ? fit.atoms.unit : fit.atoms.time,
                 &across = of_units ? fit.atoms.time : fit.atoms.unit;
  Layout layout = laid_out(fit, down, across);
  if (rule.get("missing", "pairwise") == "casewise")
    layout = complete_only(std::move(layout), of_units ? "period" : "unit");
  const Index G = down.count, k = fit.k();
  std::vector<Matrix> parts(static_cast<std::size_t>(G), Matrix::Zero(k, k));
  parallel_for(static_cast<std::size_t>(G), [&](std::size_t g) {
    const Vector sigma = covariances_of(layout, static_cast<Index>(g), diagonal);
    Matrix own(k, across.count), others(k, across.count);
    for (Index j = 0; j < k; ++j) {
      const Matrix& x = layout.regressors[static_cast<std::size_t>(j)];
      own.row(j) = x.row(static_cast<Index>(g));
      others.row(j) = sigma.transpose() * x;
    }
    parts[g] = own * others.transpose();
  });
  Matrix sum = Matrix::Zero(k, k);
  for (const Matrix& part : parts) sum += part;
  return {{{.sign = 1,
            .groups = static_cast<double>(across.count),
            .sum = fit.bread * (0.5 * (sum + sum.transpose())) * fit.bread}}};
}

}  // namespace headwater
