#include "study.hpp"

#include "apart.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/pipeline.hpp"
#include "headwater/run/simulate.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater::fuzz {
namespace {

const std::string kChange = "from = 2019-20 Q1, to = 2020-21 Q1";

std::vector<std::string> methods_with_effects() {
  return {"change(" + kChange + ")",
          "contributions(by = type)",
          "gelbach(base = workforce)",
          "fields",
          "provider(reliability = 0.9, ranks = marginal)",
          "robustness_value",
          "oster",
          "leave_one_out",
          "errors_in_variables(term = log(fte), reliability = 0.99)",
          "measurement(block = dma, low = -0.1, high = 0.1)",
          "specification_curve(component = workforce)"};
}

std::vector<std::string> methods_without_effects() {
  return {"kitagawa(by = type, " + kChange + ")",
          "oaxaca(" + kChange + ", reference = all)",
          "shapley",
          "importance",
          "dominance",
          "variance(levels = region + trust)",
          "bma",
          "das_gupta(factors = fte + beds, " + kChange + ")",
          "olley_pakes(share = resource)",
          "growth(activity = turnover, resource = agency_share)"};
}

Tree result_of(const Panel& panel, const std::string& right, const std::string& estimator,
               const std::vector<std::string>& methods, const std::string& into) {
  Overrides flags = {{"data.unit", "trust"},
                     {"data.time", "quarter"},
                     {"model.formula", "log(activity / resource) ~ log(fte) + agency_share + dma" + right},
                     {"model.estimator", estimator},
                     {"driver.workforce", "log(fte) + agency_share"},
                     {"driver.digital", "dma"},
                     {"run.threads", "1"}};
  if (!methods.empty()) flags.emplace_back("run.bootstrap", "multiplier(draws = 30, keep = yes)");
  for (const std::string& method : methods) flags.emplace_back("decompose.use", method);
  write_result(describe(run(config_from_flags(flags), panel)), into);
  return read_result(into);
}

}  // namespace

const std::vector<Tree>& study() {
  static const std::vector<Tree> pieces = [] {
    const ScratchFolder folder;
    const Panel panel = simulated_panel({.seed = 1, .trusts = 16, .quarters = 8});
    std::vector<Tree> all =
        apart(result_of(panel, " | trust + quarter", "within", methods_with_effects(), folder / "a.h5"));
    for (const Tree& piece : apart(result_of(panel, "", "pooled", methods_without_effects(), folder / "b.h5")))
      all.push_back(piece);
    for (const Tree& piece : apart(result_of(panel, "", "frontier", {}, folder / "c.h5"))) all.push_back(piece);
    for (const Tree& piece : all) check_result(piece, "a piece of the study");
    return all;
  }();
  return pieces;
}

}  // namespace headwater::fuzz
