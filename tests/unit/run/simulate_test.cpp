// Every promise of the simulator: types, regions, ICBs, mergers, entry and exit, the COVID break, slow drivers, block
// shares by type, revisions, and a truth file that adds up to the panel.
#include "headwater/run/simulate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

SimulatedPanel panel_of(Scenario scenario, std::uint64_t seed = 1, int trusts = 205, int quarters = 24) {
  return simulate({.scenario = scenario, .seed = seed, .trusts = trusts, .quarters = quarters});
}

const Column& column(const SimulatedPanel& panel, const std::string& wanted) {
  for (const Column& one : panel.columns)
    if (one.name == wanted) return one;
  throw std::runtime_error("no column " + wanted);
}

std::vector<std::string> texts(const SimulatedPanel& panel, const std::string& wanted) {
  const Column& from = column(panel, wanted);
  std::vector<std::string> cells;
  for (const std::int32_t code : from.codes) cells.push_back(from.levels[static_cast<std::size_t>(code)]);
  return cells;
}

double mean_where(const SimulatedPanel& panel, const std::string& value,
                  const std::function<bool(std::size_t)>& where) {
  const Vector& numbers = column(panel, value).numbers;
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(numbers.size()); ++i)
    if (where(i)) {
      sum += numbers(static_cast<Index>(i));
      ++count;
    }
  return sum / count;
}

std::map<std::string, int> rows_by_trust(const SimulatedPanel& panel) {
  std::map<std::string, int> rows;
  for (const std::string& trust : texts(panel, "trust")) ++rows[trust];
  return rows;
}

TEST(Simulator, IsTheSameForTheSameSeed) {
  EXPECT_EQ(panel_csv(panel_of(Scenario::nhs, 5)), panel_csv(panel_of(Scenario::nhs, 5)));
  EXPECT_EQ(truth_csv(panel_of(Scenario::nhs, 5)), truth_csv(panel_of(Scenario::nhs, 5)));
  EXPECT_NE(panel_csv(panel_of(Scenario::nhs, 5)), panel_csv(panel_of(Scenario::nhs, 6)));
}

TEST(Simulator, HasTheTypesRegionsAndBoardsOfEngland) {
  const SimulatedPanel panel = panel_of(Scenario::nhs);
  EXPECT_EQ(column(panel, "type").levels, (Names{"acute", "ambulance", "community", "mental_health"}));
  EXPECT_EQ(column(panel, "region").levels.size(), 7u);
  EXPECT_LE(column(panel, "icb").levels.size(), 42u);
  EXPECT_GE(column(panel, "icb").levels.size(), 38u);
  std::map<std::string, std::set<std::string>> regions_of_board;
  const auto boards = texts(panel, "icb"), regions = texts(panel, "region");
  for (std::size_t i = 0; i < boards.size(); ++i) regions_of_board[boards[i]].insert(regions[i]);
  for (const auto& [board, own] : regions_of_board) EXPECT_EQ(own.size(), 1u) << board;
  std::map<std::string, std::string> type_of_trust;
  const auto trusts = texts(panel, "trust"), types = texts(panel, "type");
  for (std::size_t i = 0; i < trusts.size(); ++i) type_of_trust[trusts[i]] = types[i];
  std::map<std::string, double> share;
  for (const auto& [trust, type] : type_of_trust) share[type] += 1.0 / static_cast<double>(type_of_trust.size());
  EXPECT_NEAR(share["acute"], 0.65, 0.1);
  EXPECT_NEAR(share["mental_health"] + share["community"], 0.30, 0.1);
  EXPECT_NEAR(share["ambulance"], 0.05, 0.04);
}

TEST(Simulator, CleanIsBalancedAndMeasuredWithoutError) {
  const SimulatedPanel panel = panel_of(Scenario::clean);
  for (const auto& [trust, rows] : rows_by_trust(panel)) EXPECT_EQ(rows, 24) << trust;
  for (const TruthRow& row : panel.truth)
    if (row.name == "measurement error" || row.name == "revision since first published") {
      EXPECT_EQ(row.value, 0);
    }
  EXPECT_EQ(column(panel, "activity").numbers, column(panel, "activity_first_published").numbers);
}

TEST(Simulator, TrustsMergeEnterAndLeave) {
  const SimulatedPanel panel = panel_of(Scenario::nhs);
  const auto trusts = texts(panel, "trust"), quarters = texts(panel, "quarter");
  std::map<std::string, std::pair<std::string, std::string>> span;  // first and last quarter of each trust
  for (std::size_t i = 0; i < trusts.size(); ++i) {
    auto& [first, last] = span.try_emplace(trusts[i], quarters[i], quarters[i]).first->second;
    last = quarters[i];
  }
  int mergers = 0, late = 0;
  const Vector& fte = column(panel, "fte").numbers;
  for (const TruthRow& row : panel.truth) {
    const std::string lead = "taken over by ";
    if (row.name.rfind(lead, 0) != 0) continue;
    ++mergers;
    const std::string successor = row.name.substr(lead.size());
    EXPECT_LT(span.at(row.unit).second, row.period) << row.unit << " is there after it was taken over";
    double before = 0, after = 0;
    for (std::size_t i = 0; i < trusts.size(); ++i) {
      if (trusts[i] != successor) continue;
      if (quarters[i] == row.period) after = fte(static_cast<Index>(i));
      if (quarters[i] < row.period) before = fte(static_cast<Index>(i));
    }
    EXPECT_GT(after, 1.1 * before) << successor << " grows by what it took over";
  }
  for (const auto& [trust, own] : span) late += own.first != "2019-20 Q1";
  EXPECT_GE(mergers, 10);
  EXPECT_LE(mergers, 40);
  EXPECT_GE(late, 1);
}

TEST(Simulator, CovidBreaksActivityAndFillsBlockContracts) {
  const SimulatedPanel panel = panel_of(Scenario::nhs);
  const auto quarters = texts(panel, "quarter"), types = texts(panel, "type");
  const auto ratio = [&](const std::string& quarter) {
    const auto here = [&](std::size_t i) { return quarters[i] == quarter; };
    return std::log(mean_where(panel, "activity", here) / mean_where(panel, "resource", here));
  };
  EXPECT_NEAR(ratio("2020-21 Q1") - ratio("2019-20 Q1"), -0.24, 0.08);
  EXPECT_GT(ratio("2023-24 Q1") - ratio("2020-21 Q1"), 0.15) << "most of it is made up three years later";
  const auto block = [&](const std::string& type, const std::string& quarter) {
    return mean_where(panel, "block_share", [&](std::size_t i) { return types[i] == type && quarters[i] == quarter; });
  };
  EXPECT_NEAR(block("acute", "2019-20 Q3"), 0.52, 0.05);
  EXPECT_NEAR(block("mental_health", "2019-20 Q3"), 0.92, 0.04);
  EXPECT_GE(block("ambulance", "2019-20 Q3"), 0.85);
  EXPECT_NEAR(block("acute", "2020-21 Q3"), 0.98, 1e-12);
}

TEST(Simulator, DriversAreSlow) {
  const SimulatedPanel panel = panel_of(Scenario::clean);
  const auto trusts = texts(panel, "trust"), quarters = texts(panel, "quarter");
  const auto autocorrelation = [&](const std::string& name) {
    const Vector& x = column(panel, name).numbers;
    double xy = 0, xx = 0;
    for (const auto& [trust, rows] : rows_by_trust(panel)) {
      std::vector<double> own;
      for (std::size_t i = 0; i < trusts.size(); ++i)
        if (trusts[i] == trust) own.push_back(x(static_cast<Index>(i)));
      double mean = 0;
      for (const double value : own) mean += value / static_cast<double>(own.size());
      for (std::size_t t = 1; t < own.size(); ++t) {
        xy += (own[t] - mean) * (own[t - 1] - mean);
        xx += (own[t - 1] - mean) * (own[t - 1] - mean);
      }
    }
    return xy / xx;
  };
  EXPECT_GT(autocorrelation("capital_stock"), 0.8);
  EXPECT_GT(autocorrelation("fte"), 0.8);
  const Vector& dma = column(panel, "dma").numbers;
  for (std::size_t i = 0; i < trusts.size(); ++i)
    if (quarters[i].find("Q1") == std::string::npos) {
      EXPECT_EQ(dma(static_cast<Index>(i)), dma(static_cast<Index>(i) - 1));
    }
}

TEST(Simulator, TheTruthAddsUpToThePanel) {
  for (const Scenario scenario : {Scenario::clean, Scenario::nhs, Scenario::adversarial}) {
    const SimulatedPanel panel = panel_of(scenario, 3, 40, 12);
    std::map<std::pair<std::string, std::string>, std::map<std::string, double>> truth;
    for (const TruthRow& row : panel.truth)
      if (!row.period.empty()) truth[{row.unit, row.period}][row.name] = row.value;
    const auto trusts = texts(panel, "trust"), quarters = texts(panel, "quarter");
    const Vector &activity = column(panel, "activity").numbers, &resource = column(panel, "resource").numbers,
                 &first = column(panel, "activity_first_published").numbers;
    for (std::size_t i = 0; i < trusts.size(); ++i) {
      const auto at = static_cast<Index>(i);
      auto& own = truth.at({trusts[i], quarters[i]});
      EXPECT_NEAR(std::log(activity(at) / resource(at)),
                  own.at("log productivity before measurement error") + own.at("measurement error"), 1e-12);
      EXPECT_NEAR(std::log(activity(at) / first(at)), own.at("revision since first published"), 1e-12);
    }
  }
}

TEST(Simulator, NoiseGrowsWithTheBlockShare) {
  const SimulatedPanel panel = panel_of(Scenario::nhs);
  const auto trusts = texts(panel, "trust"), quarters = texts(panel, "quarter");
  std::map<std::pair<std::string, std::string>, double> noise;
  for (const TruthRow& row : panel.truth)
    if (row.name == "measurement error") noise[{row.unit, row.period}] = row.value;
  const Vector& block = column(panel, "block_share").numbers;
  double low = 0, high = 0, lows = 0, highs = 0;
  for (std::size_t i = 0; i < trusts.size(); ++i) {
    const double share = block(static_cast<Index>(i)),
                 error = noise.at({trusts[i], quarters[i]}) + 0.03 * (share - 0.5);
    (share < 0.6 ? low : high) += error * error;
    ++(share < 0.6 ? lows : highs);
  }
  EXPECT_GT(std::sqrt(high / highs), 1.3 * std::sqrt(low / lows));
}

TEST(Simulator, AdversarialAgencyFollowsDistressAndContractsDoNothing) {
  const SimulatedPanel panel = panel_of(Scenario::adversarial);
  double activity_effect = 1;
  for (const TruthRow& row : panel.truth)
    if (row.name == "activity: l(block_share, 1)") activity_effect = row.value;
  EXPECT_EQ(activity_effect, 0) << "in this scenario a contract changes what is recorded, not what is done";
  const auto trusts = texts(panel, "trust");
  EXPECT_GT(column(panel, "agency_share").numbers.maxCoeff(), 0.0);
  EXPECT_LE(column(panel, "agency_share").numbers.maxCoeff(), 0.3);
  EXPECT_GE(column(panel, "dma").numbers.minCoeff(), 1.0);
  EXPECT_LE(column(panel, "dma").numbers.maxCoeff(), 5.0);
}

TEST(Simulator, RefusesWhatItCannotMake) {
  const auto message = [](const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(message([] { panel_of(Scenario::nhs, 1, 1); }),
            "a simulated panel has 2 to 500 trusts and 2 to 400 quarters; 1 × 24 was asked for");
  EXPECT_EQ(message([] { parse_scenario("clena"); }),
            "there is no scenario 'clena'; they are clean, nhs and adversarial");
}

}  // namespace
}  // namespace headwater
