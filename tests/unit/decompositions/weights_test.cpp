// The model's weights are used or refused by name; a method that reads its own rows says how many.
#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

std::vector<Decomposition> asked(const Panel& panel, const std::string& call, const std::string& weights = "w",
                                 const std::string& covariance = "cluster(unit)") {
  SmallModel m = small_model(panel, small_spec("y ~ x + z", "pooled", weights, covariance));
  m.spec.decompositions = {parse_method_call(call)};
  check_options(m.spec.decompositions.front(), decomposition(m.spec.decompositions.front().method).card);
  Decomposed all = decompose(m.panel, m.spec, &m.fit, &m.rule);
  if (!all.failures.empty()) throw all.failures.front().error;
  return std::move(all.answers);
}

// A panel with two factors of a rate and growth rates.
Panel rates() {
  Panel panel = small_panel(3, 12, 3);
  std::vector<Column> columns = panel.columns();
  Column a = panel.column("size"), r = a, price = a;
  a.name = "a";
  r.name = "r";
  price.name = "price";
  a.numbers = 0.02 * panel.column("x").numbers.array().tanh();
  r.numbers = 0.03 * panel.column("z").numbers.array().tanh();
  columns.insert(columns.end(), {a, r, price});
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  return Panel(std::move(columns), panel.keys(), rows, panel.ledger());
}

TEST(Weights, AreRefusedByNameWhereAMethodHasNoUseForThem) {
  const Panel panel = rates();
  for (const std::string call : {"olley_pakes(share = size)", "aggregate(share = size, from = 2010, to = 2012)",
                                 "aggregate(share = size, from = 2010, to = 2012, drivers = yes)",
                                 "index(price = price, quantity = size, from = "
                                 "2010, to = 2012)",
                                 "das_gupta(factors = size + price, from = 2010, to = 2012)"}) {
    try {
      asked(panel, call);
      ADD_FAILURE() << call;
    } catch (const Error& error) {
      EXPECT_EQ(error.message(), parse_method_call(call).method +
                                     " has no use for the model's weights, 'w', and would show the numbers without "
                                     "them; write weights = none among its options to have those, or leave the weights "
                                     "out of the model");
      EXPECT_EQ(error.code(), "decomposition.weights_unused");
    }
    const std::string without = call.substr(0, call.size() - 1) + ", weights = none)";
    if (call.find("drivers") != std::string::npos) continue;
    EXPECT_EQ(asked(panel, without).front().estimates.values, asked(panel, call, "").front().estimates.values) << call;
  }
  try {
    asked(panel, "leave_out(second = type)");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "leave_out has no use for the model's weights, 'w', and would show the numbers without them; leave the "
              "weights out of the model");
  }
}

TEST(Weights, ThatAreTheShareAreUsed) {
  const Panel panel = rates();
  EXPECT_EQ(asked(panel, "olley_pakes(share = w)").front().estimates.values,
            asked(panel, "olley_pakes(share = w)", "").front().estimates.values);
}

TEST(Weights, OfTheModelWeighGrowth) {
  const Panel panel = rates();
  const Vector &a = panel.column("a").numbers, &w = panel.column("w").numbers;
  const double mean = w.dot(a.array().log1p().matrix()) / w.sum();
  const Decomposition d = asked(panel, "growth(activity = a, resource = r)").front();
  EXPECT_NEAR(d.estimates.values(0), mean, 1e-15);
  EXPECT_EQ(d.choices.at("weights"), "w");
  EXPECT_EQ(asked(panel, "growth(activity = a, resource = r)", "").front().choices.at("weights"), "equal");
  EXPECT_NEAR(asked(panel, "growth(activity = a, resource = r, weights = size)").front().estimates.values(0),
              panel.column("size").numbers.dot(a.array().log1p().matrix()) / panel.column("size").numbers.sum(), 1e-15);
}

TEST(Rows, OfItsOwnAreSaid) {
  Panel panel = rates();
  std::vector<Column> columns = panel.columns();
  for (Column& column : columns)
    if (column.name == "x") column.numbers(5) = std::nan("");
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  const Panel holed(std::move(columns), panel.keys(), rows, panel.ledger());
  for (const auto& [call, used] : std::vector<std::pair<std::string, std::string>>{
           {"olley_pakes(share = size)", "12"},
           {"olley_pakes(share = size, from = 2010, to = 2012)", "24"},
           {"aggregate(share = size, from = 2010, to = 2012)", "24"},
           {"index(price = price, quantity = size, from = 2010, to = 2012)", "24"},
           {"index(price = price, quantity = size, from = 2010, to = 2012, chain = yes)", "36"},
           {"das_gupta(factors = size + price, from = 2010, to = 2012)", "24"},
           {"kitagawa(from = 2010, to = 2012, by = type)", "24"},
           {"growth(activity = a, resource = r)", "36"},
           {"growth(activity = a, resource = r, period = 2011)", "12"}}) {
    const Decomposition d = asked(holed, call, "").front();
    EXPECT_EQ(d.choices.at("rows"), used) << call;
    const auto note =
        std::find_if(d.notes.begin(), d.notes.end(), [](const Note& n) { return n.code == "decomposition.own_rows"; });
    ASSERT_NE(note, d.notes.end()) << call;
    EXPECT_EQ(note->message,
              d.method + " reads rows of its own, the 36 that have every column it needs; the model has 35");
    const Decomposition same = asked(panel, call, "").front();
    for (const Note& n : same.notes) EXPECT_NE(n.code, "decomposition.own_rows") << call;
  }
}

TEST(DasGupta, NeedsNoClustersBetweenGroups) {
  const Panel panel = small_panel(3, 2, 2);
  const std::string call = "das_gupta(factors = size + w, by = unit, from = u0, to = u1, cell = year)";
  Spec spec = small_spec("y ~ 1", "pooled", "", "cluster(nothing)");
  const MethodCall parsed = parse_method_call(call);
  const Decomposition d = decomposition("das_gupta").run({panel, spec, parsed}).front();
  EXPECT_FALSE(d.total_estimable);
  spec.covariance = parse_method_call("robust");
  EXPECT_EQ(d.total, decomposition("das_gupta").run({panel, spec, parsed}).front().total);
}

}  // namespace
}  // namespace headwater
