#include "headwater/run/comparison_chain.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "headwater/core/error.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

using RowKey = std::pair<std::string, std::int64_t>;  // unit and ordinal of the period
using RowKeys = std::set<RowKey>;

RowKey key_of(const Panel& panel, std::int64_t row) {
  const auto at = static_cast<std::size_t>(row);
  return {panel.units().labels[static_cast<std::size_t>(panel.units().code[at])],
          panel.has_time() ? panel.periods()[static_cast<std::size_t>(panel.times().code[at])].ordinal : 0};
}

RowKeys keys_of(const ComparedModel& model, const Design& design) {
  RowKeys keys;
  for (const std::int64_t row : design.rows) keys.insert(key_of(*model.panel, row));
  if (keys.size() == design.rows.size()) return keys;
  throw Error(ErrorKind::usage, "compare.keys",
              model.name +
                  " has several rows for a unit and no key of time, so its rows cannot be told apart from one "
                  "run to the other; name the column of the period with --time",
              {.file = model.name});
}

RowKeys in_both(const RowKeys& a, const RowKeys& b) {
  RowKeys both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

// The panel with a column that is 1 on some rows, and its name.
std::pair<Panel, std::string> marked(const Panel& panel, const RowKeys& keys) {
  std::string name = "rows compared";
  while (panel.find(name)) name += "'";
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> source_rows;
  Column mark{.name = name, .numbers = Vector::Zero(panel.rows())};
  for (Index i = 0; i < panel.rows(); ++i) {
    source_rows.push_back(panel.source_row(i));
    if (keys.contains(key_of(panel, i))) mark.numbers(i) = 1;
  }
  columns.push_back(std::move(mark));
  return {Panel(std::move(columns), panel.keys(), std::move(source_rows), panel.ledger()), name};
}

// The model without what chooses its rows: these are given.
Spec without_choice_of_rows(Spec spec, const MethodCall& rule) {
  spec.covariance = rule;
  spec.every_profile = false;
  spec.bootstrap = {};
  spec.tests.clear();
  spec.subset = nullptr;
  spec.formula.split_column.clear();
  spec.also_required.clear();
  return spec;
}

RowKeys rows_that_can(const ComparedModel& model, Spec spec) {
  spec.singletons = Singletons::keep;
  return keys_of(model, make_design(*model.panel, spec));
}

// The one way in which both runs cluster, or the unit.
MethodCall rule_of(const ComparedModel& first, const ComparedModel& second, Notes& notes) {
  const MethodCall &a = first.spec.covariance, &b = second.spec.covariance;
  if (a.text == b.text && gathers(a) == Gathers::clusters && cluster_columns(a).size() == 1) return a;
  MethodCall unit = default_covariance(first.panel->keys().unit);
  if (a.text != unit.text || b.text != unit.text)
    notes.push_back({"compare.rule", "the errors of the parts are clustered by " + first.panel->keys().unit +
                                         ", which the runs share; the models have " + a.text +
                                         (a.text == b.text ? "" : " and " + b.text)});
  return unit;
}

void add_coefficients(ComparedFit& into, const Fit& fit, const Covariance& rule, const Grouping& clusters) {
  const Matrix sums = std::sqrt(rule.factor) * sums_by(influence(fit, rule.rule), clusters);
  for (Index j = 0; j < fit.k(); ++j)
    into.items.push_back({"", fit.names[static_cast<std::size_t>(j)], fit.coefficients(j), rule.estimable(j),
                          sums.col(j), rule.degrees_of_freedom(j)});
}

// What a cluster adds to the components, in the order of the fit's clusters; a cluster outside adds nothing.
Matrix component_influence(const Decomposition& d, const Names& clusters) {
  std::map<std::string, Index> place;
  for (std::size_t g = 0; g < clusters.size(); ++g) place.emplace(clusters[g], static_cast<Index>(g));
  const Matrix own = std::sqrt(d.estimates.factor) * d.estimates.influence * d.estimates.jacobian.transpose();
  Matrix all = Matrix::Zero(static_cast<Index>(clusters.size()), own.cols());
  const Grouping& groups = d.atoms.clusters.front();
  for (Index i = 0; i < own.rows(); ++i) {
    const auto code = static_cast<std::size_t>(groups.code[static_cast<std::size_t>(i)]);
    if (const auto found = place.find(groups.labels[code]); found != place.end()) all.row(found->second) += own.row(i);
  }
  return all;
}

// The same call in both runs; one that gives several answers numbers them.
std::string group_of(const ComparedFit& fit, const Decomposition& d) {
  std::string group = d.call;
  const auto taken = [&](const ComparedItem& item) { return item.group == group; };
  for (int copy = 2; std::any_of(fit.items.begin(), fit.items.end(), taken); ++copy)
    group = d.call + ", " + std::to_string(copy);
  return group;
}

void add_components(ComparedFit& into, const Decomposition& d) {
  const Estimates& e = d.estimates;
  const bool known = e.kind == UncertaintyKind::influence && e.noise.size() == 0 && d.atoms.clusters.size() == 1;
  const Matrix sums = known ? component_influence(d, into.clusters)
                            : Matrix::Zero(static_cast<Index>(into.clusters.size()), e.values.size());
  const std::string group = group_of(into, d);
  for (Index i = 0; i < e.values.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    into.items.push_back({group, e.names[at], e.values(i), known && (e.estimable.empty() || e.estimable[at]),
                          sums.col(i), d.inference.df, d.additive});
  }
}

ComparedFit fit_on(const ComparedModel& model, Spec spec, const RowKeys& keys) {
  const auto [panel, mark] = marked(*model.panel, keys);
  spec.subset = column_expression(mark);
  const Fit fit = estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
  const Covariance rule = covariance(fit);
  ComparedFit result;
  const Grouping& clusters = *cluster_groupings(rule.rule, fit.atoms).front();
  result.clusters = clusters.labels;
  result.rows = fit.design->n();
  add_coefficients(result, fit, rule, clusters);
  const Decomposed parts = decompose(panel, spec, &fit, &rule);
  for (const Decomposition& answer : parts.answers) add_components(result, answer);
  return result;
}

// Columns of the same name in both designs.
std::vector<std::pair<Index, Index>> columns_alike(const Design& a, const Design& b) {
  std::vector<std::pair<Index, Index>> alike;
  for (Index j = 0; j < a.k(); ++j)
    for (Index k = 0; k < b.k(); ++k)
      if (a.names[static_cast<std::size_t>(j)] == b.names[static_cast<std::size_t>(k)]) alike.emplace_back(j, k);
  return alike;
}

// Rows of both on which the outcome, or a regressor, of the first model differs between the two data.
void count_revisions(ComparisonChain& chain, const ComparedModel& before, const ComparedModel& after, const Spec& spec,
                     const RowKeys& both) {
  Spec all = spec;
  all.singletons = Singletons::keep;
  const Design a = make_design(*before.panel, all), b = make_design(*after.panel, all);
  std::map<RowKey, Index> later;
  for (Index i = 0; i < b.n(); ++i) later.emplace(key_of(*after.panel, b.rows[static_cast<std::size_t>(i)]), i);
  const std::vector<std::pair<Index, Index>> alike = columns_alike(a, b);
  for (Index i = 0; i < a.n(); ++i) {
    const RowKey key = key_of(*before.panel, a.rows[static_cast<std::size_t>(i)]);
    if (!both.contains(key)) continue;
    const Index j = later.at(key);
    chain.revised_outcome += a.y(i) != b.y(j);
    chain.revised_regressors += std::any_of(alike.begin(), alike.end(), [&](const auto& columns) {
      return a.X(i, columns.first) != b.X(j, columns.second);
    });
  }
}

// Parts of one total that some fits do not name, such as entry where no unit entered, are zero there.
void name_parts_everywhere(std::array<ComparedFit, kComparedFits>& fits) {
  std::vector<ComparedItem> parts;
  for (const ComparedFit& fit : fits)
    for (const ComparedItem& item : fit.items)
      if (item.additive) parts.push_back(item);
  for (ComparedFit& fit : fits) {
    std::set<std::string> groups;
    for (const ComparedItem& item : fit.items) groups.insert(item.group);
    for (ComparedItem part : parts) {
      if (!groups.contains(part.group) || fit.find(part.group, part.name)) continue;
      part.value = 0;
      part.estimable = true;
      part.influence = Vector::Zero(static_cast<Index>(fit.clusters.size()));
      fit.items.push_back(std::move(part));
    }
  }
}

[[noreturn]] void cannot_fit(const ComparedModel& model, const ComparedModel& data, const Error& error) {
  throw Error(error.kind() == ErrorKind::internal ? ErrorKind::internal : ErrorKind::usage, "compare.cannot_fit",
              "the model of " + model.name + " cannot be fitted to the data of " + data.name +
                  ", so what the data changed cannot be told from what the model did: " + error.message(),
              {.file = data.name});
}

template <class Work>
auto tried(const ComparedModel& model, const ComparedModel& data, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code().starts_with("compare.")) throw;
    cannot_fit(model, data, error);
  }
}

void require_units(const ComparedModel& model) {
  if (!model.panel->has_unit())
    throw Error(ErrorKind::usage, "compare.keys",
                model.name +
                    " has no unit key, so its rows cannot be found in the other run; name the column of the "
                    "unit with --unit",
                {.file = model.name});
}

}  // namespace

const ComparedItem* ComparedFit::find(const std::string& group, const std::string& name) const {
  for (const ComparedItem& item : items)
    if (item.group == group && item.name == name) return &item;
  return nullptr;
}

ComparisonChain comparison_chain(const ComparedModel& first, const ComparedModel& second) {
  for (const ComparedModel* model : {&first, &second}) require_units(*model);
  ComparisonChain chain;
  const MethodCall rule = rule_of(first, second, chain.notes);
  chain.rule = rule.text;
  const Spec before = without_choice_of_rows(first.spec, rule), after = without_choice_of_rows(second.spec, rule);
  const RowKeys first_rows = keys_of(first, make_design(*first.panel, first.spec)),
                second_rows = keys_of(second, make_design(*second.panel, second.spec));
  const RowKeys rows_before = tried(first, second, [&] {
    return rows_that_can({second.name, second.panel, {}}, before);
  });
  const RowKeys same = in_both(second_rows, rows_before), both = in_both(first_rows, same);
  if (both.empty())
    throw Error(ErrorKind::usage, "compare.no_common_rows",
                first.name + " and " + second.name +
                    " use no row (unit and period) in common, so what other rows changed cannot be told from what "
                    "revised data did; compare runs whose samples overlap");
  chain.both = static_cast<std::int64_t>(both.size());
  chain.left = static_cast<std::int64_t>(first_rows.size()) - chain.both;
  chain.entered = static_cast<std::int64_t>(second_rows.size()) - chain.both;
  const auto fitted = [&](const ComparedModel& data, const ComparedModel& model, const Spec& spec,
                          const RowKeys& rows) { return tried(model, data, [&] { return fit_on(data, spec, rows); }); };
  chain.fits = {fitted(first, first, before, first_rows), fitted(first, first, before, both),
                fitted(second, first, before, both),      fitted(second, first, before, same),
                fitted(second, second, after, same),      fitted(second, second, after, second_rows)};
  name_parts_everywhere(chain.fits);
  count_revisions(chain, first, second, before, both);
  return chain;
}

}  // namespace headwater
