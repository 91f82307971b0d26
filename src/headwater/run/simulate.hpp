// NHS-like panels with planted truth, from the magnitudes of the published figures. Deterministic by seed: every trust
// draws from a stream of its own. Activity and resource are generated separately; productivity is their ratio.
//
//   clean        the within model's assumptions hold: regressors strictly exogenous, errors autocorrelated within a
//   trust
//                and independent between trusts, a balanced panel
//   nhs          adds noise in measured activity that grows with the share under block contracts, revisions since the
//                first publication (column activity_first_published), heavy tails in mental health and community, a
//                COVID break, mergers, entry and exit, effects spread over quarters
//   adversarial  adds agency use driven by earlier distress, self-scored digital maturity, and block contracts that
//   change
//                what is recorded but not what is done
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/panel/panel.hpp"

namespace headwater {

enum class Scenario { clean, nhs, adversarial };
Scenario parse_scenario(const std::string& text);  // throws Error{usage, "simulate.scenario"}
const char* name(Scenario scenario);

struct SimulationOptions {
  Scenario scenario = Scenario::nhs;
  std::uint64_t seed = 20260212;
  std::uint32_t replicate = 0;  // draws of one seed that are independent of each other
  int trusts = 205;
  int quarters = 24;
  std::int64_t first_quarter = std::int64_t{2019} * 4;  // ordinal of a financial quarter: 2019-20 Q1
};

// Long-run coefficients planted in log activity and log resource; productivity has their difference.
struct PlantedEffect {
  std::string regressor;  // as the models write it: "l(log(capital_stock), 1)"
  std::string driver;     // "capital", "workforce", "digital", "contract"
  double activity = 0;
  double resource = 0;
};
const std::vector<PlantedEffect>& planted_effects();

struct TruthRow {
  std::string unit, period, name;
  double value;
};

struct SimulatedPanel {
  std::vector<Column> columns;
  std::vector<TruthRow> truth;
};

SimulatedPanel simulate(const SimulationOptions& options);
// The panel in memory, with keys trust and quarter.
Panel simulated_panel(const SimulationOptions& options);

std::string panel_csv(const SimulatedPanel& panel);
std::string truth_csv(const SimulatedPanel& panel);

}  // namespace headwater
