#include "headwater/diagnostics/requested.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr OptionCard kRowGaps = {"gaps", "choice: break | bridge", "break",
                                 "the row before is that of the period before; bridge: the row before, as plm has it"};

}  // namespace

const std::vector<DiagnosticRow>& requested_diagnostics() {
  static const std::vector<DiagnosticRow> rows = {
      {{.name = "serial_correlation",
        .kind = "diagnostic",
        .question = "Do errors of a trust go on from one period to the next?",
        .avoid = "Not with two periods: there is no period before the last change.",
        .reference = "Wooldridge (2010) 10.5.4, 10.6.3; Baltagi and Li (1991); Bera, Sosa-Escudero and Yoon (2001); "
                     "plm pwartest, pwfdtest, pbsytest, pbltest",
        .options = {kRowGaps}},
       serial_correlation_tests},
      {{.name = "common_shocks",
        .kind = "diagnostic",
        .question = "Are errors of different trusts in the same period related?",
        .avoid = "Not as evidence against period effects that are in the model: it looks at what is left of them.",
        .reference = "Pesaran (2004) CD; Breusch and Pagan (1980) LM; Baltagi, Feng and Kao (2012); plm pcdtest"},
       common_shock_tests},
      {{.name = "group_variances",
        .kind = "diagnostic",
        .question = "Is the errors' variance the same in all trusts?",
        .avoid = "Not with few periods: it rejects too often.",
        .reference = "Greene (2000) p. 598, modified Wald; Stata xttest3"},
       group_variance_tests},
      {{.name = "effects",
        .kind = "diagnostic",
        .question = "Do trusts (and periods) have effects of their own beside the drivers?",
        .avoid = "Not as a reason to leave effects out: they are there for what goes with the drivers.",
        .reference = "F of the sums of squares; Wooldridge (2010) 10.4.4; plm pFtest, pwtest"},
       effects_tests},
      {{.name = "same_slopes",
        .kind = "diagnostic",
        .question = "Do all trusts have the same coefficients?",
        .avoid = "Not with fewer periods than twice the regressors: each trust has a regression of its own.",
        .reference = "Chow (1960), plm pooltest; Swamy (1970); Pesaran and Yamagata (2008)"},
       same_slopes_tests},
      {{.name = "reset",
        .kind = "diagnostic",
        .question = "Do powers of the fitted outcome add anything, as when a curve was fitted by a line?",
        .avoid = "Not as a guide to which term is missing.",
        .reference = "Ramsey (1969), under the fit's covariance; under iid lmtest resettest",
        .options = {{"powers", "integer", "3", "the highest power of the fitted outcome"}},
        .positions = {"powers"}},
       reset_tests},
      {{.name = "chow",
        .kind = "diagnostic",
        .question = "Are the coefficients the same before a period and from it on?",
        .avoid = "Not at a period that was chosen by looking at the outcome.",
        .reference = "Chow (1960), as a Wald test under the fit's covariance",
        .options = {{"at", "period", "", "first period of the second regime"}},
        .positions = {"at"}},
       chow_tests,
       false},
      {{.name = "unit_root",
        .kind = "diagnostic",
        .question = "Do shocks to the outcome (or a driver) stay for good?",
        .avoid = "Not with a dozen periods or fewer: it finds little, and tables begin there.",
        .reference =
            "Levin, Lin and Chu (2002); Im, Pesaran and Shin (2003); Maddala and Wu (1999); Choi (2001); Hadri "
            "(2000); Pesaran (2007) CIPS; plm purtest, cipstest",
        .options = {{"of", "text", "outcome", "outcome, or a regressor by its name"},
                    {"terms", "choice: none | intercept | trend", "intercept", "what each unit returns to"},
                    {"lags", "integer", "1", "of the change, in each unit's regression"}},
        .positions = {"of"}},
       unit_root_tests},
  };
  return rows;
}

const DiagnosticRow* requested_diagnostic(const std::string& text) {
  const std::string name(trimmed(text.substr(0, text.find('('))));
  for (const DiagnosticRow& row : requested_diagnostics())
    if (row.card.name == name) return &row;
  return nullptr;
}

std::vector<Test> requested_tests(const Fit& fit, const Covariance& covariance, const DiagnosticRow& row,
                                  const std::string& text) {
  return row.run({fit, covariance, named(parse_method_call(text), row.card)});
}

std::vector<Test> all_diagnostics(const Fit& fit, const Covariance& covariance) {
  std::vector<Test> tests;
  Notes lacking;
  for (const DiagnosticRow& row : requested_diagnostics()) {
    if (!row.by_itself) continue;
    const std::string name(row.card.name);
    try {
      for (Test& test : requested_tests(fit, covariance, row, name)) tests.push_back(std::move(test));
    } catch (const Error& error) {
      lacking.push_back({"diagnostic.left_out", "the diagnostic " + name + " is left out: " + error.message()});
    }
  }
  if (tests.empty())
    throw Error(ErrorKind::usage, "diagnostic.none",
                "no diagnostic can be had of this fit: " + (lacking.empty() ? "" : lacking.front().message));
  merge(tests.front().notes, lacking);
  return tests;
}

void need_rows(const DiagnosticInput& input) {
  const Fit& fit = input.fit;
  const bool least_squares = !fit.first_stages && !fit.equal_errors;
  if (fit.linear && fit.linear->of_design && least_squares && !has_unit_means(fit)) return;
  throw Error(ErrorKind::usage, "diagnostic.no_rows",
              input.call.method + " looks at the errors of rows of the data under least squares, and " + fit.estimator +
                  (fit.first_stages   ? " goes by instruments"
                   : fit.equal_errors ? " weighs them otherwise"
                                      : " has other rows") +
                  "; ask it of pooled or within");
}

void need_panel(const DiagnosticInput& input) {
  need_rows(input);
  const Design& design = *input.fit.design;
  if (design.has_unit && design.has_time && design.unit.count > 1 && design.time.count > 1) return;
  throw Error(ErrorKind::usage, "diagnostic.no_keys",
              input.call.method +
                  " compares units over periods and needs the unit and time keys with two of each at "
                  "least");
}

std::vector<Index> rows_before(const Design& design, bool bridge) {
  std::vector<Index> before(static_cast<std::size_t>(design.n()), -1);
  const auto ordinal = [&](std::size_t i) {
    return design.periods[static_cast<std::size_t>(design.time.code[i])].ordinal;
  };
  for (std::size_t i = 1; i < before.size(); ++i)
    if (design.unit.code[i] == design.unit.code[i - 1] && (bridge || ordinal(i) - ordinal(i - 1) == design.time_step))
      before[i] = static_cast<Index>(i) - 1;
  return before;
}

bool same_groups(const Grouping& a, const Grouping& b) {
  return a.count == b.count && nested_in(a, b) && nested_in(b, a);
}

bool absorbs(const Fit& fit, const Grouping& levels) {
  return std::any_of(fit.effects.begin(), fit.effects.end(),
                     [&](const Effect& effect) { return effect.intercept && same_groups(effect.levels, levels); });
}

Fit refitted(const Fit& fit, std::vector<Effect> effects, const Matrix& added, const Names& added_names) {
  const Design& design = *fit.design;
  const bool absorbed = std::any_of(effects.begin(), effects.end(), [](const Effect& e) { return e.intercept; });
  const Index lead = absorbed ? 0 : 1, own = design.k() - (design.intercept ? 1 : 0);
  Transformed rows{.X = Matrix(design.n(), lead + own + added.cols()),
                   .y = design.y,
                   .weights = design.weights,
                   .effects = std::move(effects),
                   .atoms = atoms_of(design),
                   .constant = !absorbed};
  if (!absorbed) {
    rows.X.col(0).setOnes();
    rows.names.emplace_back("(Intercept)");
    rows.origins.emplace_back();
  }
  rows.X.middleCols(lead, own) = design.X.rightCols(own);
  for (Index j = design.k() - own; j < design.k(); ++j) {
    rows.names.push_back(design.names[static_cast<std::size_t>(j)]);
    rows.origins.push_back({j});
  }
  if (added.cols() > 0) rows.X.rightCols(added.cols()) = added;
  rows.names.insert(rows.names.end(), added_names.begin(), added_names.end());
  rows.origins.resize(rows.names.size());
  return solve_least_squares(fit.design, std::move(rows));
}

Test f_test(const char* name, std::string hypothesis, double statistic, double df1, double df2) {
  Test test;
  test.name = name;
  test.hypothesis = std::move(hypothesis);
  test.statistic = statistic;
  test.df1 = df1;
  test.df2 = df2;
  test.distribution = "F(" + shortest(df1) + ", " + shortest(df2) + ")";
  test.p_value = f_upper(statistic, df1, df2);
  return test;
}

Test normal_test(const char* name, std::string hypothesis, double z) {
  Test test;
  test.name = name;
  test.hypothesis = std::move(hypothesis);
  test.statistic = z;
  test.df1 = 1;
  test.df2 = std::numeric_limits<double>::infinity();
  test.distribution = "normal";
  test.p_value = student_two_sided(z, test.df2);
  return test;
}

Test with_meaning(Test test, const Fit& fit, const std::string& rejected, const std::string& kept) {
  if (std::isnan(test.p_value)) return test;
  const bool rejects = test.p_value < 1 - fit.design->spec.level;
  test.notes.push_back(
      {"test.meaning", test.name + " (p = " + significant(test.p_value, 2) + "): " + (rejects ? rejected : kept)});
  return test;
}

}  // namespace headwater
