// Bootstraps against copies of rows, against the analytic errors, and against themselves on other numbers of threads.
#include "headwater/decompositions/bootstrap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

const std::string kChange = "change(from = 2010, to = 2014)";

SmallModel model_of(const Panel& panel, const std::string& call, const std::string& weights = "w") {
  Spec spec = small_spec("y ~ x + z + q | unit + year", "within", weights);
  spec.decompositions = {parse_method_call(call)};
  spec.seed = 4;
  return small_model(panel, std::move(spec));
}

BootstrapDraws refits(const SmallModel& m, const std::string& call, const std::string& bootstrap) {
  const ByCall results{m.run(call)};
  return cluster_draws(m.panel, m.spec, &m.fit, results, parse_bootstrap(bootstrap)).front().front();
}

std::vector<double> flat(const Matrix& values) { return {values.data(), values.data() + values.size()}; }

TEST(Bootstrap, TheSameBitsOnOneTwoAndSevenThreads) {
  const SmallModel m = model_of(small_panel(3, 24, 5, 0.9), kChange);
  const int before = threads();
  std::vector<std::vector<double>> multiplier, cluster;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    multiplier.push_back(
        flat(multiplier_draws(m.run(kChange).front(), parse_bootstrap("multiplier(draws = 300)")).values));
    cluster.push_back(flat(refits(m, kChange, "cluster(draws = 50)").values));
  }
  set_threads(before);
  EXPECT_EQ(multiplier[0], multiplier[1]);
  EXPECT_EQ(multiplier[0], multiplier[2]);
  EXPECT_EQ(cluster[0], cluster[1]);
  EXPECT_EQ(cluster[0], cluster[2]);
}

TEST(Bootstrap, MultiplierErrorsAreTheAnalyticOnesUpToSimulation) {
  const SmallModel m = model_of(small_panel(3, 80, 5, 0.9), kChange);
  const Decomposition d = m.run(kChange).front();
  for (const char* weights : {"webb", "rademacher", "normal"}) {
    const BootstrapDraws draws =
        multiplier_draws(d, parse_bootstrap(std::string("multiplier(draws = 9999, weights = ") + weights + ")"));
    for (Index i = 0; i < d.estimates.values.size(); ++i) {
      const Vector own = draws.values.col(i).array() - draws.values.col(i).mean();
      const double error = std::sqrt(own.squaredNorm() / 9998), analytic = std::sqrt(d.covariance(i, i));
      EXPECT_NEAR(error, analytic, 0.03 * analytic) << weights << " " << d.estimates.names[static_cast<std::size_t>(i)];
    }
  }
}

TEST(Bootstrap, EveryReplicateSatisfiesItsOwnIdentity) {
  for (const char* call : {"change(from = 2010, to = 2014)", "contributions(by = type)", "gelbach(base = x)",
                           "olley_pakes(share = size)", "olley_pakes(share = size, from = 2010, to = 2014)"}) {
    const SmallModel m = model_of(small_panel(13, 24, 5, 0.85), call);
    const Decomposition d = m.run(call).front();
    for (const BootstrapDraws& draws :
         {multiplier_draws(d, parse_bootstrap("multiplier(draws = 99)")), refits(m, call, "cluster(draws = 99)")}) {
      EXPECT_TRUE(std::all_of(draws.failures.begin(), draws.failures.end(), [](const auto& f) { return f.empty(); }))
          << call;
      for (Index b = 0; b < draws.values.rows(); ++b)
        EXPECT_NEAR(draws.values.row(b).sum(), draws.totals(b), 1e-11) << call;
    }
  }
}

// duckreg issue 20: clusters drawn twice were kept once. A replicate must equal the fit on rows that are really copied,
// each copy being a unit of its own.
TEST(Bootstrap, AClusterDrawnTwiceCountsTwice) {
  const SmallModel m = model_of(small_panel(17, 12, 5, 0.9), kChange);
  Vector drawn(m.panel.rows());
  const int times[] = {2, 0, 1, 1, 3, 0, 1, 1, 1, 1, 0, 1};
  std::vector<Index> from;
  std::vector<int> copy;
  for (Index i = 0; i < m.panel.rows(); ++i) {
    const std::int32_t unit = m.panel.units().code[static_cast<std::size_t>(i)];
    drawn(i) = times[unit];
    for (int c = 0; c < times[unit]; ++c) {
      from.push_back(i);
      copy.push_back(c);
    }
  }
  std::vector<Column> columns = m.panel.columns();
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < from.size(); ++i) rows.push_back(static_cast<std::int64_t>(i) + 2);
  for (Column& column : columns) {
    const Column whole = column;
    if (whole.type == Column::Type::number) {
      column.numbers.resize(static_cast<Index>(from.size()));
      for (std::size_t i = 0; i < from.size(); ++i) column.numbers(static_cast<Index>(i)) = whole.numbers(from[i]);
      continue;
    }
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < from.size(); ++i) {
      std::string cell = whole.levels[static_cast<std::size_t>(whole.codes[static_cast<std::size_t>(from[i])])];
      if (whole.name == "unit") cell += "." + std::to_string(copy[i]);
      cells.push_back(cell);
    }
    column = text_column(whole.name, cells);
  }
  const Panel copied(std::move(columns), m.panel.keys(), rows, m.panel.ledger());
  for (const char* call : {"change(from = 2010, to = 2014)", "change(from = 2010, to = 2014, weights = size)",
                           "contributions(by = type)", "gelbach(base = x)", "olley_pakes(share = size)"}) {
    Spec spec = m.spec;
    spec.drawn = std::make_shared<const Vector>(drawn);
    const SmallModel weighted = small_model(m.panel, spec);
    const SmallModel stored = model_of(copied, call);
    const auto a = weighted.run(call), b = stored.run(call);
    for (const Decomposition& own : b) {
      const auto same =
          std::find_if(a.begin(), a.end(), [&](const Decomposition& d) { return d.question == own.question; });
      ASSERT_NE(same, a.end()) << own.question;
      for (std::size_t i = 0; i < own.estimates.names.size(); ++i) {
        const Names& names = same->estimates.names;
        const auto found = std::find(names.begin(), names.end(), own.estimates.names[i]);
        if (found == names.end()) continue;  // a part that is zero by construction
        EXPECT_NEAR(same->estimates.values(found - names.begin()), own.estimates.values(static_cast<Index>(i)), 1e-12)
            << call << " " << own.estimates.names[i];
      }
    }
  }
}

TEST(Bootstrap, RefitsAgreeWithTheAnalyticErrors) {
  const SmallModel m = model_of(small_panel(5, 150, 5), kChange, "");
  Decomposition d = m.run(kChange).front();
  const BootstrapDraws draws = refits(m, kChange, "cluster(draws = 400)");
  add_bootstrap(d, draws, parse_bootstrap("cluster(draws = 400, keep = yes)"));
  const auto value = [&](const char* name, std::size_t i) {
    for (const LabelledArray& extra : d.extras)
      if (extra.name == name) return std::get<std::vector<double>>(extra.values)[i];
    return std::nan("");
  };
  for (std::size_t i = 0; i < 2; ++i) {
    const auto at = static_cast<Index>(i);
    const double analytic = std::sqrt(d.covariance(at, at));
    EXPECT_NEAR(value("boot_std_error", i) / analytic, 1, 0.15);
    EXPECT_LT(value("boot_low", i), d.estimates.values(at));
    EXPECT_GT(value("boot_high", i), d.estimates.values(at));
    EXPECT_NEAR((value("boot_student_high", i) - value("boot_student_low", i)) / analytic, 3.95, 0.7);
  }
  EXPECT_EQ(std::get<Names>(d.extra_axes.back().labels).size(), 400u);
}

TEST(Bootstrap, FewClustersAreNamedAndTheBootstrapIntervalRecommended) {
  const SmallModel m = model_of(small_panel(5, 8, 5), kChange, "");
  Decomposition d = m.run(kChange).front();
  add_bootstrap(d, refits(m, kChange, "cluster(draws = 199)"), parse_bootstrap("cluster(draws = 199)"));
  bool said = false;
  for (const Note& note : d.notes)
    said |= note.code == "bootstrap.few_clusters" &&
            note.message.find("read the bootstrap interval (cluster)") != std::string::npos;
  EXPECT_TRUE(said);
}

std::string note_of(const SmallModel& m, const std::string& call, const std::string& bootstrap,
                    const std::string& code) {
  Spec spec = m.spec;
  spec.decompositions = {parse_method_call(call)};
  spec.bootstrap = parse_bootstrap(bootstrap);
  const Decomposed all = decompose(m.panel, spec, &m.fit, &m.rule);
  for (const Decomposition& d : all.answers)
    for (const Note& note : d.notes)
      if (note.code == code) return note.message;
  return "no note";
}

TEST(Bootstrap, SaysWhyItIsNotThere) {
  const SmallModel m = small_model(small_panel(3, 40, 6, 0.9), small_spec("y ~ x + z | unit", "within", ""));
  EXPECT_EQ(note_of(m, "leave_out(first = unit, second = year)", "cluster(draws = 20)", "bootstrap.none"),
            "no bootstrap of leave_out, because a unit drawn twice brings its noise twice, which looks like an effect");
  EXPECT_EQ(note_of(m, "bma", "cluster(draws = 20)", "bootstrap.none"),
            "no bootstrap of bma, because none of its parts has a standard error to estimate");
  EXPECT_EQ(note_of(m, "provider(reliability = 0.8)", "multiplier", "bootstrap.none"),
            "no bootstrap of provider, because units drawn anew do not show the noise of their own levels");
  const std::string some = note_of(m, "contributions(at = u3@2012)", "cluster(draws = 40)", "bootstrap.failed");
  EXPECT_NE(some.find(" of 40 replicates could not be computed, the first because 'u3' is no unit of the rows used"),
            std::string::npos)
      << some;
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Bootstrap, Messages) {
  EXPECT_EQ(message_of([] { parse_bootstrap("clustre(draws = 99)"); }),
            "there is no bootstrap 'clustre'; did you mean 'cluster'?");
  EXPECT_EQ(message_of([] { parse_bootstrap("cluster(draws = 3)"); }),
            "draws = 3 is too few or too many replicates; give 20 to 1000000, such as 999");
  EXPECT_EQ(message_of([] { parse_bootstrap("multiplier(weights = mammen)"); }),
            "weights = mammen is not one of webb, rademacher, normal");
  const SmallModel two =
      small_model(small_panel(5, 12, 4), small_spec("y ~ x + z | unit", "within", "", "cluster(unit, year)"));
  EXPECT_EQ(
      message_of(
          [&] { multiplier_draws(two.run("change(from = 2010, to = 2013)").front(), parse_bootstrap("multiplier")); }),
      "the multiplier bootstrap draws one weight for each independent cluster, which the rule cluster(unit, year) "
      "does not have; use covariance = cluster(one column) or robust");
  EXPECT_EQ(
      message_of([&] { refits(two, "change(from = 2010, to = 2013)", "cluster"); }),
      "the cluster bootstrap draws the clusters of one column, but the rule is cluster(unit, year); use covariance "
      "= cluster(one column)");
}

}  // namespace
}  // namespace headwater
