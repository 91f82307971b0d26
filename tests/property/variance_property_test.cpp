// Identities of shares of variance that must hold for any panel, weights and effects.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <memory>

#include "headwater/decompositions/decomposition.hpp"
#include "headwater/estimators/fit.hpp"
#include "random_panel.hpp"

namespace headwater::property {
namespace {

Column numeric(const std::string& name, const Vector& values) {
  return {.name = name, .type = Column::Type::number, .numbers = values};
}

Vector as_numbers(const std::vector<std::int32_t>& codes) {
  Vector values(static_cast<Index>(codes.size()));
  for (std::size_t i = 0; i < codes.size(); ++i) values(static_cast<Index>(i)) = codes[i] + 2000;
  return values;
}

// y on five correlated drivers, units and periods.
struct Drawn {
  Panel panel;
  Spec spec;
  Fit fit;
  Covariance rule;

  std::vector<Decomposition> run(const std::string& call) const {
    const MethodCall parsed = parse_method_call(call);
    check_options(parsed, decomposition(parsed.method).card);
    return decomposition(parsed.method).run({panel, spec, parsed, &fit, &rule});
  }
};

Drawn any_drawn() {
  Shape shape = any_shape();
  shape.units += 20;  // enough rows for five drivers and the effects
  shape.periods += 2;
  const Cells cells = cells_of(shape);
  const Index n = cells.n();
  Matrix x = normals(shape, 1, n, 5);
  for (Index j = 1; j < 5; ++j) x.col(j) += *rc::gen::element(0.0, 0.5, 2.0) * x.col(j - 1);
  Vector y = x * Vector::LinSpaced(5, 1, -1) + 2 * normals(shape, 2, n, 1);
  Vector area(n);
  for (Index i = 0; i < n; ++i) {
    const std::int32_t u = cells.unit[static_cast<std::size_t>(i)];
    y(i) += 0.5 * u + 0.3 * cells.period[static_cast<std::size_t>(i)];
    area(i) = u % 3;
  }
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < n; ++i) rows.push_back(i + 2);
  Panel panel({numeric("id", as_numbers(cells.unit)), numeric("year", as_numbers(cells.period)), numeric("area", area),
               numeric("y", y), numeric("x1", x.col(0)), numeric("x2", x.col(1)), numeric("x3", x.col(2)),
               numeric("x4", x.col(3)), numeric("x5", x.col(4)), numeric("w", weights_of(shape, n))},
              {.unit = "id", .time = "year"}, std::move(rows), DataLedger{});
  const std::string effects = *rc::gen::element<std::string>("", " | id", " | id + year", " | area + year");
  Spec spec;
  spec.formula = expand(parse_formula("y ~ x1 + x2 + x3 + x4 + x5" + effects)).front();
  spec.estimator = parse_method_call(effects.empty() ? "pooled" : "within");
  spec.covariance = parse_method_call("cluster(id)");
  spec.weights = *rc::gen::element<std::string>("", "w");
  spec.singletons = Singletons::keep;
  spec.drivers = {{"first", parse_terms("x1 + x3")}, {"second", parse_terms("x2")}, {"third", parse_terms("x4")}};
  Fit fit = estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
  Covariance rule = covariance(fit);
  return {std::move(panel), std::move(spec), std::move(fit), std::move(rule)};
}

std::string any_base() { return *rc::gen::element<std::string>("within", "total"); }

double component(const Decomposition& d, const std::string& name) {
  for (std::size_t i = 0; i < d.estimates.names.size(); ++i)
    if (d.estimates.names[i] == name) return d.estimates.values(static_cast<Index>(i));
  return std::nan("");
}

Matrix table(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) {
      const auto& values = std::get<std::vector<double>>(array.values);
      return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
          values.data(), array.shape.at(0), array.shape.size() > 1 ? array.shape[1] : 1);
    }
  return {};
}

RC_GTEST_PROP(I5, ShapleySumsToWhatIsExplainedAndOwenToItsGroup, ()) {
  const Drawn m = any_drawn();
  const std::string base = any_base();
  const Decomposition d = m.run("shapley(of = " + base + ")").front();
  RC_ASSERT(d.closure_error <= d.tolerance);
  RC_ASSERT(std::abs(d.estimates.values.sum() - 1) <= 1e-12);
  const double explained =
      component(d, "first") + component(d, "second") + component(d, "third") + component(d, "other");
  const GoodnessOfFit& g = m.fit.goodness;
  RC_ASSERT(std::abs(explained - (g.tss_within - g.rss) / (base == "total" ? g.tss : g.tss_within)) <= 1e-11);
  const Decomposition owen = m.run("shapley(of = " + base + ", inside = first)").front();
  RC_ASSERT(std::abs(owen.estimates.values.sum() - component(d, "first")) <= 1e-12);
}

RC_GTEST_PROP(I5, RowMeansOfConditionalDominanceAreShapleyValues, ()) {
  const Drawn m = any_drawn();
  const Decomposition d = m.run("dominance(players = terms)").front(), s = m.run("shapley(players = terms)").front();
  RC_ASSERT((d.estimates.values - s.estimates.values).cwiseAbs().maxCoeff() <= 1e-12);
  RC_ASSERT((table(d, "conditional").rowwise().mean() - s.estimates.values.head(5)).cwiseAbs().maxCoeff() <= 1e-12);
}

RC_GTEST_PROP(I6, MetricsThatClaimToAddUpDo, ()) {
  const Drawn m = any_drawn();
  const std::string base = any_base();
  for (const char* metric : {"pratt", "genizi", "car", "pmvd"}) {
    const Decomposition d = m.run("importance(of = " + base + ", metric = " + metric + ")").front();
    RC_ASSERT(d.additive);
    RC_ASSERT(std::abs(d.estimates.values.sum() - 1) <= 1e-10);
    if (std::string(metric) != "pratt") RC_ASSERT(d.estimates.values.minCoeff() >= -1e-14);
  }
  const Decomposition fields = m.run("fields").front();
  RC_ASSERT(std::abs(fields.estimates.values.sum() - 1) <= 1e-11);
}

RC_GTEST_PROP(I7, ShapleyValuesLieBetweenTheSmallestAndTheLargestIncrement, ()) {
  const Drawn m = any_drawn();
  const Decomposition d = m.run("dominance(players = terms)").front();
  const Decomposition first = m.run("importance(players = terms, metric = first)").front(),
                      last = m.run("importance(players = terms, metric = last)").front();
  const Matrix conditional = table(d, "conditional");
  for (Index i = 0; i < 5; ++i) {
    RC_ASSERT(first.estimates.values(i) >= -1e-14);
    RC_ASSERT(last.estimates.values(i) >= -1e-14);
    RC_ASSERT(std::abs(conditional(i, 0) - first.estimates.values(i)) <= 1e-12);
    RC_ASSERT(std::abs(conditional(i, 4) - last.estimates.values(i)) <= 1e-11);
    RC_ASSERT(conditional.row(i).minCoeff() >= -1e-14);  // v is monotone
    RC_ASSERT(d.estimates.values(i) >= conditional.row(i).minCoeff() - 1e-14);
    RC_ASSERT(d.estimates.values(i) <= conditional.row(i).maxCoeff() + 1e-14);
  }
}

RC_GTEST_PROP(I8, LevelsAndPartsSumToTheVariance, ()) {
  const Drawn m = any_drawn();
  for (const char* call : {"variance", "variance(levels = area + id)", "variance(levels = area)"})
    for (const Decomposition& d : m.run(call)) {
      RC_ASSERT(std::abs(d.estimates.values.sum() - 1) <= 1e-11);
      RC_ASSERT(d.closure_error <= d.tolerance);
    }
  const Decomposition levels = m.run("variance(levels = area + id)").front();
  RC_ASSERT(levels.estimates.values.minCoeff() >= -1e-14);
}

RC_GTEST_PROP(I13, ErrorsOfShareSumsAreThoseOfTheSum, ()) {
  const Drawn m = any_drawn();
  const Decomposition d = m.run("shapley(of = " + any_base() + ")").front();
  RC_ASSERT(std::abs(d.covariance.sum()) <= 1e-10 * d.covariance.cwiseAbs().maxCoeff());
}

RC_GTEST_PROP(I16, InclusionProbabilitiesSumToTheMeanModelSize, ()) {
  const Drawn m = any_drawn();
  const std::string criterion = *rc::gen::element<std::string>("g", "bic"),
                    size = *rc::gen::element<std::string>("uniform", "random");
  const Decomposition d = m.run("bma(players = columns, criterion = " + criterion + ", size = " + size + ")").front();
  RC_ASSERT(d.closure_error <= d.tolerance);
  RC_ASSERT(std::abs(table(d, "size_probability").sum() - 1) <= 1e-12);
  RC_ASSERT(d.estimates.values.minCoeff() >= 0);
  RC_ASSERT(d.estimates.values.maxCoeff() <= 1 + 1e-14);
}

}  // namespace
}  // namespace headwater::property
