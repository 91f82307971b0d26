// Aggregate productivity between two periods: published numbers, time reversal, takeovers, influence.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

Panel panel_from(const std::string& csv, const ReadOptions& options) {
  return make_panel(parse_csv(csv, "test.csv", ',', options), options);
}

// Six firms in period 0, four of them and two others in period 1 (Zeng 2019).
Panel six_firms() {
  return panel_from(
      "id,t,tfp,s\n1,0,1.95,0.33\n2,0,1.73,0.25\n3,0,1.64,0.10\n4,0,1.85,0.12\n5,0,1.39,0.09\n6,0,1.57,0.11\n"
      "1,1,1.68,0.30\n2,1,1.76,0.21\n3,1,1.04,0.17\n4,1,1.47,0.01\n7,1,1.17,0.25\n8,1,1.23,0.06\n",
      {.unit = "id", .time = "t"});
}

std::vector<Decomposition> run(const Panel& panel, const std::string& outcome, const std::string& call,
                               const std::string& rule) {
  Spec spec;
  spec.formula = expand(parse_formula(outcome + " ~ 1")).front();
  spec.covariance = parse_method_call(rule);
  const MethodCall parsed = parse_method_call(call);
  check_options(parsed, decomposition(parsed.method).card);
  return decomposition(parsed.method).run({panel, spec, parsed});
}

Decomposition firms(const std::string& method, const std::string& from = "0", const std::string& to = "1") {
  return run(six_firms(), "tfp", "aggregate(method = " + method + ", share = s, from = " + from + ", to = " + to + ")",
             "cluster(id)")
      .front();
}

TEST(Aggregate, SixMethodsOnSixFirmsComeOutToTheDigitsOfDfvad) {
  const std::vector<std::pair<std::string, std::vector<double>>> published = {
      {"diewert_fox", {-0.247797, -0.036080, -0.112223, 0.0677}},
      {"melitz_polanec", {-0.305, 0.0211232, -0.112223, 0.0677}},
      {"griliches_regev", {-0.18385, -0.037534, -0.128336, 0.02132}},
      {"fhk", {-0.1872, -0.022822, 0.0067, -0.179238, 0.05416}},
      {"bhc", {-0.1872, -0.2097, 0.3663, -0.2978}},
      {"baldwin_gu", {-0.18385, -0.04926, -0.09529}}};
  for (const auto& [method, parts] : published) {
    const Decomposition d = firms(method);
    ASSERT_EQ(d.estimates.values.size(), static_cast<Index>(parts.size())) << method;
    for (std::size_t i = 0; i < parts.size(); ++i)
      EXPECT_NEAR(d.estimates.values(static_cast<Index>(i)), parts[i], 6e-7) << method << " " << d.estimates.names[i];
    EXPECT_NEAR(d.total, -0.3284, 1e-12);
    EXPECT_LE(d.closure_error, d.tolerance);
  }
}

// From the definitions, unit by unit: nothing shared with the program but the data.
TEST(Aggregate, ExitIsComputedOnItsOwnUnlikeOlleyp) {
  const double stay = 0.33 * 1.95 + 0.25 * 1.73 + 0.10 * 1.64 + 0.12 * 1.85, left = 0.09 * 1.39 + 0.11 * 1.57;
  const Decomposition d = firms("melitz_polanec");
  EXPECT_NEAR(d.estimates.values(3), 0.20 * (stay / 0.80 - left / 0.20), 1e-14);
}

TEST(Aggregate, FhkDoesNotNegateUnderTimeReversal) {
  const Decomposition back = firms("fhk", "1", "0");
  EXPECT_NEAR(back.estimates.values(1), 0.0522, 5e-5);
  EXPECT_NEAR(back.estimates.values(2), 0.0067, 5e-5);
}

TEST(Aggregate, MelitzPolanecInfluenceIsTheClosedForm) {
  const Panel panel = six_firms();
  const Decomposition d = firms("melitz_polanec");
  // Δφ̄_S over the four survivors: (Δφ_i − Δφ̄)/4; by unit in the order 1, 2, 3, 4.
  const double change[] = {-0.27, 0.03, -0.60, -0.38}, mean = -0.305;
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(d.estimates.influence(i, 0), (change[i] - mean) / 4, 1e-15);
  EXPECT_NEAR(d.estimates.influence.col(0).sum(), 0, 1e-15);
}

TEST(Aggregate, InfluenceEqualsTheDerivativeInEachUnitsSize) {
  const Panel panel = small_panel(13, 14, 5, 0.8);
  for (const char* method : {"diewert_fox", "griliches_regev", "fhk", "bhc", "baldwin_gu"}) {
    const std::string call = std::string("aggregate(method = ") + method + ", share = w, from = 2010, to = 2014)";
    expect_influence_is_derivative(panel, "w", [&](const Panel& p) { return run(p, "y", call, "cluster(unit)"); });
  }
  for (const char* method : {"diewert_fox", "fhk", "bhc"}) {
    const std::string call =
        std::string("aggregate(method = ") + method + ", share = w, from = 2010, to = 2014, drivers = yes)";
    for (const auto& [formula, estimator] :
         {std::pair{"y ~ x + z | unit + year", "within"}, std::pair{"y ~ x + z", "pooled"}})
      expect_influence_is_derivative(
          panel, "w", [&](const Panel& p) { return small_model(p, small_spec(formula, estimator, "w")).run(call); });
  }
}

TEST(Aggregate, WithinSplitByDriversSumsToWithin) {
  const SmallModel m = small_model(small_panel(3, 30, 4, 0.9), small_spec("y ~ x + z | unit + year", "within"));
  for (const char* method : {"diewert_fox", "melitz_polanec", "griliches_regev", "fhk", "bhc"}) {
    const std::string call = std::string("aggregate(method = ") + method + ", share = size, from = 2010, to = 2013";
    const Decomposition whole = m.run(call + ")").front(), split = m.run(call + ", drivers = yes)").front();
    double within = 0;
    for (std::size_t i = 0; i < split.estimates.names.size(); ++i)
      if (split.estimates.names[i].rfind("within: ", 0) == 0) within += split.estimates.values(static_cast<Index>(i));
    EXPECT_NEAR(within, whole.estimates.values(0), 1e-13) << method;
    EXPECT_EQ(split.estimates.names[0], "within: first");
    EXPECT_NEAR(split.total_std_error * split.total_std_error, split.covariance.sum(), 1e-12);
  }
}

const std::string kTrusts =
    "code,year,y,size\nR0A,2016,1.0,100\nRW3,2016,0.8,50\nRM2,2016,1.3,40\nRX1,2016,0.9,70\n"
    "R0A,2018,1.1,160\nRM2,2018,1.35,45\nRX1,2018,0.95,75\n";

TEST(Aggregate, ATakeoverIsOneUnitInBothPeriods) {
  const ReadOptions options{.unit = "code", .time = "year", .text = {"code"}, .check_quality = false};
  RawTable table = parse_csv(kTrusts, "test.csv", ',', options);
  Panel plain = make_panel(table, options);
  DataLedger ledger = plain.ledger();
  ledger.continued_by = {{"R0A", "R0A"}, {"RW3", "R0A"}};
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < plain.rows(); ++i) rows.push_back(plain.source_row(i));
  const Panel merged(plain.columns(), plain.keys(), rows, ledger);
  const Decomposition joined =
      run(merged, "y", "aggregate(share = size, from = 2016, to = 2018)", "cluster(code)").front();
  EXPECT_EQ(joined.estimates.names, (Names{"within", "between"}));
  EXPECT_EQ(joined.choices.at("survivors"), "3");
  EXPECT_EQ(joined.notes.back().message, "takeovers counted as one unit in both periods: R0A + RW3 -> R0A");
  const double before = (100 * 1.0 + 50 * 0.8) / 150, s1[] = {150.0 / 260, 40.0 / 260, 70.0 / 260},
               s2[] = {160.0 / 280, 45.0 / 280, 75.0 / 280};
  const double within =
      0.5 * (s1[0] + s2[0]) * (1.1 - before) + 0.5 * (s1[1] + s2[1]) * 0.05 + 0.5 * (s1[2] + s2[2]) * 0.05;
  EXPECT_NEAR(joined.estimates.values(0), within, 1e-14);
  const Decomposition apart =
      run(merged, "y", "aggregate(share = size, from = 2016, to = 2018, mergers = apart)", "cluster(code)").front();
  EXPECT_EQ(apart.choices.at("leavers"), "1");
  EXPECT_NEAR(apart.total, joined.total, 1e-15);
}

TEST(Aggregate, RefusesIndicesAndBaldwinGuWithoutLeavers) {
  const Panel panel = panel_from("id,t,y,s\na,0,1,2\nb,0,1,1\na,1,1.1,2\nb,1,1.2,1\n", {.unit = "id", .time = "t"});
  const auto message = [&](const Panel& p, const std::string& call) {
    try {
      run(p, "y", call, "cluster(id)");
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(message(panel, "aggregate(share = s, from = 0, to = 1)"),
            "every unit has y = 1 in 0: this is an index with a base period, whose levels cannot be compared between "
            "units, so size and productivity cannot be set against each other; use levels");
  const Panel levels = panel_from("id,t,y,s\na,0,1,2\nb,0,2,1\na,1,1.1,2\nb,1,1.2,1\n", {.unit = "id", .time = "t"});
  EXPECT_EQ(message(levels, "aggregate(method = baldwin_gu, share = s, from = 0, to = 1)"),
            "baldwin_gu measures against the units that leave, but none leaves between 0 and 1; use diewert_fox or "
            "griliches_regev");
}

TEST(Kitagawa, SplitsRatesAndCompositionByHand) {
  const Panel panel = panel_from("site,kind,class,rate,n\n1,a,x,0.10,60\n2,a,y,0.30,40\n3,b,x,0.12,30\n4,b,y,0.25,70\n",
                                 {.text = {"site"}});
  const Decomposition d = run(panel, "rate", "kitagawa(groups = kind, by = class, share = n)", "robust").front();
  EXPECT_EQ(d.estimates.names, (Names{"rate: x", "rate: y", "composition: x", "composition: y"}));
  EXPECT_NEAR(d.estimates.values(0), 0.45 * -0.02, 1e-15);
  EXPECT_NEAR(d.estimates.values(1), 0.55 * 0.05, 1e-15);
  EXPECT_NEAR(d.estimates.values(2), 0.11 * 0.3, 1e-15);
  EXPECT_NEAR(d.estimates.values(3), 0.275 * -0.3, 1e-15);
  EXPECT_NEAR(d.total, 0.18 - 0.211, 1e-15);
  EXPECT_EQ(d.tables, (Names{"side", "group"}));
  const auto& sums = std::get<std::vector<double>>(d.extras.front().values);
  EXPECT_NEAR(sums[0], 0.45 * -0.02 + 0.55 * 0.05, 1e-15);
  EXPECT_NEAR(sums[1], 0.11 * 0.3 - 0.275 * 0.3, 1e-15);
}

TEST(Kitagawa, InfluenceEqualsTheDerivativeInEachUnitsWeight) {
  const Panel panel = small_panel(5, 18, 5, 0.9);
  for (const char* call : {"kitagawa(groups = q, cut = 0, by = type, share = w)",
                           "kitagawa(from = 2010, to = 2014, by = type, share = w)"})
    expect_influence_is_derivative(panel, "w", [&](const Panel& p) { return run(p, "y", call, "cluster(unit)"); });
}

}  // namespace
}  // namespace headwater
