#include "headwater/diagnostics/asked_tests.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/unknown_name.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {
namespace {

std::vector<OptionCard> wild_options() {
  return {{"replicates", "integer", "9999", "draws; all sign vectors where these are no more"},
          {"weights", "choice: rademacher | mammen | webb", "rademacher", "values that a cluster's weight takes"},
          {"null", "choice: imposed | free", "imposed", "residuals of the fit under the null, or of the fit"}};
}

std::vector<OptionCard> wild_options_of_one() {
  std::vector<OptionCard> options = wild_options();
  options.push_back({"p", "choice: symmetric | equal_tail", "symmetric", "|t*| against |t|, or twice the nearer tail"});
  return options;
}

const TestMethodRow& test_method(const std::string& wanted) {
  Names known;
  for (const TestMethodRow& row : test_methods()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  throw Error(ErrorKind::usage, "test.method",
              "there is no way to test '" + wanted + "'" + advice_on_name(wanted, known, {}));
}

// Neither constants nor parameters that multiply no regressor.
std::vector<LinearNull> every_slope(const Fit& fit) {
  const std::optional<Index> constant = constant_of(fit), flat = constant_regressor(fit);
  std::vector<LinearNull> nulls;
  for (Index j = 0; j < fit.k(); ++j)
    if (j != constant && j != flat && fit.origins[static_cast<std::size_t>(j)].column)
      nulls.push_back({Vector::Unit(fit.k(), j), 0, fit.names[static_cast<std::size_t>(j)] + " = 0"});
  return nulls;
}

}  // namespace

std::vector<Test> asked_tests(const Fit& fit, const Covariance& covariance, const std::string& text) {
  const bool coefficient = coefficient_index(fit, trimmed(text)).has_value();
  if (!coefficient && trimmed(text) == "diagnostics") return all_diagnostics(fit, covariance);
  if (const DiagnosticRow* row = coefficient ? nullptr : requested_diagnostic(text))
    return requested_tests(fit, covariance, *row, text);
  const std::size_t by = text.rfind(" by ");
  const std::string hypothesis(trimmed(text.substr(0, by)));
  const std::vector<LinearNull> nulls = hypothesis == "all" ? every_slope(fit)
                                        : hypothesis == "drivers"
                                            ? std::vector<LinearNull>{}
                                            : std::vector<LinearNull>{linear_null(fit, hypothesis)};
  if (by == std::string::npos) {
    std::vector<Test> tests = hypothesis == "drivers" ? driver_tests(fit, covariance) : std::vector<Test>{};
    for (const LinearNull& null : nulls) tests.push_back(linear_test(fit, covariance, null));
    return tests;
  }
  const MethodCall call = parse_method_call(trimmed(text.substr(by + 4)));
  const TestMethodRow& row = test_method(call.method);
  return row.run({fit, covariance, nulls, hypothesis == "drivers"}, named(call, row.card));
}

const std::vector<TestMethodRow>& test_methods() {
  static const std::vector<TestMethodRow> rows = {
      {{.name = "wild",
        .kind = "test",
        .question = "What does a test say that does not lean on many clusters?",
        .avoid =
            "Not with one or two treated clusters: restricted it hardly ever rejects there, unrestricted too often.",
        .reference = "Cameron, Gelbach and Miller (2008); MacKinnon, Nielsen and Webb (2023); boottest",
        .options = wild_options_of_one()},
       wild_tests},
      {{.name = "holm",
        .kind = "test",
        .question = "Which of all that was asked survives, if any false rejection is one too many?",
        .avoid = "Not where hypotheses go together closely: romano_wolf finds more.",
        .reference = "Holm (1979); R p.adjust"},
       holm_tests},
      {{.name = "benjamini_hochberg",
        .kind = "test",
        .question = "Which survive, if a share of false ones among those found can be borne?",
        .avoid = "Not for a single claim: it holds a share over many.",
        .reference = "Benjamini and Hochberg (1995); R p.adjust"},
       benjamini_hochberg_tests},
      {{.name = "romano_wolf",
        .kind = "test",
        .question = "Which survive, using how the statistics go together?",
        .avoid = "Not for joint tests of drivers: holm takes these.",
        .reference = "Romano and Wolf (2005, 2016)",
        .options = wild_options()},
       romano_wolf_tests},
      {{.name = "simultaneous",
        .kind = "test",
        .question = "Between which values do all the coefficients lie together, at the level asked for?",
        .avoid = "Not for one claim: its own interval is shorter.",
        .reference = "Montiel Olea and Plagborg-Moeller (2019), sup-t; R multcomp",
        .options = {{"replicates", "integer", "99999", "draws of the largest of all statistics"}}},
       simultaneous_tests},
      {{.name = "rank",
        .kind = "test",
        .question = "Is a coefficient of a quantile regression zero, without a density of the errors?",
        .avoid = "Not for clusters: errors are independent and of one distribution.",
        .reference = "Gutenbrunner, Jureckova, Koenker and Portnoy (1993); quantreg se = rank"},
       rank_tests},
      {{.name = "equivalence",
        .kind = "test",
        .question = "Is an effect shown to be smaller than one that matters?",
        .avoid = "Not with a margin chosen after the estimate was seen.",
        .reference = "Schuirmann (1987): two one-sided tests",
        .options = {{"margin", "number", "", "the smallest distance that matters, in the coefficient's unit"}}},
       equivalence_tests},
  };
  return rows;
}

}  // namespace headwater
