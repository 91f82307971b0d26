// A decomposition as labelled arrays, as result/SCHEMA.md lays them out.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/decomposition.hpp"

namespace headwater {
namespace {

bool has_error(const Decomposition& d, Index i) {
  return (d.estimates.estimable.empty() || d.estimates.estimable[static_cast<std::size_t>(i)]) &&
         std::isfinite(d.covariance(i, i));
}

// Labels by which atoms of different decompositions can be told to be the same.
Names atom_labels(const Decomposition& d) {
  const Atoms& atoms = d.atoms;
  const auto label = [](const Grouping& groups, std::size_t i) {
    return groups.labels[static_cast<std::size_t>(groups.code[i])];
  };
  Names names;
  for (std::size_t i = 0; i < static_cast<std::size_t>(atoms.n); ++i) {
    std::string name;
    if (gathers(d.inference.rule) == Gathers::clusters) {
      for (const Grouping& way : atoms.clusters) name += (name.empty() ? "" : "^") + label(way, i);
    } else {
      if (atoms.unit.count > 0) name = label(atoms.unit, i);
      if (atoms.time.count > 0) name += " " + label(atoms.time, i);
      if (name.empty()) name = std::to_string(i + 1);
    }
    names.push_back(std::move(name));
  }
  return names;
}

// The periods under the numbers that lags count by, so that neighbours in time can be told from the file.
Grouping at_lag_positions(const MethodCall& rule, const Atoms& atoms) {
  Grouping periods = atoms.time;
  const std::vector<std::int64_t> position = lag_positions(rule, atoms);
  for (std::int32_t& code : periods.code) code = static_cast<std::int32_t>(position[static_cast<std::size_t>(code)]);
  return periods;
}

// The groups whose sums the rule squares: cluster codes by way, or the positions of periods among the lags.
void describe_groups(Tree& tree, const Decomposition& d) {
  std::vector<const Grouping*> ways;
  if (gathers(d.inference.rule) == Gathers::clusters)
    for (const Grouping& way : d.atoms.clusters) ways.push_back(&way);
  const Gathers what = gathers(d.inference.rule);
  const bool units = what == Gathers::series || what == Gathers::series_and_periods;
  const Grouping periods = at_lag_positions(d.inference.rule, d.atoms);
  if (units || what == Gathers::periods) ways.push_back(&periods);
  if (units && d.atoms.unit.count > 0) ways.push_back(&d.atoms.unit);
  Names names;
  for (const Grouping* way : ways) names.push_back(way->name);
  tree.axis("way", names, "groupings that the covariance rule uses");
  LabelledArray codes{.name = "atom_group",
                      .dims = {"atom", "way"},
                      .shape = {d.atoms.n, static_cast<std::int64_t>(ways.size())},
                      .values = {},
                      .description = "code of the atom's group in each grouping",
                      .unit = "code"};
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < static_cast<std::size_t>(d.atoms.n); ++i)
    for (const Grouping* way : ways) values.push_back(way->code[i]);
  codes.values = std::move(values);
  tree.arrays.push_back(std::move(codes));
}

void describe_influence(Tree& tree, const Decomposition& d) {
  Names basis;
  for (Index b = 0; b < d.estimates.influence.cols(); ++b) basis.push_back(std::to_string(b + 1));
  tree.axis("atom", atom_labels(d), "cells that carry influence");
  tree.axis("basis", basis, "basis of the influence");
  tree.matrix("influence", "atom", "basis", d.estimates.influence, "influence of each atom on the basis", d.unit);
  tree.matrix("jacobian", "component", "basis", d.estimates.jacobian, "components by basis");
  describe_groups(tree, d);
}

double share_of(const Decomposition& d, Index i) {
  return d.additive && d.shares_reason.empty() ? d.estimates.values(i) / d.total : std::nan("");
}

// Per cent by the logarithmic mean: 100 (e^Δ − 1)/Δ a log point, so that parts still add.
double percent_a_log_point(double total) { return std::abs(total) < 1e-12 ? 100 : 100 * std::expm1(total) / total; }

void describe_components(Tree& tree, const Decomposition& d) {
  const Index m = d.estimates.values.size();
  const double none = std::nan(""), reach = student_quantile(0.5 + d.inference.level / 2, d.inference.df);
  const double band = simultaneous_critical_value(d.covariance, d.estimates.estimable, d.inference.df,
                                                  d.inference.level, d.inference.seed);
  Vector error(m), low(m), high(m), band_low(m), band_high(m), share(m), percent(m);
  std::vector<std::int64_t> known;
  for (Index i = 0; i < m; ++i) {
    known.push_back(has_error(d, i) ? 1 : 0);
    const double value = d.estimates.values(i);
    error(i) = known.back() ? std::sqrt(std::max(0.0, d.covariance(i, i))) : none;
    const Interval alone = known.back() ? interval(d, i, reach) : Interval{none, none},
                   joint = known.back() ? interval(d, i, band) : Interval{none, none};
    low(i) = alone.low;
    high(i) = alone.high;
    band_low(i) = joint.low;
    band_high(i) = joint.high;
    share(i) = share_of(d, i);
    percent(i) = d.percent ? value * percent_a_log_point(d.total) : none;
  }
  tree.axis("component", d.estimates.names, "parts");
  tree.axis("component_2", d.estimates.names, "parts, for the second axis of square matrices");
  tree.vector("estimate", "component", d.estimates.values, "estimate", d.unit);
  tree.vector("std_error", "component", error, "standard error, NaN when not estimable", d.unit);
  tree.vector("conf_low", "component", low, "lower end of the interval", d.unit);
  tree.vector("conf_high", "component", high, "upper end of the interval", d.unit);
  tree.vector("band_low", "component", band_low, "lower end of the simultaneous band over all components", d.unit);
  tree.vector("band_high", "component", band_high, "upper end of the simultaneous band over all components", d.unit);
  tree.vector("share", "component", share, "share of the total, NaN when suppressed");
  tree.vector("percent", "component", percent, "per cent by the logarithmic mean, NaN when not applicable", "per cent");
  tree.integers("estimable", "component", known, "1 when the uncertainty is estimable");
  Matrix covariance = d.covariance;
  for (Index i = 0; i < m; ++i)
    if (!known[static_cast<std::size_t>(i)]) {
      covariance.row(i).setConstant(none);
      covariance.col(i).setConstant(none);
    }
  tree.matrix("covariance", "component", "component_2", covariance, "joint covariance, NaN where not estimable",
              d.unit + "²");
}

void describe_total(Tree& tree, const Decomposition& d) {
  const double none = std::nan("");
  tree.scalar("total", d.additive ? d.total : none,
              "the total, computed independently of the parts; NaN when the items are not parts of one", d.unit);
  tree.scalar("total_std_error", d.additive && d.total_estimable ? d.total_std_error : none,
              "standard error of the total, computed directly", d.unit);
  const double reach = student_quantile(0.5 + d.inference.level / 2, d.inference.df) * d.total_std_error;
  const bool drawn = d.additive && d.total_estimable;
  tree.scalar("total_conf_low", drawn ? d.total - reach : none, "lower end of the interval of the total", d.unit);
  tree.scalar("total_conf_high", drawn ? d.total + reach : none, "upper end of the interval of the total", d.unit);
  tree.scalar("closure_error", d.additive ? d.closure_error : none,
              "absolute difference of the parts' sum and the total", d.unit);
  tree.scalar("tolerance", d.additive ? d.tolerance : none, "the closure error was at most this", d.unit);
  tree.scalar("df", d.inference.df, "degrees of freedom of the intervals (infinite: normal)", "degrees of freedom");
  tree.scalar("factor", d.inference.factor, "small-sample factor on the meat");
}

void describe_unidentified(Tree& tree, const std::vector<NotIdentified>& list) {
  Names names, because;
  for (const NotIdentified& entry : list) {
    names.push_back(entry.term);
    because.push_back(joined(entry.because, "; "));
  }
  tree.axis("unidentified", names, "drivers that have no part because the data cannot identify them");
  tree.text("unidentified_because", "unidentified", because, "what they are collinear with");
}

// Single numbers beside the components; how much is explained stands above them already.
Names quantities_of(const Decomposition& d) {
  Names names;
  for (const LabelledArray& extra : d.extras)
    if (extra.dims.empty() && std::holds_alternative<std::vector<double>>(extra.values) &&
        extra.name.rfind("explained_", 0) != 0)
      names.push_back(extra.name);
  return names;
}

}  // namespace

Tree describe(const Decomposition& d) {
  Tree tree;
  for (const auto& [key, value] : {std::pair<const char*, std::string>{"method", d.method},
                                   {"call", d.call},
                                   {"question", d.question},
                                   {"unit", d.unit},
                                   {"frame", d.frame},
                                   {"kind", name(d.estimates.kind)},
                                   {"rule", d.inference.rule.text},
                                   {"shares_reason", d.shares_reason},
                                   {"total_name", d.total_name},
                                   {"sample_hash", d.sample_hash}})
    tree.attribute(key, value);
  tree.attribute("level", d.inference.level);
  tree.attribute("additive", std::int64_t{d.additive});
  tree.attribute("total_estimable", std::int64_t{d.total_estimable});
  if (const Names shown = quantities_of(d); !shown.empty()) tree.attribute("quantities", joined(shown, ", "));
  if (!d.tables.empty()) tree.attribute("tables", joined(d.tables, ", "));
  for (const auto& [key, value] : d.choices) tree.attribute("choice." + key, value);
  describe_components(tree, d);
  describe_total(tree, d);
  describe_influence(tree, d);
  describe_unidentified(tree, d.not_identified);
  merge(tree, describe(d.notes));
  for (const Axis& axis : d.extra_axes) tree.axes.push_back(axis);
  for (const LabelledArray& extra : d.extras) tree.arrays.push_back(extra);
  return tree;
}

}  // namespace headwater
