// Two questions of the form of a model, each answered by columns added to it and a Wald test that their coefficients
// are zero, F under the covariance of the fit (zero_test). reset: do powers of the fitted outcome, effects and all, add
// anything? ŷ²..ŷ^p, p = 3 (Ramsey 1969); under iid it equals lmtest resettest on the model with dummies. chow: are
// coefficients the same before a period and from it on? Every regressor times 1(period ≥ at), and where no effect of
// the period takes it the constant too (Chow 1960; under iid equal to his F with one variance).
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

Test added_test(const DiagnosticInput& input, const char* name, std::string hypothesis, const Matrix& added,
                const Names& names) {
  const Fit& fit = input.fit;
  const Fit wide = refitted(fit, fit.effects, added, names);
  std::vector<Index> members;
  for (Index j = 0; j < wide.k(); ++j)
    if (std::find(names.begin(), names.end(), wide.names[static_cast<std::size_t>(j)]) != names.end())
      members.push_back(j);
  if (members.empty())
    throw Error(ErrorKind::data, "diagnostic.nothing_added",
                std::string(name) + " adds nothing that the model does not have already");
  const Covariance covariance = headwater::covariance(wide, input.covariance.rule, input.covariance.profile);
  Test test = zero_test(wide, covariance, members, std::move(hypothesis));
  test.name = name;
  return test;
}

}  // namespace

std::vector<Test> reset_tests(const DiagnosticInput& input) {
  need_rows(input);
  const Fit& fit = input.fit;
  const long powers = input.call.integer("powers", 3);
  if (powers < 2 || powers > 9)
    throw Error(ErrorKind::usage, "diagnostic.powers",
                "reset has powers = " + std::to_string(powers) + "; the highest power lies between 2 and 9");
  const Vector fitted = fit.design->y - fit.linear->residuals;
  const Vector scaled =
      (fitted.array() - fitted.mean()) / std::max(1e-300, (fitted.array() - fitted.mean()).abs().maxCoeff());
  Matrix added(fit.n(), powers - 1);
  Names names;
  for (long p = 2; p <= powers; ++p) {
    added.col(p - 2) = scaled.array().pow(static_cast<double>(p));
    names.push_back("fitted^" + std::to_string(p));
  }
  Test test = added_test(input, "reset",
                         "powers of the fitted outcome up to " + std::to_string(powers) + " add nothing", added, names);
  return {with_meaning(std::move(test), fit,
                       "the outcome is no straight line in the drivers: try logarithms, squares or interactions",
                       "no sign that a curve was fitted by a line")};
}

std::vector<Test> chow_tests(const DiagnosticInput& input) {
  need_rows(input);
  const Fit& fit = input.fit;
  const Design& design = *fit.design;
  const std::string at = input.call.get("at");
  if (!design.has_time)
    throw Error(ErrorKind::usage, "diagnostic.no_keys", "chow splits the rows by time and needs the time key");
  const auto found = std::find(design.time.labels.begin(), design.time.labels.end(), at);
  if (found == design.time.labels.end() || found == design.time.labels.begin())
    throw Error(ErrorKind::usage, "diagnostic.period",
                "chow has at = '" + at + "', which is no period after the first of the rows used; they run from " +
                    design.time.labels.front() + " to " + design.time.labels.back());
  const auto first = static_cast<std::int32_t>(found - design.time.labels.begin());
  Vector later(design.n());
  for (Index i = 0; i < design.n(); ++i) later(i) = design.time.code[static_cast<std::size_t>(i)] >= first ? 1 : 0;
  const Index own = design.k() - (design.intercept ? 1 : 0);
  Matrix added(design.n(), own + 1);
  added << later, Matrix(design.X.rightCols(own).array().colwise() * later.array());
  Names names{"from " + at};
  for (Index j = design.k() - own; j < design.k(); ++j)
    names.push_back(design.names[static_cast<std::size_t>(j)] + " from " + at);
  Test test = added_test(input, "chow", "coefficients are the same before " + at + " and from it on", added, names);
  return {with_meaning(std::move(test), fit,
                       "coefficients change at " + at + ": what is reported is a mean over two regimes",
                       "no sign that coefficients change at " + at)};
}

}  // namespace headwater
