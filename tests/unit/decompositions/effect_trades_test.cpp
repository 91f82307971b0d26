// Effects have a part of their own only where the data determine it: against the null space of dense effects' designs,
// for every order of writing.
#include "headwater/decompositions/effect_trades.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/text.hpp"
#include "headwater/linalg/solve.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

// small_panel with a region of each unit (which cuts across type) and, in `split` panels, units of an early and a late
// half without a common year.
Panel regions(bool split = false, double keep = 1) {
  const Panel whole = small_panel(31, 24, 6, keep);
  std::vector<Index> kept;
  std::vector<std::string> region, half, unit, type;
  const Column &units = whole.column("unit"), &years = whole.column("year"), &types = whole.column("type");
  for (Index i = 0; i < whole.rows(); ++i) {
    const std::string& name = units.levels[static_cast<std::size_t>(units.codes[static_cast<std::size_t>(i)])];
    const int u = std::stoi(name.substr(1));
    const bool early = years.numbers(i) < 2013;
    if (split && early != (u % 2 == 0)) continue;
    kept.push_back(i);
    unit.push_back(name);
    type.push_back(types.levels[static_cast<std::size_t>(types.codes[static_cast<std::size_t>(i)])]);
    region.push_back(u % 4 < 2 ? "North" : "South");
    half.push_back(u % 2 == 0 ? "early" : "late");
  }
  std::vector<Column> columns = {text_column("unit", unit), text_column("type", type), text_column("region", region),
                                 text_column("half", half)};
  for (const char* name : {"year", "x", "z", "q", "y", "w", "size"})
    columns.push_back(number_column(name, whole.column(name).numbers(kept)));
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < kept.size(); ++i) rows.push_back(static_cast<std::int64_t>(i) + 2);
  return Panel(std::move(columns), {"unit", "year"}, rows, {});
}

// Every column of an effect, written out.
Matrix dense(const Effect& effect) {
  const Index width = (effect.intercept ? 1 : 0) + effect.slopes.cols();
  Matrix D = Matrix::Zero(static_cast<Index>(effect.levels.code.size()), effect.levels.count * width);
  for (Index i = 0; i < D.rows(); ++i) {
    const Index from = effect.levels.code[static_cast<std::size_t>(i)] * width;
    if (effect.intercept) D(i, from) = 1;
    for (Index s = 0; s < effect.slopes.cols(); ++s) D(i, from + (effect.intercept ? 1 : 0) + s) = effect.slopes(i, s);
  }
  return D;
}

// Values of each effect, n × effects, under two least-squares solutions that differ by a random null vector.
std::pair<Matrix, Matrix> two_solutions(const Design& design, const Vector& fitted) {
  std::vector<Matrix> blocks;
  Index columns = 0;
  for (const Effect& effect : design.effects) {
    blocks.push_back(dense(effect));
    blocks.back() = (blocks.back().array().rowwise() / blocks.back().colwise().norm().array()).matrix();
    columns += blocks.back().cols();
  }
  Matrix D(design.n(), columns);
  Index at = 0;
  for (const Matrix& block : blocks) {
    D.middleCols(at, block.cols()) = block;
    at += block.cols();
  }
  const SymmetricEigen eigen = symmetric_eigen(D.transpose() * D);
  Vector inverse = eigen.values, null = eigen.values;
  RandomStream random(5, 0, 0);
  for (Index j = 0; j < columns; ++j) {
    const bool zero = eigen.values(j) < 1e-9 * eigen.values.maxCoeff();
    inverse(j) = zero ? 0 : 1 / eigen.values(j);
    null(j) = zero ? 3 + random.normal() : 0;
  }
  const Vector first = eigen.vectors * inverse.asDiagonal() * eigen.vectors.transpose() * (D.transpose() * fitted),
               second = first + eigen.vectors * null;
  std::pair<Matrix, Matrix> values{Matrix(design.n(), static_cast<Index>(blocks.size())),
                                   Matrix(design.n(), static_cast<Index>(blocks.size()))};
  at = 0;
  for (std::size_t q = 0; q < blocks.size(); ++q) {
    values.first.col(static_cast<Index>(q)) = blocks[q] * first.segment(at, blocks[q].cols());
    values.second.col(static_cast<Index>(q)) = blocks[q] * second.segment(at, blocks[q].cols());
    at += blocks[q].cols();
  }
  return values;
}

// Row weights of the change of the mean from the first to the last year of units that have both.
Vector change_weights(const Design& design) {
  std::vector<Index> first(static_cast<std::size_t>(design.unit.count), -1), last = first;
  for (Index i = 0; i < design.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto unit = static_cast<std::size_t>(design.unit.code[at]);
    if (design.time.code[at] == 0) first[unit] = i;
    if (design.time.code[at] == design.time.count - 1) last[unit] = i;
  }
  Vector v = Vector::Zero(design.n());
  for (std::size_t u = 0; u < first.size(); ++u)
    if (first[u] >= 0 && last[u] >= 0) {
      v(first[u]) = -1;
      v(last[u]) = 1;
    }
  return v / v.cwiseMax(0).sum();
}

Vector fields_weights(const Design& design) {
  const Vector apart = design.y.array() - design.y.mean();
  return apart / apart.squaredNorm();
}

using Parts = std::map<std::string, std::pair<double, double>>;

Parts effects_of(const Decomposition& d) {
  Parts parts;
  for (std::size_t i = 0; i < d.estimates.names.size(); ++i) {
    const auto at = static_cast<Index>(i);
    if (d.estimates.names[i].find(kEffectsPrefix) != std::string::npos)
      parts[d.estimates.names[i]] = {d.estimates.values(at), std::sqrt(std::max(0.0, d.covariance(at, at)))};
  }
  return parts;
}

struct Traded {
  std::vector<std::string> effects;
  bool split;
  std::vector<std::string> in_change, in_fields;
};
void PrintTo(const Traded& t, std::ostream* out) { *out << joined(t.effects, " + ") << (t.split ? " split" : ""); }

class EffectTradesOf : public testing::TestWithParam<Traded> {};

void expect_parts(const Traded& t, const std::string& call, const std::vector<std::string>& expected) {
  std::vector<std::string> order = t.effects;
  std::sort(order.begin(), order.end());
  Parts first;
  do {
    const SmallModel m = small_model(regions(t.split), small_spec("y ~ x + z | " + joined(order, " + "), "within"));
    const Decomposition d = m.run(call).front();
    const Parts parts = effects_of(d);
    if (first.empty()) first = parts;
    std::vector<std::string> names;
    for (const auto& [name, part] : parts) names.push_back(name.substr(std::string(kEffectsPrefix).size()));
    EXPECT_EQ(names, expected) << call << " in the order " << joined(order, " + ");
    for (const auto& [name, part] : parts) {
      EXPECT_NEAR(part.first, first[name].first, 1e-11) << name;
      EXPECT_NEAR(part.second, first[name].second, 1e-10) << name;
    }
    const Vector v = call == "fields" ? fields_weights(*m.design) : change_weights(*m.design);
    const Vector slopes = m.design->X * m.fit.coefficients;
    const auto [one, other] = two_solutions(*m.design, m.design->y - slopes - m.fit.linear->residuals);
    for (std::size_t q = 0; q < m.design->effects.size(); ++q) {
      const std::string& name = m.design->effects[q].levels.name;
      const double a = v.dot(one.col(static_cast<Index>(q))), b = v.dot(other.col(static_cast<Index>(q)));
      if (const auto own = parts.find(kEffectsPrefix + name); own != parts.end()) {
        EXPECT_NEAR(a, b, 1e-9) << name << " has a part of its own but another solution gives another number";
        EXPECT_NEAR(own->second.first, a, 1e-9) << name;
      } else if (std::abs(a) > 1e-9 || std::abs(b) > 1e-9) {
        EXPECT_GT(std::abs(a - b), 1e-6) << name << " is joined, but every solution gives the same number";
      }
    }
    for (const auto& [name, part] : parts) {
      double sum = 0;
      for (const std::string& member : split(name.substr(std::string(kEffectsPrefix).size()), '+'))
        for (std::size_t q = 0; q < m.design->effects.size(); ++q)
          if (m.design->effects[q].levels.name == member) sum += v.dot(other.col(static_cast<Index>(q)));
      EXPECT_NEAR(part.first, sum, 1e-9) << name;
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(EffectTradesOf, ChangeHasThePartsThatTheNullSpaceLeaves) {
  expect_parts(GetParam(), GetParam().split ? "change(reading = means)" : "change(from = 2010, to = 2015)",
               GetParam().in_change);
}

TEST_P(EffectTradesOf, FieldsHasThePartsThatTheNullSpaceLeaves) {
  expect_parts(GetParam(), "fields", GetParam().in_fields);
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, EffectTradesOf,
    testing::Values(Traded{{"unit", "year"}, false, {"year"}, {"unit", "year"}},
                    Traded{{"unit", "type^year", "region^year"},
                           false,
                           {"region^year + type^year"},
                           {"region^year + type^year + unit"}},
                    Traded{
                        {"unit", "year", "region^year"}, false, {"region^year + year"}, {"region^year + unit + year"}},
                    Traded{{"unit[year]", "year"}, false, {"unit[year] + year"}, {"unit[year] + year"}},
                    Traded{{"unit", "region"}, false, {}, {"region + unit"}},
                    Traded{{"unit", "type^region^year", "type^year", "region^year"},
                           false,
                           {"region^year + type^region^year + type^year"},
                           {"region^year + type^region^year + type^year + unit"}},
                    Traded{{"type", "region"}, false, {}, {"region", "type"}}));

TEST(EffectTrades, UnitsWithoutACommonPeriodTradeWithPeriods) {
  const SmallModel m = small_model(regions(true), small_spec("y ~ x + z | unit + year", "within"));
  for (const char* call : {"fields", "contributions", "change(from = 2010, to = 2015, reading = means)"}) {
    const Decomposition d = m.run(call).front();
    EXPECT_EQ(effects_of(d).count("effects: unit + year"), 1u) << call;
    EXPECT_EQ(effects_of(d).size(), 1u) << call;
    const Vector v = std::string(call) == "fields" ? fields_weights(*m.design) : Vector();
    if (v.size() == 0) continue;
    const Vector sum = m.design->y - m.design->X * m.fit.coefficients - m.fit.linear->residuals;
    EXPECT_NEAR(effects_of(d).begin()->second.first, v.dot(sum), 1e-12);
  }
  // Between two years of the early half nothing trades: both are in one set of connected units and years.
  const Decomposition within = m.run("change(from = 2010, to = 2012)").front();
  EXPECT_EQ(effects_of(within).count("effects: year"), 1u);
}

TEST(EffectTrades, TheNoteNamesTheEffectsAndWhatToDo) {
  const SmallModel m = small_model(regions(), small_spec("y ~ x + z | unit + type^year + region^year", "within"));
  const Decomposition d = m.run("change(from = 2010, to = 2015)").front();
  const auto found = std::find_if(d.notes.begin(), d.notes.end(),
                                  [](const Note& note) { return note.code == "decomposition.effects_trade"; });
  ASSERT_NE(found, d.notes.end());
  EXPECT_EQ(found->message,
            "the effects region^year and type^year are not identified apart: what one takes another can give at the "
            "same fit, so only their sum is determined and they are one part; leave one of them out of the formula to "
            "see what the others hold without it");
  const SmallModel plain = small_model(regions(), small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition apart = plain.run("fields").front();
  for (const Note& note : apart.notes) EXPECT_NE(note.code, "decomposition.effects_trade");
}

TEST(EffectTrades, EveryMethodWithPartsOfEffectsJoinsThem) {
  const SmallModel m = small_model(regions(), small_spec("y ~ x + z + q | unit + year + region^year", "within"));
  for (const auto& [call, part] : std::vector<std::pair<std::string, std::string>>{
           {"change(from = 2010, to = 2015)", "effects: region^year + year"},
           {"change(unit = u3, from = 2010, to = 2015)", "effects: region^year + year"},
           {"contributions(by = region)", "effects: region^year + unit + year"},
           {"contributions(reference = own_base)", "effects: region^year + year"},
           {"gelbach(base = x, effects = added)", "effects: region^year + unit + year"},
           {"aggregate(share = size, from = 2010, to = 2015, drivers = yes)", "within: effects: region^year + year"},
           {"variance", ""}}) {
    const std::vector<Decomposition> all = m.run(call);
    const Parts parts = effects_of(all.back());
    EXPECT_EQ(parts.count(part), part.empty() ? 0u : 1u) << call;
    for (const auto& [name, value] : parts) {
      if (std::abs(value.first) < 1e-12) continue;  // a unit against itself
      EXPECT_NE(name.find(" + "), std::string::npos) << call << ": " << name;
      EXPECT_GT(value.second, 0) << call << ": " << name;
    }
  }
}

TEST(EffectTrades, CellsHavePartsThatAnyRowDetermines) {
  const SmallModel m = small_model(regions(), small_spec("y ~ x + z | unit + year + region^year", "within"));
  const Decomposition d = m.run("contributions").front();
  const auto axis =
      std::find_if(d.extra_axes.begin(), d.extra_axes.end(), [](const Axis& a) { return a.name == "part"; });
  EXPECT_EQ(std::get<Names>(axis->labels),
            (Names{"first", "second", "effects: region^year + unit + year", "residual"}));
}

TEST(EffectTrades, InfluenceOfJoinedPartsIsTheDerivative) {
  const Panel panel = regions(false, 0.85);
  for (const char* formula : {"y ~ x + z | unit + type^year + region^year", "y ~ x + z | unit[year] + year"})
    for (const char* call : {"change(from = 2010, to = 2015)", "fields", "variance", "contributions(by = region)"})
      expect_influence_is_derivative(
          panel, "w", [&](const Panel& p) { return small_model(p, small_spec(formula, "within", "w")).run(call); });
}

}  // namespace
}  // namespace headwater
