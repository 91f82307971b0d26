// Question: a price or quantity index moved: which items moved it?
// Model: index numbers between two periods, fixed or chained over every period between: laspeyres, paasche, fisher,
// tornqvist, walsh, sato_vartia; contributions of items in logarithms sum to the index's logarithm, which is computed
// from its definition. `of = productivity` is growth accounting: output quantities less input quantities, each weighed
// by its value (Solow 1957; Törnqvist weights are mean shares). `bennet` splits the change in value into Σ q̄Δp + Σ p̄Δq
// (Bennet 1920). The other formulas and chaining are shown beside: chained Laspeyres and Paasche drift when prices
// bounce. With `uncertainty = drawn` influence of the rows on every item's value and quantity, else prices and
// quantities are taken as recorded and carry no error. Equals IndexNumR to all digits printed.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/index_formulas.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

enum class IndexOf { price, quantity, productivity };

// Value and quantity of every item in every period, and what each row adds.
struct Market {
  Design design;
  Grouping items;
  std::vector<int> side;  // of each item: +1 output, −1 input; all +1 without sides
  Vector row_value, row_quantity;
  Matrix value, quantity;  // items × periods
  std::int32_t from = 0, to = 0;
};

bool rows_are_drawn(const MethodCall& call) { return call.get("uncertainty", "given") == "drawn"; }

Market market_of(const DecompositionInput& input) {
  const MethodCall& call = input.call;
  for (const char* option : {"price", "quantity", "from", "to"})
    if (!call.has(option))
      throw Error(
          ErrorKind::usage, "decomposition.option",
          "index needs price, quantity, from and to, such as index(price = unit_cost, quantity = spells, from = "
          "2019, to = 2024)",
          {.key = option});
  Spec spec = rows_are_drawn(call) ? input.spec : without_clusters(input.spec);
  spec.also_required.clear();
  spec.formula.outcome = column_expression(unquoted(call.get("quantity")));
  spec.formula.outcome_name = call.get("quantity");
  Names needed = {call.get("price")};
  const std::string item = call.get("item", input.panel.keys().unit);
  if (item.empty())
    throw Error(ErrorKind::usage, "decomposition.option",
                "index needs item, the column that says what is bought, as the data have no unit key", {.key = "item"});
  for (const std::string& column : {item, call.get("side")})
    if (!column.empty()) needed.push_back(column);
  Market m{.design = outcome_design(input.panel, spec, needed),
           .items = {},
           .side = {},
           .row_value = {},
           .row_quantity = {},
           .value = {},
           .quantity = {}};
  m.from = period_code(m.design, "from", call.get("from"));
  m.to = period_code(m.design, "to", call.get("to"));
  if (m.from == m.to)
    throw Error(ErrorKind::usage, "decomposition.one_period", "from and to are the same period; an index needs two",
                {.key = "from"});
  m.items = row_groups(input.panel, m.design, item);
  m.row_quantity = row_values(input.panel, m.design, call.get("quantity"));
  const Vector price = row_values(input.panel, m.design, call.get("price")).cwiseQuotient(times_drawn(m.design));
  m.row_value = m.row_quantity.cwiseProduct(price);
  m.value = m.quantity = Matrix::Zero(m.items.count, m.design.time.count);
  for (Index i = 0; i < m.design.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    m.value(m.items.code[at], m.design.time.code[at]) += m.row_value(i);
    m.quantity(m.items.code[at], m.design.time.code[at]) += m.row_quantity(i);
  }
  return m;
}

void read_sides(Market& m, const DecompositionInput& input, IndexOf of) {
  m.side.assign(static_cast<std::size_t>(m.items.count), of == IndexOf::productivity ? 0 : 1);
  if (of != IndexOf::productivity) return;
  const std::string column = input.call.get("side");
  if (column.empty())
    throw Error(ErrorKind::usage, "decomposition.option",
                "of = productivity needs side, a column that says output or input for each item", {.key = "side"});
  const Grouping sides = row_groups(input.panel, m.design, column);
  for (std::size_t i = 0; i < sides.code.size(); ++i) {
    const std::string& text = sides.labels[static_cast<std::size_t>(sides.code[i])];
    int& own = m.side[static_cast<std::size_t>(m.items.code[i])];
    const int value = text == "output" ? 1 : text == "input" ? -1 : 0;
    if (value == 0 || (own != 0 && own != value))
      throw Error(ErrorKind::data, "index.side",
                  "'" + column + "' is '" + text + "' for the item '" +
                      m.items.labels[static_cast<std::size_t>(m.items.code[i])] +
                      "', but every row of an item must say output, or every one input",
                  {.row = input.panel.source_row(m.design.rows[i]), .column = column});
    own = value;
  }
}

bool sold(const Market& m, Index item, std::int32_t period) { return m.quantity(item, period) > 0; }

// Items sold in both periods of a link, of one side; slopes in (value, quantity) of each item and period, so that rows
// can be given what they add.
std::vector<Index> matched(const Market& m, std::int32_t a, std::int32_t b, int side) {
  std::vector<Index> result;
  for (Index j = 0; j < m.items.count; ++j)
    if (m.side[static_cast<std::size_t>(j)] == side && sold(m, j, a) && sold(m, j, b)) result.push_back(j);
  return result;
}

std::vector<ItemPair> pairs_of(const Market& m, const std::vector<Index>& items, std::int32_t a, std::int32_t b,
                               bool prices) {
  const auto J = static_cast<Index>(items.size());
  std::vector<ItemPair> pairs;
  for (Index j = 0; j < J; ++j) {
    const Index item = items[static_cast<std::size_t>(j)];
    const Dual v1{m.value(item, a), Vector::Unit(4 * J, j)}, v2{m.value(item, b), Vector::Unit(4 * J, J + j)},
        q1{m.quantity(item, a), Vector::Unit(4 * J, 2 * J + j)},
        q2{m.quantity(item, b), Vector::Unit(4 * J, 3 * J + j)};
    const Dual p1 = v1 / q1, p2 = v2 / q2;
    pairs.push_back(prices ? ItemPair{p1, p2, q1, q2} : ItemPair{q1, q2, p1, p2});
  }
  return pairs;
}

// Adds a part made of a link's sums to a component: its value, and its influence on the rows.
struct Link {
  const Market& market;
  const std::vector<Index>& items;
  std::int32_t a, b;

  Vector influence(const Vector& slope) const {
    const auto J = static_cast<Index>(items.size());
    Vector rows = Vector::Zero(market.design.n());
    std::vector<Index> position(static_cast<std::size_t>(market.items.count), -1);
    for (Index j = 0; j < J; ++j) position[static_cast<std::size_t>(items[static_cast<std::size_t>(j)])] = j;
    for (Index i = 0; i < rows.size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const Index j = position[static_cast<std::size_t>(market.items.code[at])];
      const std::int32_t t = market.design.time.code[at];
      if (j < 0 || (t != a && t != b)) continue;
      rows(i) = slope((t == b ? J : 0) + j) * market.row_value(i) +
                slope((t == b ? 3 * J : 2 * J) + j) * market.row_quantity(i);
    }
    return rows;
  }
};

std::vector<std::pair<std::int32_t, std::int32_t>> links_of(const Market& m, bool chain) {
  if (!chain) return {{m.from, m.to}};
  std::vector<std::pair<std::int32_t, std::int32_t>> links;
  const std::int32_t step = m.from < m.to ? 1 : -1;
  for (std::int32_t t = m.from; t != m.to; t += step) links.emplace_back(t, t + step);
  return links;
}

std::vector<Index> matched_or_refuse(const Market& m, std::int32_t a, std::int32_t b, int side) {
  std::vector<Index> items = matched(m, a, b, side);
  if (items.empty())
    throw Error(ErrorKind::data, "index.no_items",
                "no item is there in both " + m.design.time.labels[static_cast<std::size_t>(a)] + " and " +
                    m.design.time.labels[static_cast<std::size_t>(b)] + ", so no index links them",
                {.key = "from"});
  return items;
}

struct AskedIndex {
  std::string formula;
  IndexOf of = IndexOf::price;
  bool chain = false, drawn = false;
};

AskedIndex asked_index(const MethodCall& call) {
  AskedIndex asked;
  asked.formula = call.get("method", "tornqvist");
  const std::string of = call.get("of", "price");
  asked.of = of == "price" ? IndexOf::price : of == "quantity" ? IndexOf::quantity : IndexOf::productivity;
  asked.chain = call.get("chain", "no") == "yes";
  asked.drawn = rows_are_drawn(call);
  return asked;
}

std::vector<int> sides_of(IndexOf of) {
  return of == IndexOf::productivity ? std::vector<int>{1, -1} : std::vector<int>{1};
}

// ln of the index by its definition, the product of its links.
double log_index(const Market& m, const std::string& formula, IndexOf of, bool chain) {
  double total = 0;
  for (const int side : sides_of(of)) {
    double product = 1;
    for (const auto& [a, b] : links_of(m, chain))
      product *= index_number(formula, pairs_of(m, matched_or_refuse(m, a, b, side), a, b, of == IndexOf::price));
    total += side * std::log(product);
  }
  return total;
}

std::string component_name(const Market& m, IndexOf of, Index item, int side) {
  const std::string& label = m.items.labels[static_cast<std::size_t>(item)];
  return of == IndexOf::productivity ? (side > 0 ? "output: " : "input: ") + label : label;
}

class Components {
 public:
  void add(const std::string& name, double value, const Vector& influence) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) {
      const auto at = static_cast<std::size_t>(found - names.begin());
      values[at] += value;
      influences[at] += influence;
      return;
    }
    names.push_back(name);
    values.push_back(value);
    influences.push_back(influence);
  }
  Names names;
  std::vector<double> values;
  std::vector<Vector> influences;
};

void add_logs(Components& parts, const Market& m, const AskedIndex& asked) {
  for (const int side : sides_of(asked.of))
    for (const auto& [a, b] : links_of(m, asked.chain)) {
      const std::vector<Index> items = matched_or_refuse(m, a, b, side);
      const std::vector<Dual> logs =
          log_contributions(asked.formula, pairs_of(m, items, a, b, asked.of == IndexOf::price));
      const Link link{m, items, a, b};
      for (std::size_t j = 0; j < items.size(); ++j)
        parts.add(component_name(m, asked.of, items[j], side), side * logs[j].value,
                  side * link.influence(logs[j].slope));
    }
}

void add_bennet(Components& parts, const Market& m) {
  const std::vector<Index> items = matched_or_refuse(m, m.from, m.to, 1);
  const std::vector<ItemPair> pairs = pairs_of(m, items, m.from, m.to, true);
  const Link link{m, items, m.from, m.to};
  for (const bool price : {true, false})
    for (std::size_t j = 0; j < items.size(); ++j) {
      const ItemPair& i = pairs[j];
      const Dual part = price ? 0.5 * (i.z1 + i.z2) * (i.x2 - i.x1) : 0.5 * (i.x1 + i.x2) * (i.z2 - i.z1);
      parts.add((price ? "price: " : "quantity: ") + m.items.labels[static_cast<std::size_t>(items[j])], part.value,
                link.influence(part.slope));
    }
  for (const bool entering : {true, false}) {
    double value = 0;
    Vector rows = Vector::Zero(m.design.n());
    for (Index i = 0; i < rows.size(); ++i) {
      const Index item = m.items.code[static_cast<std::size_t>(i)];
      const std::int32_t t = m.design.time.code[static_cast<std::size_t>(i)];
      if (t != (entering ? m.to : m.from) || sold(m, item, entering ? m.from : m.to)) continue;
      value += m.row_value(i);
      rows(i) = m.row_value(i);
    }
    if (value > 0)
      parts.add(entering ? "items that came" : "items that went", entering ? value : -value,
                entering ? rows : Vector(-rows));
  }
}

// Index points (base 100) of each item: a link's contributions times the index up to it. Productivity moves by a ratio
// of two indices and has none that add up; its items are in log points alone.
void add_points(Decomposition& d, const Market& m, const AskedIndex& asked) {
  if (asked.of == IndexOf::productivity) return;
  Names items;
  std::vector<double> points;
  double level = 100;
  for (const auto& [a, b] : links_of(m, asked.chain)) {
    const std::vector<Index> own = matched_or_refuse(m, a, b, 1);
    const std::vector<ItemPair> pairs = pairs_of(m, own, a, b, asked.of == IndexOf::price);
    const std::vector<double> link = point_contributions(asked.formula, pairs);
    for (std::size_t j = 0; j < own.size(); ++j) {
      const std::string& label = m.items.labels[static_cast<std::size_t>(own[j])];
      const auto found = std::find(items.begin(), items.end(), label);
      if (found == items.end()) {
        items.push_back(label);
        points.push_back(level * link[j]);
      } else {
        points[static_cast<std::size_t>(found - items.begin())] += level * link[j];
      }
    }
    level *= index_number(asked.formula, pairs);
  }
  add_extra(d, "index_number", level, "the index, base 100", "index points");
  ExtraTable("item", "Contributions in index points, which sum to the index less 100", items)
      .numbers("points", points, "contribution in index points, base 100", "index points")
      .add_to(d);
}

void note_unmatched(Decomposition& d, const Market& m, const AskedIndex& asked) {
  Names lost;
  for (const auto& [a, b] : links_of(m, asked.chain))
    for (Index j = 0; j < m.items.count; ++j)
      if (sold(m, j, a) != sold(m, j, b)) {
        const std::string& label = m.items.labels[static_cast<std::size_t>(j)];
        if (std::find(lost.begin(), lost.end(), label) == lost.end()) lost.push_back(label);
      }
  if (!lost.empty() && asked.formula != "bennet")
    d.notes.push_back(
        {"index.unmatched", "not in both periods of some link, and left out of it: " + joined(lost, ", ")});
}

// Every formula, fixed and chained: how much the choice matters.
void add_sensitivity(Decomposition& d, const Market& m, IndexOf of) {
  d.extra_axes.push_back({"formula", kIndexFormulas, "index formulas"});
  for (const bool chain : {false, true}) {
    std::vector<double> values;
    for (const std::string& formula : kIndexFormulas) values.push_back(std::exp(log_index(m, formula, of, chain)));
    d.extras.push_back({.name = chain ? "index_chained" : "index_fixed",
                        .dims = {"formula"},
                        .shape = {static_cast<std::int64_t>(values.size())},
                        .values = values,
                        .description = std::string("index by formula, ") + (chain ? "chained" : "fixed base"),
                        .unit = "1"});
  }
}

Index rows_between(const Market& m, bool chain) {
  const std::int32_t low = std::min(m.from, m.to), high = std::max(m.from, m.to);
  return std::count_if(m.design.time.code.begin(), m.design.time.code.end(),
                       [&](std::int32_t t) { return t == m.from || t == m.to || (chain && t > low && t < high); });
}

void describe(Decomposition& d, const DecompositionInput& input, const Market& m, const AskedIndex& asked) {
  const auto label = [&](std::int32_t t) { return m.design.time.labels[static_cast<std::size_t>(t)]; };
  const std::string of = asked.of == IndexOf::price      ? "price"
                         : asked.of == IndexOf::quantity ? "quantity"
                                                         : "productivity";
  const bool bennet = asked.formula == "bennet";
  d.method = "index";
  d.call = input.call.text;
  d.choices = {{"method", asked.formula},
               {"of", bennet ? "value" : of},
               {"chain", asked.chain && !bennet ? "yes" : "no"},
               {"from", label(m.from)},
               {"to", label(m.to)},
               {"item", m.items.name},
               {"uncertainty", asked.drawn ? "drawn" : "given"}};
  d.question = bennet ? "How much of the change in value from " + label(m.from) + " to " + label(m.to) +
                            " is prices and how much quantities, item by item?"
                      : "Which items moved the " + of + " index from " + label(m.from) + " to " + label(m.to) + "?";
  d.total_name = bennet ? "change in value" : "logarithm of the " + of + " index";
  d.unit = bennet ? "value" : "log points";
  d.percent = !bennet;
  d.frame = asked.drawn ? "prices and quantities of rows as drawn"
                        : "prices and quantities as recorded; they are not a sample, so there is no standard error";
  d.sample_hash = m.design.sample_hash;
  tell_rows(d, input, m.design, rows_between(m, asked.chain));
  note_seasons(d.notes, m.design, m.from, m.to);
}

}  // namespace

const MethodCard& index_card() {
  static const MethodCard card{
      .name = "index",
      .kind = "decomposition",
      .question = "A price, quantity or productivity index moved: which items moved it?",
      .avoid =
          "Not chained laspeyres or paasche where prices bounce: they drift; not across items without one unit each.",
      .reference = "Diewert (1976); Reinsdorf, Diewert and Ehemann (2002); Bennet (1920); equals IndexNumR",
      .supports = {"unbalanced"},
      .options = {{"method", "choice: tornqvist | fisher | laspeyres | paasche | walsh | sato_vartia | bennet",
                   "tornqvist", "formula; bennet: the change in value as prices and quantities"},
                  {"of", "choice: price | quantity | productivity", "price", "what the index follows"},
                  {"price", "text", "", "column of prices or unit costs (required)"},
                  {"quantity", "text", "", "column of quantities (required)"},
                  {"item", "text", "", "column of items; by default the unit key. Rows of an item are added up"},
                  {"side", "text", "", "of = productivity: column that says output or input"},
                  {"from", "period", "", "the base period (required)"},
                  {"to", "period", "", "the later period (required)"},
                  {"chain", "choice: no | yes", "no", "link every period between"},
                  {"uncertainty", "choice: given | drawn", "given",
                   "prices and quantities as recorded, or rows as drawn"},
                  no_weights_option()},
      .positions = {"price", "quantity", "from", "to"}};
  return card;
}

Decompositions run_index(const DecompositionInput& input) {
  const AskedIndex asked = asked_index(input.call);
  Market market = market_of(input);
  read_sides(market, input, asked.of);
  const Market& m = market;
  Decomposition d;
  describe(d, input, m, asked);
  Components parts;
  if (asked.formula == "bennet") {
    add_bennet(parts, m);
    d.total = m.value.col(m.to).sum() - m.value.col(m.from).sum();
  } else {
    add_logs(parts, m, asked);
    add_points(d, m, asked);
    add_sensitivity(d, m, asked.of);
    d.total = log_index(m, asked.formula, asked.of, asked.chain);
  }
  note_unmatched(d, m, asked);
  const auto k = static_cast<Index>(parts.names.size());
  d.estimates.names = parts.names;
  d.estimates.values = Eigen::Map<const Vector>(parts.values.data(), k);
  d.estimates.jacobian = Matrix::Identity(k, k);
  d.estimates.influence = Matrix::Zero(m.design.n(), k);
  if (asked.drawn)
    for (Index i = 0; i < k; ++i) d.estimates.influence.col(i) = parts.influences[static_cast<std::size_t>(i)];
  else
    d.estimates.kind = UncertaintyKind::not_estimable;
  d.estimates.estimable.assign(static_cast<std::size_t>(k), asked.drawn);
  d.total_estimable = asked.drawn;
  const double links = static_cast<double>(links_of(m, asked.chain).size());
  const double scale = asked.formula == "bennet" ? m.value.col(m.to).sum() + m.value.col(m.from).sum()
                                                 : links + d.estimates.values.cwiseAbs().sum();
  finish(d, inference_of(m.design.spec, atoms_of(m.design)), atoms_of(m.design), d.estimates.influence.rowwise().sum(),
         scale);
  return {std::move(d)};
}

}  // namespace headwater
