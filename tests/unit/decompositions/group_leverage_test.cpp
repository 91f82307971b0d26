// Influence by leaving clusters out equals refitting without each of them; oaxaca's CR3 is the jackknife by group.
#include "headwater/decompositions/group_leverage.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

// The same model on the rows of all clusters but one.
Vector coefficients_without(const SmallModel& m, std::int32_t cluster) {
  std::vector<Index> rows;
  for (Index i = 0; i < m.design->n(); ++i)
    if (m.design->clusters.front().code[static_cast<std::size_t>(i)] != cluster) rows.push_back(i);
  return estimate(m.panel, std::make_shared<const Design>(with_rows(*m.design, rows))).coefficients;
}

TEST(GroupLeverage, EqualsRefittingWithoutEachCluster) {
  for (const char* weights : {"", "w"})
    for (const auto& [formula, estimator] :
         {std::pair{"y ~ x + z", "pooled"}, std::pair{"y ~ x * z + i(type)", "pooled"},
          std::pair{"y ~ x + z | unit", "within"}, std::pair{"y ~ x + z | unit + year", "within"},
          std::pair{"y ~ x + z | year", "within"}})
      for (const double keep : {1.0, 0.7}) {
        const SmallModel m =
            small_model(small_panel(19, 9, 5, keep), small_spec(formula, estimator, weights, "CV3(unit)"));
        const Grouping& clusters = m.design->clusters.front();
        const Matrix psi = leverage_influence(m.fit);
        for (std::int32_t g = 0; g < clusters.count; ++g) {
          Vector own = Vector::Zero(m.fit.k());
          for (Index i = 0; i < m.design->n(); ++i)
            if (clusters.code[static_cast<std::size_t>(i)] == g) own += psi.row(i).transpose();
          const Vector moved = m.fit.coefficients - coefficients_without(m, g);
          for (Index j = 0; j < own.size(); ++j)
            EXPECT_NEAR(own(j), (clusters.count - 1.0) / clusters.count * moved(j), 1e-11) << formula << " " << weights;
        }
      }
}

// With coefficients only, explained parts under b are fixed differences of means times the coefficients of b, whose
// variance is (G_b − 1)/G_b Σ (β − β(−g))².
TEST(GroupLeverage, OaxacaUsesEachGroupsOwnClusters) {
  Spec spec = small_spec("y ~ x", "pooled", "w");
  spec.drivers = {{"first", parse_terms("x")}};
  const SmallModel m = small_model(small_panel(23, 15, 4, 0.9), spec);
  const std::string call = "oaxaca(groups = type, a = acute, b = mental, reference = b, uncertainty = coefficients";
  const Decomposition d = m.run(call + ", errors = CR3)").front();
  EXPECT_EQ(d.inference.df, 4);
  EXPECT_EQ(d.choices.at("errors"), "CR3");
  const Column& type = m.panel.column("type");
  std::vector<Index> in_b;
  double mean[2] = {0, 0}, mass[2] = {0, 0};
  for (Index i = 0; i < m.design->n(); ++i) {
    const std::string& own = type.levels[static_cast<std::size_t>(type.codes[static_cast<std::size_t>(i)])];
    if (own == "community") continue;
    const int g = own == "acute" ? 0 : 1;
    if (g == 1) in_b.push_back(i);
    mean[g] += m.design->weights(i) * m.design->X(i, 1);
    mass[g] += m.design->weights(i);
  }
  const double difference = mean[0] / mass[0] - mean[1] / mass[1];
  const auto slope = [&](std::int32_t without) {
    std::vector<Index> rows;
    for (const Index i : in_b)
      if (m.design->unit.code[static_cast<std::size_t>(i)] != without) rows.push_back(i);
    return estimate(m.panel, std::make_shared<const Design>(with_rows(*m.design, rows))).coefficients(1);
  };
  double squares = 0;
  int G = 0;
  const double all = slope(-1);
  for (std::int32_t u = 0; u < m.design->unit.count; ++u)
    if (std::any_of(in_b.begin(), in_b.end(),
                    [&](Index i) { return m.design->unit.code[static_cast<std::size_t>(i)] == u; })) {
      squares += (all - slope(u)) * (all - slope(u));
      ++G;
    }
  EXPECT_EQ(d.estimates.names.front(), "explained: first");
  EXPECT_NEAR(std::sqrt(d.covariance(0, 0)), std::abs(difference) * std::sqrt((G - 1.0) / G * squares), 1e-12);
  EXPECT_GT(d.covariance(0, 0), m.run(call + ")").front().covariance(0, 0));
}

TEST(GroupLeverage, PartsStillHaveTheTotalsVariance) {
  const SmallModel m = small_model(small_panel(29, 24, 4, 0.8), small_spec("y ~ x + z + type", "pooled", "w"));
  for (const char* options : {"form = threefold", "reference = all", "reference = cotton, uncertainty = coefficients"})
    for (const char* errors : {"CR2", "CR3"})
      for (const Decomposition& d :
           m.run(std::string("oaxaca(groups = q, cut = 0.3, errors = ") + errors + ", " + options + ")"))
        EXPECT_NEAR(d.covariance.sum(), d.total_std_error * d.total_std_error, 1e-12) << errors << " " << options;
}

TEST(GroupLeverage, NeedsClustersOfOneColumn) {
  const SmallModel m = small_model(small_panel(29, 24, 4), small_spec("y ~ x + z", "pooled", "", "robust"));
  try {
    m.run("oaxaca(groups = q, cut = 0, errors = CR3)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "errors = CR3 takes clusters of one column and needs covariance = cluster(one column), not robust");
  }
}

TEST(FewUnits, AreSaidWithTheTable) {
  const SmallModel m = small_model(small_panel(29, 24, 4), small_spec("y ~ x + z", "pooled"));
  const Decomposition d = m.run("oaxaca(groups = type, a = acute, b = mental)").front();
  const auto note =
      std::find_if(d.notes.begin(), d.notes.end(), [](const Note& n) { return n.code == "decomposition.few_units"; });
  ASSERT_NE(note, d.notes.end());
  EXPECT_EQ(
      note->message,
      "type = acute has 8 units (unit): below about 20 the standard errors of its own coefficients are too small, "
      "and intervals cover less than they say; use errors = CR3, which leaves each unit out");
  for (const LabelledArray& extra : d.extras)
    if (extra.name == "group_units") {
      EXPECT_EQ(std::get<std::vector<double>>(extra.values), (std::vector<double>{8, 8}));
    }
  const SmallModel many = small_model(small_panel(29, 66, 4), small_spec("y ~ x + z", "pooled"));
  const Decomposition large = many.run("oaxaca(groups = type, a = acute, b = mental)").front();
  for (const Note& n : large.notes) EXPECT_NE(n.code, "decomposition.few_units");
}

TEST(SharedUnits, AreSaidUnderRulesThatTakeRowsAsIndependent) {
  for (const char* rule : {"iid", "robust", "HC0", "cluster(unit)"})
    for (const char* call : {"change(from = 2010, to = 2013)", "oaxaca(from = 2010, to = 2013)",
                             "kitagawa(from = 2010, to = 2013, by = type)"}) {
      const SmallModel m = small_model(small_panel(29, 24, 4), small_spec("y ~ x + z", "pooled", "", rule));
      const Decomposition d = m.run(call).front();
      const auto note = std::find_if(d.notes.begin(), d.notes.end(),
                                     [](const Note& n) { return n.code == "decomposition.shared_units"; });
      EXPECT_EQ(note != d.notes.end(), std::string(rule) != "cluster(unit)") << rule << " " << call;
      if (note == d.notes.end()) continue;
      EXPECT_EQ(note->message, std::string("both periods hold the same units (unit), whose rows are not independent, "
                                           "but ") +
                                   rule + " takes them as if they were; use covariance = cluster(unit)");
    }
}

}  // namespace
}  // namespace headwater
