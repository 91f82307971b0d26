// Analytic errors against a refitting cluster bootstrap on a panel of 400 simulated trusts, without small-sample
// factor: within 5 %, once the product of the factors' own variances is added, which counts where both are near zero.
// 2,000 draws keep this short and leave the ratio a simulation error
// of 1.6 %; bench/decomposition_bootstrap runs 10,000.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "headwater/run/pipeline.hpp"
#include "headwater/run/simulate.hpp"

namespace headwater {
namespace {

constexpr const char* kDraws = "cluster(draws = 2000)";

TEST(Bootstrap, RefitsAgreeWithAnalyticErrorsOnFourHundredTrusts) {
  const Panel panel = simulated_panel({.scenario = Scenario::clean, .seed = 7, .trusts = 400, .quarters = 8});
  const RunConfig config = config_from_flags(
      {{"model.formula",
        "log(activity / resource) ~ log(capital_stock) + log(fte) + agency_share + engagement + dma + block_share | "
        "trust + type^quarter"},
       {"model.profile", "none"},
       {"driver.capital", "log(capital_stock)"},
       {"driver.workforce", "log(fte) + agency_share + engagement"},
       {"driver.digital", "dma"},
       {"driver.contract", "block_share"},
       {"decompose.use", "change(from = 2019-20 Q1, to = 2020-21 Q1)"},
       {"decompose.use", "gelbach(base = dma)"},
       {"run.bootstrap", kDraws}});
  const RunResult result = run(config, panel);
  for (const Decomposition& d : result.models.front().decompositions)
    for (const LabelledArray& extra : d.extras) {
      if (extra.name != "boot_std_error") continue;
      const auto& errors = std::get<std::vector<double>>(extra.values);
      for (std::size_t i = 0; i < errors.size(); ++i) {
        const auto at = static_cast<Index>(i);
        const double analytic = std::sqrt(std::max(0.0, d.covariance(at, at)));
        if (std::abs(d.estimates.values(at)) <= d.tolerance || !(analytic > 0)) continue;  // zero by construction
        // Refits also hold the product of the factors' variances, which the linearisation leaves out.
        const double whole = std::sqrt(analytic * analytic + second_order_variance(d, at));
        std::printf("%-40s %-22s analytic %.6f bootstrap/analytic %.4f, with second order %.4f\n", d.call.c_str(),
                    d.estimates.names[i].c_str(), analytic, errors[i] / analytic, errors[i] / whole);
        EXPECT_NEAR(errors[i] / whole, 1, 0.05) << d.call << ": " << d.estimates.names[i];
      }
    }
}

}  // namespace
}  // namespace headwater
