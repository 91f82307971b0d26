#include "headwater/run/simulate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::array<const char*, 4> kTypes = {"acute", "community", "mental_health", "ambulance"};
constexpr std::array<double, 4> kTypeShare = {0.654, 0.06, 0.237, 0.049};
constexpr std::array<const char*, 7> kRegions = {
    "Midlands", "North West", "North East and Yorkshire", "South East", "London", "South West", "East"};
constexpr std::array<int, 7> kRegionWeight = {26, 25, 24, 23, 21, 17, 14};
constexpr int kIcbsPerRegion = 6;
constexpr std::int64_t kCovidStart = std::int64_t{2020} * 4;  // 2020-21 Q1
constexpr int kBurnIn = 12;

enum Regressor { capital, fte, agency, turnover, engagement, dma, block, kRegressors };

// Seasonal swing of activity by financial quarter.
constexpr std::array<double, 4> kSeason = {0.000, 0.004, 0.010, -0.014};

struct Trust {
  std::string code;
  int type = 0, region = 0, icb = 0;
  double size = 0;          // log FTE level
  double productivity = 0;  // lasting difference in log activity
  double cost = 0;          // lasting difference in log resource
  int first = 0, last = 0;  // quarters present
  int taken_over_at = -1;   // quarter in which it is merged into `successor`
  int successor = -1;
};

// What one trust does over time, from burn-in on; index 0 is kBurnIn quarters before the panel starts.
struct Path {
  std::array<std::vector<double>, kRegressors> x;
  std::vector<double> activity, resource, noise, revision, error;
};

std::string code_of(int i) {
  const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXY";
  constexpr int base = 23;
  return std::string("R") + letters[(i / base) % base] + letters[i % base];
}

int pick(double u, const std::array<double, 4>& shares) {
  double sum = 0;
  for (int i = 0; i < 4; ++i)
    if (u < (sum += shares[static_cast<std::size_t>(i)])) return i;
  return 0;
}

int pick_region(double u) {
  int total = 0, sum = 0;
  for (const int w : kRegionWeight) total += w;
  for (int i = 0; i < 7; ++i)
    if (u * total < (sum += kRegionWeight[static_cast<std::size_t>(i)])) return i;
  return 0;
}

Trust draw_trust(int i, const SimulationOptions& options, RandomStream& random) {
  Trust trust;
  trust.code = code_of(i);
  trust.type = pick(random.uniform(), kTypeShare);
  trust.region = pick_region(random.uniform());
  trust.icb = trust.region * kIcbsPerRegion + static_cast<int>(random.below(kIcbsPerRegion));
  trust.size = 8.4 + 0.55 * random.normal() - (trust.type == 3 ? 0.6 : 0);
  trust.productivity = 0.09 * random.normal();
  trust.cost = 0.05 * random.normal();
  trust.last = options.quarters - 1;
  return trust;
}

// A level that starts at `mean`, moves as AR(1) about it and may drift.
std::vector<double> slow(RandomStream& random, int length, double mean, double sd, double persistence,
                         double drift = 0) {
  std::vector<double> path(static_cast<std::size_t>(length));
  const double shock = sd * std::sqrt(1 - persistence * persistence);
  double state = sd * random.normal();
  for (int t = 0; t < length; ++t) {
    path[static_cast<std::size_t>(t)] = mean + state + drift * t;
    state = persistence * state + shock * random.normal();
  }
  return path;
}

// Digital maturity is scored once a year: a step function.
std::vector<double> yearly(std::vector<double> path) {
  for (std::size_t t = 0; t < path.size(); ++t) path[t] = path[t - t % 4];
  return path;
}

std::vector<double> block_path(const Trust& trust, const SimulationOptions& options, RandomStream& random, int length) {
  const double base = trust.type == 0 ? 0.52 : 0.93;
  const double own = std::clamp(base + (trust.type == 0 ? 0.07 : 0.03) * random.normal(), 0.3, 0.99);
  const int change =
      kBurnIn + static_cast<int>(random.below(static_cast<std::uint32_t>(std::max(2, options.quarters))));
  const double after = std::clamp(own - 0.15 * random.uniform(), 0.2, 0.99);
  std::vector<double> path(static_cast<std::size_t>(length), own);
  for (int t = 0; t < length; ++t) {
    const std::int64_t quarter = options.first_quarter + t - kBurnIn;
    double share = t >= change ? after : own;
    if (options.scenario != Scenario::clean && trust.type == 0 && quarter >= kCovidStart && quarter < kCovidStart + 8)
      share = 0.98;
    path[static_cast<std::size_t>(t)] = share;
  }
  return path;
}

double covid(std::int64_t quarter) {
  if (quarter < kCovidStart) return 0;
  const auto since = static_cast<double>(quarter - kCovidStart);
  return since < 4 ? -0.24 : -0.24 * std::exp(-(since - 3) / 4);
}

double common_trend(int type, int t, const SimulationOptions& options) {
  const std::int64_t quarter = options.first_quarter + t - kBurnIn;
  const double tilt = 0.0015 * (type - 1.5);
  const double shock = options.scenario == Scenario::clean ? 0 : covid(quarter);
  return 0.004 * t + tilt * t + kSeason[static_cast<std::size_t>(((quarter % 4) + 4) % 4)] + shock;
}

// In scenario adversarial a contract changes what is recorded, not what is done.
double effect_on_activity(const PlantedEffect& effect, Scenario scenario) {
  return scenario == Scenario::adversarial && effect.driver == "contract" ? 0 : effect.activity;
}

Path draw_path(const Trust& trust, const SimulationOptions& options, RandomStream& random) {
  const int length = kBurnIn + options.quarters;
  Path path;
  path.x[fte] = slow(random, length, trust.size, 0.06, 0.95, 0.004);
  path.x[capital] = slow(random, length, trust.size + 3.2 + 0.3 * random.normal(), 0.10, 0.97, 0.003);
  path.x[agency] = slow(random, length, 0.04, 0.015, 0.8);
  for (double& share : path.x[agency]) share = std::clamp(share, 0.001, 0.2);
  path.x[turnover] = slow(random, length, 0.11, 0.02, 0.85);
  path.x[engagement] = slow(random, length, 6.8 + 0.15 * random.normal(), 0.15, 0.9);
  path.x[dma] = yearly(slow(random, length, 2.2 + 0.3 * random.normal(), 0.18, 0.9, 0.02));
  path.x[block] = block_path(trust, options, random, length);
  path.activity.resize(static_cast<std::size_t>(length));
  path.resource = path.noise = path.revision = path.error = path.activity;
  const double persistence = 0.7, shock = 0.03 * std::sqrt(1 - persistence * persistence);
  double u = 0.03 * random.normal(), v = 0.02 * random.normal();
  const bool heavy = options.scenario != Scenario::clean && (trust.type == 1 || trust.type == 2);
  for (int t = 0; t < length; ++t) {
    const auto at = static_cast<std::size_t>(t);
    if (options.scenario == Scenario::adversarial && t > 0)
      path.x[agency][at] = std::clamp(path.x[agency][at] - 0.35 * path.error[at - 1], 0.001, 0.3);
    path.error[at] = u;
    double a = 1.0 + trust.productivity + common_trend(trust.type, t, options) + u;
    double r = 3.0 + trust.cost + 0.006 * t + v;
    for (int j = 0; j < kRegressors; ++j) {
      const PlantedEffect& effect = planted_effects()[static_cast<std::size_t>(j)];
      const bool spread = options.scenario != Scenario::clean && (j == capital || j == dma);
      double x = path.x[static_cast<std::size_t>(j)][static_cast<std::size_t>(std::max(0, t - 1))];
      if (spread) {  // the effect arrives over eight quarters
        x = 0;
        for (int lag = 1; lag <= 8; ++lag)
          x += path.x[static_cast<std::size_t>(j)][static_cast<std::size_t>(std::max(0, t - lag))] / 8;
      }
      a += effect_on_activity(effect, options.scenario) * x;
      r += effect.resource * x;
    }
    path.activity[at] = a;
    path.resource[at] = r;
    const double share = path.x[block][at];
    if (options.scenario != Scenario::clean) {
      const double spread = 0.01 + 0.05 * share;
      path.noise[at] = spread * (heavy ? random.student(4) : random.normal()) - 0.03 * (share - 0.5);
      path.revision[at] = 0.02 * random.normal();
      if (options.scenario == Scenario::adversarial) path.noise[at] -= 0.06 * (share - 0.5);
    }
    u = persistence * u + shock * random.normal();
    v = persistence * v + 0.02 * std::sqrt(1 - persistence * persistence) * random.normal();
  }
  if (options.scenario == Scenario::adversarial)
    for (double& score : path.x[dma])
      score = std::clamp(score + 2.5 * trust.productivity + 0.15 * random.normal(), 1.0, 5.0);
  return path;
}

// About one trust in ten is taken over by another of its region and type; a few enter late. One that takes over is
// there from the first quarter to the last.
void plan_mergers(std::vector<Trust>& trusts, const SimulationOptions& options) {
  RandomStream random(options.seed, options.replicate, 0xFFFFFFF0u);
  std::vector<bool> takes_over(trusts.size(), false);
  for (std::size_t i = 0; i < trusts.size(); ++i) {
    const double u = random.uniform(), when = random.uniform();
    const auto at = 2 + static_cast<int>(when * std::max(1, options.quarters - 4));
    if (takes_over[i]) continue;
    if (u > 0.98 && options.quarters > 8) trusts[i].first = std::max(1, at / 2);
    if (u >= 0.12 || options.quarters <= 4) continue;
    for (std::size_t j = i + 1; j < trusts.size(); ++j)
      if (trusts[j].type == trusts[i].type && trusts[j].region == trusts[i].region) {
        trusts[i].successor = static_cast<int>(j);
        trusts[i].taken_over_at = at;
        trusts[i].last = at - 1;
        takes_over[j] = true;
        break;
      }
  }
}

struct Cells {
  std::vector<std::string> trust, quarter, type, region, icb;
  std::vector<double> activity, activity_first, resource, fte, capital, beds, agency, turnover, engagement, dma,
      dma_baseline, block, variable_2019;
};

Column text_column(std::string name, const std::vector<std::string>& cells) {
  Column column;
  column.name = std::move(name);
  column.type = Column::Type::text;
  Names levels(cells.begin(), cells.end());
  std::sort(levels.begin(), levels.end(), natural_less);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  for (const std::string& cell : cells)
    column.codes.push_back(
        static_cast<std::int32_t>(std::lower_bound(levels.begin(), levels.end(), cell, natural_less) - levels.begin()));
  column.levels = std::move(levels);
  return column;
}

Column number_column(std::string name, const std::vector<double>& cells) {
  Column column;
  column.name = std::move(name);
  column.numbers = Eigen::Map<const Vector>(cells.data(), static_cast<Index>(cells.size()));
  return column;
}

double merged(double own, double other) { return std::log(std::exp(own) + std::exp(other)); }

}  // namespace

Scenario parse_scenario(const std::string& text) {
  for (const Scenario scenario : {Scenario::clean, Scenario::nhs, Scenario::adversarial})
    if (text == name(scenario)) return scenario;
  throw Error(ErrorKind::usage, "simulate.scenario",
              "there is no scenario '" + text + "'; they are clean, nhs and adversarial", {.key = "scenario"});
}

const char* name(Scenario scenario) {
  switch (scenario) {
    case Scenario::clean: return "clean";
    case Scenario::nhs: return "nhs";
    case Scenario::adversarial: return "adversarial";
  }
  return "nhs";
}

const std::vector<PlantedEffect>& planted_effects() {
  static const std::vector<PlantedEffect> effects = {
      {"l(log(capital_stock), 1)", "capital", 0.12, 0.03}, {"l(log(fte), 1)", "workforce", 0.75, 0.75},
      {"l(agency_share, 1)", "workforce", 0.05, 0.25},     {"l(turnover, 1)", "workforce", -0.25, 0.05},
      {"l(engagement, 1)", "workforce", 0.02, 0.00},       {"l(dma, 1)", "digital", 0.06, 0.01},
      {"l(block_share, 1)", "contract", -0.03, 0.00},
  };
  return effects;
}

SimulatedPanel simulate(const SimulationOptions& options) {
  if (options.trusts < 2 || options.trusts > 500 || options.quarters < 2 || options.quarters > 400)
    throw Error(ErrorKind::usage, "simulate.size",
                "a simulated panel has 2 to 500 trusts and 2 to 400 quarters; " + std::to_string(options.trusts) +
                    " × " + std::to_string(options.quarters) + " was asked for");
  std::vector<Trust> trusts;
  std::vector<Path> paths;
  for (int i = 0; i < options.trusts; ++i) {
    RandomStream random(options.seed, options.replicate, static_cast<std::uint32_t>(i));
    trusts.push_back(draw_trust(i, options, random));
    paths.push_back(draw_path(trusts.back(), options, random));
  }
  if (options.scenario != Scenario::clean) plan_mergers(trusts, options);
  Cells cells;
  SimulatedPanel panel;
  for (const PlantedEffect& effect : planted_effects()) {
    const double activity = effect_on_activity(effect, options.scenario);
    panel.truth.push_back({"", "", "activity: " + effect.regressor, activity});
    panel.truth.push_back({"", "", "resource: " + effect.regressor, effect.resource});
    panel.truth.push_back({"", "", "ratio: " + effect.regressor, activity - effect.resource});
  }
  for (std::size_t i = 0; i < trusts.size(); ++i) {
    const Trust& trust = trusts[i];
    panel.truth.push_back({trust.code, "", "lasting difference", trust.productivity - trust.cost});
    if (trust.successor >= 0)
      panel.truth.push_back({trust.code,
                             to_text(Period{Frequency::financial_quarter, options.first_quarter + trust.taken_over_at}),
                             "taken over by " + trusts[static_cast<std::size_t>(trust.successor)].code, 1});
    for (int quarter = trust.first; quarter <= trust.last; ++quarter) {
      const std::size_t at = static_cast<std::size_t>(quarter) + kBurnIn;
      Path own = {};
      for (int j = 0; j < kRegressors; ++j)
        own.x[static_cast<std::size_t>(j)] = {paths[i].x[static_cast<std::size_t>(j)][at]};
      double a = paths[i].activity[at], r = paths[i].resource[at];
      for (std::size_t other = 0; other < trusts.size(); ++other)
        if (trusts[other].successor == static_cast<int>(i) && quarter >= trusts[other].taken_over_at) {
          a = merged(a, paths[other].activity[at]);
          r = merged(r, paths[other].resource[at]);
          own.x[fte][0] = merged(own.x[fte][0], paths[other].x[fte][at]);
          own.x[capital][0] = merged(own.x[capital][0], paths[other].x[capital][at]);
        }
      const Period period{Frequency::financial_quarter, options.first_quarter + quarter};
      cells.trust.push_back(trust.code);
      cells.quarter.push_back(to_text(period));
      cells.type.emplace_back(kTypes[static_cast<std::size_t>(trust.type)]);
      cells.region.emplace_back(kRegions[static_cast<std::size_t>(trust.region)]);
      cells.icb.push_back("ICB" + std::to_string(trust.icb + 1));
      cells.activity.push_back(std::exp(a + paths[i].noise[at]));
      cells.activity_first.push_back(std::exp(a + paths[i].noise[at] + paths[i].revision[at]));
      cells.resource.push_back(std::exp(r));
      cells.fte.push_back(std::exp(own.x[fte][0]));
      cells.capital.push_back(std::exp(own.x[capital][0]));
      cells.beds.push_back(std::exp(own.x[fte][0] - 2.1));
      cells.agency.push_back(own.x[agency][0]);
      cells.turnover.push_back(own.x[turnover][0]);
      cells.engagement.push_back(own.x[engagement][0]);
      cells.dma.push_back(own.x[dma][0]);
      cells.dma_baseline.push_back(paths[i].x[dma][kBurnIn]);
      cells.block.push_back(own.x[block][0]);
      cells.variable_2019.push_back(1 - paths[i].x[block][kBurnIn]);
      panel.truth.push_back({trust.code, to_text(period), "log productivity before measurement error", a - r});
      panel.truth.push_back({trust.code, to_text(period), "measurement error", paths[i].noise[at]});
      panel.truth.push_back({trust.code, to_text(period), "revision since first published", -paths[i].revision[at]});
    }
  }
  panel.columns = {text_column("trust", cells.trust),
                   text_column("quarter", cells.quarter),
                   text_column("type", cells.type),
                   text_column("region", cells.region),
                   text_column("icb", cells.icb),
                   number_column("activity", cells.activity),
                   number_column("activity_first_published", cells.activity_first),
                   number_column("resource", cells.resource),
                   number_column("fte", cells.fte),
                   number_column("capital_stock", cells.capital),
                   number_column("beds", cells.beds),
                   number_column("agency_share", cells.agency),
                   number_column("turnover", cells.turnover),
                   number_column("engagement", cells.engagement),
                   number_column("dma", cells.dma),
                   number_column("dma_baseline", cells.dma_baseline),
                   number_column("block_share", cells.block),
                   number_column("variable_share_2019", cells.variable_2019)};
  return panel;
}

Panel simulated_panel(const SimulationOptions& options) {
  SimulatedPanel simulated = simulate(options);
  const auto n = static_cast<std::size_t>(simulated.columns.front().size());
  std::vector<std::int64_t> rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = static_cast<std::int64_t>(i) + 2;
  DataLedger ledger;
  ledger.file = std::string("simulated:") + name(options.scenario);
  ledger.rows_read = static_cast<std::int64_t>(n);
  return Panel(std::move(simulated.columns), {"trust", "quarter"}, std::move(rows), std::move(ledger));
}

std::string panel_csv(const SimulatedPanel& panel) {
  std::string out;
  for (std::size_t c = 0; c < panel.columns.size(); ++c) out += (c > 0 ? "," : "") + panel.columns[c].name;
  out += "\n";
  for (Index i = 0; i < panel.columns.front().size(); ++i) {
    for (std::size_t c = 0; c < panel.columns.size(); ++c) {
      const Column& column = panel.columns[c];
      if (c > 0) out += ",";
      out += column.type == Column::Type::text
                 ? column.levels[static_cast<std::size_t>(column.codes[static_cast<std::size_t>(i)])]
                 : significant(column.numbers(i), 12);
    }
    out += "\n";
  }
  return out;
}

std::string truth_csv(const SimulatedPanel& panel) {
  std::string out = "trust,quarter,name,value\n";
  for (const TruthRow& row : panel.truth)
    out += row.unit + "," + row.period + ",\"" + row.name + "\"," + significant(row.value, 12) + "\n";
  return out;
}

}  // namespace headwater
