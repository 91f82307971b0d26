// How long bootstraps of a full decomposition set take on a 206 × 48 panel with 12 regressors, and, with the word
// `refits` and a number, how far the analytic errors are from a refitting cluster bootstrap on 400 simulated trusts
// without small-sample factor. Correctness is asserted before anything is timed: replicates keep their identity by
// construction, the digest is the same for 1, 2 and 7 threads, and the multiplier errors are the analytic ones up to
// simulation. The drivers explain much of activity and next to nothing of productivity: shares near zero are squares of
// small numbers, which no first-order error describes.
// A part is a product of coefficients and means: where both are within two errors of zero the refits hold the product
// of their variances too, which no first-order error has. The last column has both.
//   decomposition_bootstrap            timings
//   decomposition_bootstrap refits 10000
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "headwater/core/threads.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/run/pipeline.hpp"
#include "headwater/run/simulate.hpp"

namespace {

using namespace headwater;

constexpr const char* kFormula =
    "log(activity / resource) ~ log(capital_stock) + l(log(capital_stock), 1) + log(beds) + log(fte) + l(log(fte), 1) "
    "+ "
    "agency_share + l(agency_share, 1) + turnover + l(turnover, 1) + engagement + l(engagement, 1) + dma + block_share "
    "| trust + "
    "type^quarter";

Overrides model(const std::string& formula) {
  return {{"model.formula", formula},
          {"driver.capital", "log(capital_stock)"},
          {"driver.workforce", "log(fte) + agency_share + engagement"},
          {"driver.digital", "dma"},
          {"driver.contract", "block_share"},
          {"decompose.use", "change(from = 2019-20 Q3, to = 2020-21 Q3)"},
          {"decompose.use", "change(from = 2019-20 Q3, to = 2020-21 Q3, reading = means)"},
          {"decompose.use", "contributions(by = type)"},
          {"decompose.use", "gelbach(base = dma)"}};
}

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "decomposition_bootstrap: %s\n", why.c_str());
  std::exit(1);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void assert_correct(const Decomposition& d, const MethodCall& call) {
  Matrix first;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    const BootstrapDraws draws = multiplier_draws(d, call);
    if (first.size() == 0) first = draws.values;
    if (first != draws.values) fail("other numbers on " + std::to_string(count) + " threads");
  }
  set_threads(0);
  for (Index i = 0; i < first.cols(); ++i) {
    const double error =
                     std::sqrt((first.col(i).array() - first.col(i).mean()).square().sum() / double(first.rows() - 1)),
                 analytic = std::sqrt(std::max(0.0, d.covariance(i, i)));
    if (analytic > 1e-9 && std::abs(error / analytic - 1) > 0.1)
      fail(d.call + ": " + d.estimates.names[static_cast<std::size_t>(i)] + " is off by more than simulation error");
  }
}

void time_multiplier(const std::string& formula) {
  const Panel panel = simulated_panel({.scenario = Scenario::clean, .seed = 7, .trusts = 206, .quarters = 48});
  const RunResult result = run(config_from_flags(model(formula)), panel);
  const ModelResult& m = result.models.front();
  const MethodCall call = parse_bootstrap("multiplier(draws = 1000)");
  for (const Decomposition& d : m.decompositions) assert_correct(d, call);
  const auto start = std::chrono::steady_clock::now();
  Index parts = 0;
  for (const Decomposition& d : m.decompositions) parts += multiplier_draws(d, call).values.cols();
  std::printf("%lld rows, %lld regressors: 1,000 multiplier draws of %zu decompositions with %lld parts in %.3f s\n",
              static_cast<long long>(m.fit.n()), static_cast<long long>(m.fit.k()), m.decompositions.size(),
              static_cast<long long>(parts), seconds_since(start));
}

void compare_refits(const std::string& outcome, const std::string& draws) {
  const Panel panel = simulated_panel({.scenario = Scenario::clean, .seed = 7, .trusts = 400, .quarters = 8});
  Overrides flags = model(outcome +
                          " ~ log(capital_stock) + log(fte) + agency_share + engagement + dma + block_share | "
                          "trust + "
                          "type^quarter");
  flags.emplace_back("model.profile", "none");
  for (const char* use : {"oaxaca(groups = region, a = London, b = North West)", "shapley",
                          "importance(metric = genizi)", "variance", "fields", "olley_pakes(share = resource)"})
    flags.emplace_back("decompose.use", use);
  flags.emplace_back("run.bootstrap", "cluster(draws = " + draws + ")");
  const auto start = std::chrono::steady_clock::now();
  const RunResult result = run(config_from_flags(flags), panel);
  std::printf("%s: %s refits of all decompositions in %.1f s\n", outcome.c_str(), draws.c_str(), seconds_since(start));
  for (const Decomposition& d : result.models.front().decompositions)
    for (const LabelledArray& extra : d.extras)
      for (Index i = 0; extra.name == "boot_std_error" && i < d.estimates.values.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double first = std::max(0.0, d.covariance(i, i)), drawn = std::get<std::vector<double>>(extra.values)[at];
        if (!(first > 1e-18)) continue;
        std::printf("  %-60.60s %-24.24s t %6.1f  bootstrap/analytic %.4f, with second order %.4f\n", d.call.c_str(),
                    d.estimates.names[at].c_str(), d.estimates.values(i) / std::sqrt(first), drawn / std::sqrt(first),
                    drawn / std::sqrt(first + second_order_variance(d, i)));
      }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "refits")
    for (const char* outcome : {"log(activity)", "log(activity / resource)"}) compare_refits(outcome, argv[2]);
  else if (argc == 1)
    time_multiplier(kFormula);
  else
    fail("takes nothing, or refits and a number of draws");
  return 0;
}
