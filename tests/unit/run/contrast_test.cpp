// One covariance across decompositions: every contrast is checked against a number computed another way.
#include "headwater/run/contrast.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/run/pipeline.hpp"
#include "unit/decompositions/small_panel.hpp"

namespace headwater {
namespace {

using Flags = std::vector<std::pair<std::string, std::string>>;

Tree result_of(const Flags& more, const Panel& panel, const std::string& formula = "y ~ x + z + q | unit + year") {
  Overrides flags{{"model.formula", formula}, {"driver.first", "x"}, {"driver.second", "z"}};
  flags.insert(flags.end(), more.begin(), more.end());
  return describe(run(config_from_flags(flags), panel));
}

double number(const Tree& tree, const char* name) { return numbers(tree, name).front(); }

const Tree& node(const Tree& result, const std::string& fit, const std::string& name) {
  return *result.find_child("decompositions")->find_child(fit)->find_child(name);
}

double covariance_of(const Tree& node, std::size_t i, std::size_t j) {
  return numbers(node, "covariance")[i * labels(node, "component").size() + j];
}

std::string message_of(const Tree& result, const std::string& text) {
  try {
    contrast(result, text);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

const std::string kChange = "change(from = 2010, to = 2014)";

TEST(Contrast, WithinADecompositionUsesItsCovariance) {
  const Tree result = result_of({{"decompose.use", kChange}}, small_panel(5));
  const Tree& change = node(result, "model", "1_change");
  const Tree answer = contrast(result, "change:first - change:second");
  EXPECT_DOUBLE_EQ(number(answer, "estimate"), numbers(change, "estimate")[0] - numbers(change, "estimate")[1]);
  const double variance = covariance_of(change, 0, 0) + covariance_of(change, 1, 1) - 2 * covariance_of(change, 0, 1);
  EXPECT_NEAR(number(answer, "std_error"), std::sqrt(variance), 1e-14);
  EXPECT_EQ(text_attribute(answer, "hypothesis"), "change:first - change:second = 0");
}

TEST(Contrast, OfOneComponentHasItsInterval) {
  const Tree result = result_of({{"decompose.use", kChange}}, small_panel(5));
  const Tree& change = node(result, "model", "1_change");
  const auto part = [&](const char* name) { return numbers(change, name)[0]; };
  ASSERT_GT(std::abs(part("conf_low") + part("conf_high") - 2 * part("estimate")), 1e-3 * part("std_error"));

  const Tree same = contrast(result, "change:first");
  EXPECT_NEAR(number(same, "conf_low"), part("conf_low"), 1e-15);
  EXPECT_NEAR(number(same, "conf_high"), part("conf_high"), 1e-15);
  const Tree turned = contrast(result, "1 - 2 * change:first");
  EXPECT_NEAR(number(turned, "conf_low"), 1 - 2 * part("conf_high"), 1e-14);
  EXPECT_NEAR(number(turned, "conf_high"), 1 - 2 * part("conf_low"), 1e-14);
  ASSERT_EQ(labels(same, "note").size(), 1u);
  EXPECT_EQ(texts(same, "note_message").front(),
            "the component is a product of estimates near zero: the interval is that of its decomposition and not "
            "symmetric; read it rather than the p value");
}

// Components with a standard error: rules over periods or several ways can be blind to some.
Names estimable(const Tree& node) {
  Names names;
  for (std::size_t i = 0; i < labels(node, "component").size(); ++i)
    if (integers(node, "estimable")[i]) names.push_back(labels(node, "component")[i]);
  return names;
}

TEST(Contrast, TheTotalsErrorIsTheOneComputedDirectly) {
  for (const char* rule : {"cluster(unit)", "robust", "iid", "HC0"}) {
    const Tree result = result_of({{"decompose.use", kChange}, {"model.covariance", rule}}, small_panel(5, 24, 5, 0.9));
    const Tree answer = contrast(result, "change:total");
    const Tree& change = node(result, "model", "1_change");
    EXPECT_NEAR(number(answer, "std_error"), number(change, "total_std_error"), 1e-10) << rule;
    EXPECT_NEAR(number(answer, "estimate"), number(change, "total"), 1e-12) << rule;
  }
}

TEST(Contrast, AcrossTwoRunsOfOneDecompositionIsAsWithinOne) {
  for (const char* rule : {"cluster(unit)", "cluster(unit, year)", "driscoll_kraay(lag = 1)", "driscoll_kraay", "HC0",
                           "newey_west(lag = 2)", "thompson(lag = 1)", "thompson(lag = 2, kernel = bartlett)"}) {
    const Tree result = result_of(
        {{"decompose.use", "gelbach(base = x)"}, {"decompose.use", "gelbach(base = x)"}, {"model.covariance", rule}},
        small_panel(7, 40, 9, 0.9));
    const Names names = estimable(node(result, "model", "1_gelbach"));
    ASSERT_GE(names.size(), 2u) << rule;
    const Tree nothing = contrast(result, "1_gelbach:" + names[0] + " = 2_gelbach:" + names[0]);
    EXPECT_EQ(number(nothing, "estimate"), 0) << rule;
    EXPECT_NEAR(number(nothing, "std_error"), 0, 1e-12) << rule;
    EXPECT_NEAR(number(contrast(result, "1_gelbach:" + names[0] + " - 2_gelbach:" + names[1]), "std_error"),
                number(contrast(result, "1_gelbach:" + names[0] + " - 1_gelbach:" + names[1]), "std_error"), 1e-12)
        << rule;
  }
}

TEST(Contrast, DoesNotKnowHowFarRowsLieApart) {
  const Tree result = result_of({{"decompose.use", kChange},
                                 {"decompose.use", "change(from = 2011, to = 2014)"},
                                 {"model.covariance", "conley(x, z, 100)"}},
                                small_panel(5));
  EXPECT_EQ(
      message_of(result, "1_change:first - 2_change:first"),
      "model/1_change has the covariance rule conley(latitude = x, longitude = z, cutoff = 100, radius = 6376), which "
      "goes by where rows lie, and a result file does not hold that; run both under a cluster rule, as of the areas "
      "around the places");
  EXPECT_GT(number(contrast(result, "1_change:first - 1_change:second"), "std_error"), 0) << "within one, it need not";
}

TEST(Contrast, TripletPartsObeyTheIdentityWithNoErrorLeft) {
  Panel panel = small_panel(9);
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  for (Column& column : columns)
    if (column.name == "y") column.numbers = column.numbers.array().exp();
  const Tree result = result_of({{"decompose.use", kChange}, {"model.outcome", "ratio(y, size)"}},
                                Panel(std::move(columns), panel.keys(), rows, panel.ledger()), "x + z | unit + year");
  const Tree answer =
      contrast(result, "model.ratio/change:first - model.activity/change:first + model.resource/change:first");
  EXPECT_NEAR(number(answer, "estimate"), 0, 1e-12);
  EXPECT_NEAR(number(answer, "std_error"), 0, 1e-10);
}

TEST(Contrast, AcrossMethodsEqualsTheJackknifeOfBothTogether) {
  // The covariance between change and gelbach, by leaving out one unit at a time and recomputing both.
  const Panel panel = small_panel(21, 60, 4);
  const Flags uses{{"decompose.use", "change(from = 2010, to = 2013)"}, {"decompose.use", "gelbach(base = x)"}};
  const Tree result = result_of(uses, panel, "y ~ x + z + q | unit + year");
  const Tree answer = contrast(result, "change:second - 2 * gelbach:second");
  double sum = 0, squares = 0;
  const int units = panel.units().count;
  for (int u = 0; u < units; ++u) {
    std::vector<std::int64_t> rows;
    std::vector<Column> columns = panel.columns();
    std::vector<Index> kept;
    for (Index i = 0; i < panel.rows(); ++i)
      if (panel.units().code[static_cast<std::size_t>(i)] != u) kept.push_back(i);
    for (Column& column : columns) {
      Column part = column;
      part.numbers.resize(column.type == Column::Type::number ? static_cast<Index>(kept.size()) : 0);
      part.codes.clear();
      for (std::size_t i = 0; i < kept.size(); ++i) {
        if (column.type == Column::Type::number)
          part.numbers(static_cast<Index>(i)) = column.numbers(kept[i]);
        else
          part.codes.push_back(column.codes[static_cast<std::size_t>(kept[i])]);
      }
      column = part;
    }
    for (const Index i : kept) rows.push_back(panel.source_row(i));
    const double value = number(contrast(result_of(uses, Panel(std::move(columns), panel.keys(), rows, panel.ledger())),
                                         "change:second - 2 * gelbach:second"),
                                "estimate");
    sum += value;
    squares += value * value;
  }
  const double jackknife = std::sqrt((units - 1.0) / units * (squares - sum * sum / units));
  EXPECT_NEAR(number(answer, "std_error") / jackknife, 1, 0.12);
}

TEST(Contrast, SharesAndNumbersOnTheRight) {
  const Tree result = result_of({{"decompose.use", kChange}}, small_panel(5, 60, 5));
  const Tree& change = node(result, "model", "1_change");
  ASSERT_EQ(text_attribute(change, "shares_reason"), "");
  const Tree answer = contrast(result, "share(change:first) = 0.25");
  EXPECT_NEAR(number(answer, "estimate"), numbers(change, "share")[0] - 0.25, 1e-14);
  try {
    contrast(result, "share(change:total)");
    FAIL() << "the share of the total is one whatever the data";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "in the contrast 'share(change:total)' every component cancels, so nothing is left to compare; name two "
              "different components");
  }
}

TEST(Contrast, ComponentsWithSpacesAndColonsNeedNoQuotes) {
  const Tree result = result_of({{"decompose.use", kChange}}, small_panel(5));
  const Tree& change = node(result, "model", "1_change");
  const auto& names = labels(change, "component");
  const auto at = std::find(names.begin(), names.end(), "effects: year") - names.begin();
  EXPECT_DOUBLE_EQ(number(contrast(result, "change:effects: year"), "estimate"),
                   numbers(change, "estimate")[static_cast<std::size_t>(at)]);
}

TEST(Contrast, Messages) {
  const Tree result = result_of({{"decompose.use", kChange}, {"decompose.use", "change(unit = u3)"}}, small_panel(5));
  EXPECT_EQ(message_of(result, "change:first"),
            "'change' names 2 decompositions of the result; write model/1_change or model/2_change");
  EXPECT_EQ(message_of(result, "chnage:first"), "the result has no decomposition 'chnage'; did you mean 'change'?");
  EXPECT_EQ(message_of(result, "nope:first"),
            "the result has no decomposition 'nope'; it has change, each also under its full name, such as "
            "model/2_change");
  EXPECT_EQ(message_of(result, "1_change:frist - 1_change:second"),
            "model/1_change has no component 'frist'; did you mean 'first'?");
  EXPECT_EQ(message_of(result, "1_change:first * 2"),
            "cannot read the contrast: expected an operator (+, -, =) or the end\n  1_change:first * 2\n"
            "                 ^");
  EXPECT_EQ(message_of(result, "2_change:residual"),
            "the uncertainty of residual in model/2_change is not estimable, so neither is that of the contrast; "
            "its frame and notes say why and what to do");
  EXPECT_EQ(message_of(result_of({}, small_panel(5)), "change:first"),
            "the result holds no decomposition, so there is nothing to compare; run it with use = METHOD under "
            "[decompose]");
}

TEST(Contrast, RefusesOtherRulesAndOtherSamplesByName) {
  const Panel panel = small_panel(5, 24, 5);
  Tree a = result_of({{"decompose.use", kChange}}, panel);
  const Tree b = result_of({{"decompose.use", kChange}, {"model.covariance", "robust"}}, panel);
  a.child("decompositions").children.push_back(*b.find_child("decompositions")->find_child("model"));
  a.child("decompositions").children.back().name = "other";
  EXPECT_EQ(message_of(a, "model/change:first - other/change:first"),
            "model/1_change has the covariance rule cluster(unit) but other/1_change has robust, so they have no joint "
            "covariance; run both under one rule");
  Tree c = result_of({{"decompose.use", kChange}}, panel);
  const Tree d = result_of({{"decompose.use", kChange}}, small_panel(5, 23, 5));
  c.child("decompositions").children.push_back(*d.find_child("decompositions")->find_child("model"));
  c.child("decompositions").children.back().name = "other";
  const std::string message = message_of(c, "model/change:first - other/change:first");
  EXPECT_NE(
      message.find("come from different samples whose clusters do not match: 'u23' is in the first alone; run both "
                   "with sample = common"),
      std::string::npos)
      << message;
}

}  // namespace
}  // namespace headwater
