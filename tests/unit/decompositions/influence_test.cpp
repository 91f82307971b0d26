// Analytic influence equals the numerical derivative in each cluster's weight: weighted, unbalanced, with effects.
#include "headwater/core/error.hpp"
#include "headwater/linalg/solve.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

struct Case {
  std::string formula, estimator, call;
  double keep;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.formula << " " << c.call; }

class Influence : public testing::TestWithParam<Case> {};

TEST_P(Influence, EqualsTheDerivativeInEachClustersWeight) {
  const Case& c = GetParam();
  const Panel panel = small_panel(11, 14, 5, c.keep);
  expect_influence_is_derivative(
      panel, "w", [&](const Panel& p) { return small_model(p, small_spec(c.formula, c.estimator, "w")).run(c.call); });
}

INSTANTIATE_TEST_SUITE_P(
    Methods, Influence,
    testing::Values(Case{"y ~ x + z | unit + year", "within", "change(from = 2010, to = 2014)", 1},
                    Case{"y ~ x + z | unit + year", "within", "change(from = 2010, to = 2014)", 0.7},
                    Case{"y ~ x + z | unit + year", "within", "change(from = 2011, to = 2013, reading = means)", 0.7},
                    Case{"y ~ x + z | unit + year", "within", "change(from = 2010, to = 2014, reading = chain)", 0.7},
                    Case{"y ~ x + z | unit + type^year", "within", "change(from = 2011, to = 2013)", 0.8},
                    Case{"y ~ x + z", "pooled", "change(from = 2010, to = 2014)", 0.7},
                    Case{"y ~ x + z", "mundlak", "change(from = 2010, to = 2014)", 0.7},
                    Case{"y ~ x + z | unit + year", "within", "contributions", 0.8},
                    Case{"y ~ x + z | unit + year", "within", "contributions(by = type)", 0.8},
                    Case{"y ~ x + z | year", "within", "contributions(reference = base_period)", 0.8},
                    Case{"y ~ x + z | unit + year", "within", "contributions(reference = own_base)", 0.8},
                    Case{"y ~ x + z", "pooled", "contributions(reference = base_period, base = 2011, period = 2013)",
                         0.8},
                    Case{"y ~ x | unit + year | z ~ I(z + q)", "within", "change(from = 2010, to = 2014)", 0.8},
                    Case{"y ~ x | unit + year | z ~ I(z + q)", "within", "contributions(by = type)", 0.8},
                    Case{"y ~ x | z ~ I(z + q)", "pooled", "change(from = 2010, to = 2014)", 0.7},
                    Case{"y ~ x + z + q", "pooled", "gelbach(base = x)", 0.8},
                    Case{"y ~ x + z + q | unit + year", "within", "gelbach(base = x)", 0.8},
                    Case{"y ~ x + z + q | unit + year", "within", "gelbach(base = x, effects = added)", 0.8},
                    Case{"y ~ x + z + q | unit", "within", "gelbach(base = x + q)", 0.8}));

TEST(Identities, PartsSumToTheTotalUnderEveryRule) {
  for (const char* rule : {"iid", "robust", "HC0", "cluster(unit)", "cluster(unit, year)", "driscoll_kraay(lag = 1)"})
    for (const char* call :
         {"change(from = 2010, to = 2014)", "change(from = 2010, to = 2014, uncertainty = coefficients)",
          "change(unit = u3, reliability = 0.8)", "contributions", "contributions(by = type)",
          "contributions(at = u1@2012; u2@2013)", "gelbach(base = x)", "olley_pakes(share = size)",
          "olley_pakes(share = size, from = 2010, to = 2014)"})
      for (const double keep : {1.0, 0.8}) {
        Panel panel = small_panel(5, 24, 5, keep);
        Spec spec = small_spec("y ~ x + z + q | unit + year", "within", "w", rule);
        const SmallModel model = small_model(std::move(panel), std::move(spec));
        if (keep < 1 && (std::string(call).find("unit = u") != std::string::npos ||
                         std::string(call).find("at = u") != std::string::npos))
          continue;  // the cell may not exist
        for (const Decomposition& d : model.run(call)) {
          EXPECT_LE(d.closure_error, d.tolerance) << call << " " << rule;
          const double direct = d.total_estimable ? d.total_std_error * d.total_std_error : d.covariance.sum();
          EXPECT_NEAR(d.covariance.sum(), direct, 1e-10 * std::max(1e-3, d.covariance.cwiseAbs().maxCoeff()))
              << call << " " << rule;
        }
      }
}

// Several instruments, several rules: the parts of an instrumented fit close as any other's.
TEST(Identities, HoldOfInstruments) {
  for (const char* rule : {"iid", "robust", "cluster(unit)", "cluster(unit, year)"})
    for (const char* how : {"2sls", "liml", "gmm, weight = rows"})
      for (const char* call : {"change(from = 2010, to = 2014)", "contributions(by = type)"}) {
        const SmallModel m =
            small_model(small_panel(5, 24, 5, 0.8), small_spec("y ~ x | unit + year | z ~ I(z + q) + I(z - 0.5 * size)",
                                                               "within(iv = " + std::string(how) + ")", "w", rule));
        for (const Decomposition& d : m.run(call)) {
          EXPECT_LE(d.closure_error, d.tolerance) << call << " " << rule;
          const double direct = d.total_estimable ? d.total_std_error * d.total_std_error : d.covariance.sum();
          EXPECT_NEAR(d.covariance.sum(), direct, 1e-10 * std::max(1e-3, d.covariance.cwiseAbs().maxCoeff()))
              << call << " " << rule << " " << how;
        }
      }
}

// A fit without linear rows is refused by its estimator's name, whatever that is.
TEST(Needs, AreAskedForByType) {
  SmallModel m = small_model(small_panel(3, 20, 4), small_spec("y ~ x + z | unit", "within"));
  m.fit.linear.reset();
  const MethodCall call = parse_method_call("change(from = 2010, to = 2013)");
  try {
    run_method(decomposition("change"), {m.panel, m.spec, call, &m.fit, &m.rule});
    FAIL() << "change answered without rows";
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "change splits rows into levels times coefficients, effects and a residual; within has no such rows, so ask "
        "for another decomposition");
  }
}

TEST(Change, DriversAreCoefficientsTimesMeanChangesOnABalancedPanel) {
  const SmallModel m = small_model(small_panel(3, 20, 4), small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition d = m.run("change(from = 2010, to = 2013)").front();
  Vector before = Vector::Zero(2), after = Vector::Zero(2);
  for (Index i = 0; i < m.design->n(); ++i) {
    const std::int32_t t = m.design->time.code[static_cast<std::size_t>(i)];
    if (t == 0) before += m.design->X.row(i).transpose() / 20;
    if (t == 3) after += m.design->X.row(i).transpose() / 20;
  }
  const Vector expected = m.fit.coefficients.cwiseProduct(after - before);
  EXPECT_EQ(d.estimates.names, (Names{"first", "second", "effects: year", "residual"}));
  EXPECT_NEAR(d.estimates.values(0), expected(0), 1e-14);
  EXPECT_NEAR(d.estimates.values(1), expected(1), 1e-14);
  EXPECT_NEAR(d.estimates.values(3), 0, 1e-13);
}

TEST(Change, CoefficientsOnlyIsTheDeltaMethodOnTheDrivers) {
  const SmallModel m = small_model(small_panel(3, 20, 4, 0.8), small_spec("y ~ x + z | unit + year", "within", "w"));
  const Decomposition d = m.run("change(from = 2010, to = 2013, uncertainty = coefficients)").front();
  const double moved = d.estimates.values(0) / m.fit.coefficients(0);
  EXPECT_NEAR(d.covariance(0, 0), moved * moved * m.rule.matrix(0, 0), 1e-12 * d.covariance(0, 0));
}

TEST(Contributions, IidCellUsesTheModelsOwnCovariance) {
  const SmallModel m = small_model(small_panel(3, 20, 4), small_spec("y ~ x + z | unit + year", "within", "", "iid"));
  const Decomposition d = m.run("contributions(at = u2@2012, reference = own_base)").front();
  const double moved = d.estimates.values(0) / m.fit.coefficients(0);
  EXPECT_NEAR(d.covariance(0, 0), moved * moved * m.rule.matrix(0, 0), 1e-12 * d.covariance(0, 0));
}

TEST(Contributions, AUnitsOwnEffectIsNotEstimableWithoutAReliability) {
  const SmallModel m = small_model(small_panel(3, 20, 4), small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition blind = m.run("contributions(at = u2@2012)").front();
  EXPECT_FALSE(blind.total_estimable);
  EXPECT_FALSE(blind.estimates.estimable[2]);
  EXPECT_TRUE(blind.estimates.estimable[0]);
  const Decomposition declared = m.run("contributions(at = u2@2012, reliability = 0.7)").front();
  EXPECT_TRUE(declared.total_estimable);
  EXPECT_GT(declared.covariance(2, 2), m.run("contributions(at = u2@2012, frame = realised)").front().covariance(2, 2));
}

TEST(Gelbach, IsTheChangeOfTheCoefficientWhateverTheGroups) {
  const SmallModel m =
      small_model(small_panel(8, 30, 4, 0.9), small_spec("y ~ x + z + q | unit + year", "within", "w"));
  const SmallModel brief = small_model(small_panel(8, 30, 4, 0.9), small_spec("y ~ x | unit + year", "within", "w"));

  const Decomposition d = m.run("gelbach(base = x)").front();
  EXPECT_EQ(d.estimates.names, (Names{"second", "other"}));
  EXPECT_NEAR(d.total, brief.fit.coefficients(0) - m.fit.coefficients(0), 1e-13);
}

// δ = Γβ₂ by hand: the full regression's own covariance through Γ, and the auxiliary regression's residuals.
TEST(Gelbach, UnderIidGoesThroughTheFullRegressionsOwnCovariance) {
  const SmallModel m = small_model(small_panel(8, 30, 4, 0.9), small_spec("y ~ x + z", "pooled", "", "iid"));
  const Decomposition d = m.run("gelbach(base = x)").front();

  const Matrix& X = m.design->X;  // 1, x, z
  const Matrix brief = X.leftCols(2);
  const Matrix r = brief * solve_definite(brief.transpose() * brief, Matrix::Identity(2, 2));
  const double gamma = r.col(1).dot(X.col(2)), beta = m.fit.coefficients(2);
  const Vector left = X.col(2) - brief * (r.transpose() * X.col(2));
  const double through = gamma * gamma * m.rule.matrix(2, 2),
               beside = (beta * r.col(1).cwiseProduct(left)).squaredNorm();
  ASSERT_EQ(d.estimates.values.size(), 1);
  EXPECT_NEAR(d.estimates.values(0), gamma * beta, 1e-13);
  EXPECT_NEAR(d.covariance(0, 0), through + beside, 1e-12 * (through + beside));
  EXPECT_NEAR(d.total_std_error, std::sqrt(through + beside), 1e-12 * d.total_std_error);
}

TEST(Decompositions, SayWhichErrorsTheyHaveUnderIid) {
  const SmallModel m = small_model(small_panel(8, 30, 4), small_spec("y ~ x + z | unit", "within", "", "iid"));
  const auto says_so = [&](const char* call) {
    const Decomposition d = m.run(call).front();
    for (const Note& note : d.notes)
      if (note.code == "decomposition.iid")
        return note.message ==
               "iid is the covariance of coefficients; the standard errors of these parts take rows as independent, "
               "each with a variance of its own, as robust does";
    return false;
  };
  EXPECT_TRUE(says_so("shapley"));
  EXPECT_TRUE(says_so("oaxaca(groups = type, a = acute, b = community)"));
  EXPECT_FALSE(says_so("gelbach(base = x)"));
  EXPECT_FALSE(says_so("change(from = 2010, to = 2013)"));
}

TEST(OlleyPakes, RefusesIndicesWithABasePeriod) {
  Panel panel = small_panel(2, 6, 3);
  std::vector<Column> columns = panel.columns();
  for (Column& column : columns)
    if (column.name == "y")
      for (Index i = 0; i < panel.rows(); ++i)
        if (panel.times().code[static_cast<std::size_t>(i)] == 0) column.numbers(i) = 1;
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(i + 2);
  const SmallModel m = small_model(Panel(std::move(columns), panel.keys(), rows, panel.ledger()),
                                   small_spec("y ~ x + z | unit", "within"));
  try {
    m.run("olley_pakes(share = size)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "every unit has y = 1 in 2010: this is an index with a base period, whose levels cannot be compared "
              "between units, so size and productivity "
              "cannot be set against each other; use levels");
  }
}

}  // namespace
}  // namespace headwater
