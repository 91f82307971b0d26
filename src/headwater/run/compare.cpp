// Question: why is a coefficient, or a component, another one than in the run before? Model: six fits, each but one
// change away from the next (comparison_chain.hpp), θ₀ … θ₅. Estimator, exact by telescoping:
//   data          θ₂ − θ₁                            revised cells, on the rows of both
//   sample        (θ₁ − θ₀) + (θ₃ − θ₂) + (θ₅ − θ₄)  rows that left, that entered, that the second model alone can use
//   specification θ₄ − θ₃                            the other model on the same rows
// Each estimate has influence √c ψ_g by cluster g, c its own small-sample factor; a part is a sum of estimates with
// weights ±1 and has the variance Σ_g (Σ_s ± √c_s ψ_sg)², clusters matched by name: a trust that both runs have counts
// once, with what it adds to both. The stacked estimating equations of Weesie (1999, Stata's suest) on the union of the
// clusters. df: the smallest of the fits in the part. The order of the chain is a choice, and said: the data of the
// first run's model, then its rows, then the model.
#include "headwater/run/compare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/run/comparison_chain.hpp"
#include "headwater/run/config.hpp"
#include "headwater/run/plan.hpp"
#include "headwater/run/run_data.hpp"

namespace headwater {
namespace {

constexpr double kSame = 1e-9;       // of estimate and standard error: a fit taken again
constexpr double kRounding = 1e-11;  // of the estimates: a part that is nothing but the order of sums

using Weights = std::array<double, kComparedFits>;
struct ChangePart {
  const char* name;
  Weights weights;
};
constexpr ChangePart kChangeParts[] = {{"change", {-1, 0, 0, 0, 0, 1}},
                                       {"data", {0, -1, 1, 0, 0, 0}},
                                       {"sample", {-1, 1, -1, 1, -1, 1}},
                                       {"specification", {0, 0, 0, -1, 1, 0}}};

// ---- what the results say of themselves ---------------------------------------------------------------------------

std::string stored_hashes(const Tree& data) {
  std::string all = text_attribute(data, "sha256");
  if (data.find_axis("column_source"))
    for (const std::string& one : texts(data, "column_source_sha256")) all += " " + one;
  return all;
}

std::string hashes_of(const DataLedger& ledger) {
  std::string all = ledger.sha256;
  for (const DataLedger::ColumnSource& source : ledger.column_sources) all += " " + source.sha256;
  return all;
}

struct ReadRun {
  RunConfig config;
  Panel panel;
  std::vector<Spec> specs;
};

[[noreturn]] void no_data(const ComparedResult& one, const std::string& why) {
  throw Error(ErrorKind::data, "compare.data", one.name + " " + why, {.file = one.name});
}

RunConfig config_of(const ComparedResult& one) {
  if (number_attribute(*one.result, "estimated") == 0)
    no_data(one, "is of headwater check and holds no estimates; run its configuration");
  const Tree* run = one.result->find_child("run");
  if (!run) no_data(one, "holds no configuration, so its models cannot be fitted again");
  RunConfig config = config_of_text(texts(*run, "config").front(),
                                    one.data.empty() ? Overrides{} : Overrides{{"data.file", one.data}});
  if (config.data.file.empty() && config.data.sources.empty())
    no_data(one, "was made from data in memory (" + text_attribute(*one.result->find_child("data"), "file") +
                     "), which cannot be read again; run it from a file");
  config.output = {};
  return config;
}

ReadRun read_run(const ComparedResult& one, const std::string& flag) {
  RunConfig config = config_of(one);
  Panel panel = [&] {
    try {
      return read_run_panel(config);
    } catch (const Error& error) {
      no_data(one, "cannot be taken apart without the data it was made from: " + error.message() +
                       (config.data.sources.empty() ? "; say where they are now with --" + flag + " FILE" : ""));
    }
  }();
  if (stored_hashes(*one.result->find_child("data")) != hashes_of(panel.ledger()))
    no_data(one,
            "was made from other data than those now in " + panel.ledger().file +
                " (the SHA-256 differs), so its fits cannot be taken again; keep every vintage in a file of its "
                "own" +
                (config.data.sources.empty() ? ", and name the one it was made from with --" + flag + " FILE" : ""));
  std::vector<Spec> specs = plan(config, panel);
  return {std::move(config), std::move(panel), std::move(specs)};
}

// ---- which fits are set against each other ------------------------------------------------------------------------

const Spec& fit_called(const ReadRun& run, const ComparedResult& one, const std::string& id) {
  Names known;
  for (const Spec& spec : run.specs) {
    if (spec.id == id) return spec;
    known.push_back(spec.id);
  }
  const std::string near = nearest(id, known);
  throw Error(ErrorKind::usage, "compare.unknown_fit",
              one.name + " has no fit '" + id + "'" +
                  (near.empty() ? "; it has " + joined(known, ", ") : "; did you mean '" + near + "'?"),
              {.key = "fit"});
}

using FitPairs = std::vector<std::pair<std::string, std::string>>;

FitPairs pairs_of(const ReadRun& a, const ReadRun& b, const ComparedResult& first, const ComparedResult& second,
                  const std::string& asked) {
  if (!asked.empty()) {
    const std::size_t equals = asked.find('=');
    if (equals == std::string::npos) return {{asked, asked}};
    return {{std::string(trimmed(asked.substr(0, equals))), std::string(trimmed(asked.substr(equals + 1)))}};
  }
  FitPairs pairs;
  Names ours, theirs;
  for (const Spec& spec : b.specs) theirs.push_back(spec.id);
  for (const Spec& spec : a.specs) {
    ours.push_back(spec.id);
    if (std::find(theirs.begin(), theirs.end(), spec.id) != theirs.end()) pairs.emplace_back(spec.id, spec.id);
  }
  if (pairs.empty() && ours.size() == 1 && theirs.size() == 1) pairs.emplace_back(ours.front(), theirs.front());
  if (!pairs.empty()) return pairs;
  throw Error(ErrorKind::usage, "compare.no_pair",
              first.name + " has the fits " + joined(ours, ", ") + ", " + second.name + " has " + joined(theirs, ", ") +
                  ", none of one name; say which go together with --fit FIRST=SECOND",
              {.key = "fit"});
}

// The fits at both ends are those of the results, or everything between them is about something else.
void require_same(const ComparedResult& one, const std::string& id, const ComparedFit& again) {
  const Tree* node = one.result->find_child("fits")->find_child(id);
  if (!node || text_attribute(*node, "status") == "failed") no_data(one, "has no estimates of '" + id + "': it failed");
  const Names& names = labels(*node, "term");
  for (std::size_t j = 0; j < names.size(); ++j) {
    const ComparedItem* item = again.find("", names[j]);
    const double before = numbers(*node, "estimate")[j], error = numbers(*node, "std_error")[j];
    const double near = kSame * (std::abs(before) + (std::isfinite(error) ? error : 0));
    if (!item || std::abs(item->value - before) > near)
      no_data(one, "says " + shortest(before) + " of " + names[j] + " in '" + id + "', and taken again it is " +
                       (item ? shortest(item->value) : "not identified") +
                       "; it is of another version of Headwater, or was changed: run its configuration again");
  }
}

// ---- the parts ----------------------------------------------------------------------------------------------------

struct SplitItem {
  std::string group, name;
  std::array<const ComparedItem*, kComparedFits> items;
};

struct PartValue {
  double estimate = 0, error = 0, df = 0;
};

PartValue part_value(const ComparisonChain& chain, const SplitItem& item, const Weights& weights) {
  PartValue part{.estimate = 0, .error = 0, .df = std::numeric_limits<double>::infinity()};
  std::map<std::string, double> by_cluster;
  bool known = true;
  double size = 0, own = 0;
  for (std::size_t s = 0; s < kComparedFits; ++s) {
    if (weights[s] == 0) continue;
    const ComparedItem& one = *item.items[s];
    part.estimate += weights[s] * one.value;
    part.df = std::min(part.df, one.df);
    known = known && one.estimable;
    size = std::max(size, std::abs(one.value));
    own = std::max(own, one.influence.norm());
    for (std::size_t g = 0; g < chain.fits[s].clusters.size(); ++g)
      by_cluster[chain.fits[s].clusters[g]] += weights[s] * one.influence(static_cast<Index>(g));
  }
  double variance = 0;
  for (const auto& [cluster, psi] : by_cluster) variance += psi * psi;
  part.error = known ? std::sqrt(variance) : std::nan("");
  if (std::abs(part.estimate) <= kRounding * std::max(size, own) && part.error <= kRounding * own) part.error = 0;
  return part;
}

std::vector<SplitItem> items_in_all(const ComparisonChain& chain) {
  std::vector<SplitItem> items;
  for (const ComparedItem& start : chain.fits.front().items) {
    SplitItem item{start.group, start.name, {}};
    for (std::size_t s = 0; s < kComparedFits; ++s) item.items[s] = chain.fits[s].find(start.group, start.name);
    if (std::all_of(item.items.begin(), item.items.end(), [](const auto* one) { return one != nullptr; }))
      items.push_back(item);
  }
  return items;
}

std::string called(const ComparedItem& item) { return (item.group.empty() ? "" : item.group + ": ") + item.name; }

// What one run has and the other has not, or what a fit between them cannot tell.
void note_alone(ComparisonChain& chain, const ComparedResult& first, const ComparedResult& second) {
  Names here, there, between;
  const ComparedFit &start = chain.fits.front(), &end = chain.fits.back();
  for (const ComparedItem& item : start.items) {
    if (!end.find(item.group, item.name))
      here.push_back(called(item));
    else if (std::any_of(chain.fits.begin(), chain.fits.end(),
                         [&](const ComparedFit& fit) { return !fit.find(item.group, item.name); }))
      between.push_back(called(item));
  }
  for (const ComparedItem& item : end.items)
    if (!start.find(item.group, item.name)) there.push_back(called(item));
  const auto note = [&](const char* code, const Names& names, const std::string& what) {
    if (!names.empty()) chain.notes.push_back({code, what + ": " + joined(names, ", ")});
  };
  note("compare.alone", here, "in " + first.name + " alone, so that nothing of it changed");
  note("compare.alone", there, "in " + second.name + " alone, so that nothing of it changed");
  note("compare.between", between,
       "in both, but not in every fit between them, so that the change cannot be taken apart");
}

// ---- the answer ---------------------------------------------------------------------------------------------------

void describe_parts(Tree& tree, const ComparisonChain& chain, const std::vector<SplitItem>& items, double level) {
  Names parts;
  for (const ChangePart& part : kChangeParts) parts.emplace_back(part.name);
  tree.axis("part", parts, "the change and its parts");
  const auto n = static_cast<Index>(items.size()), m = static_cast<Index>(parts.size());
  Matrix estimate(n, m), error(n, m), low(n, m), high(n, m), p(n, m);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < m; ++j) {
      const PartValue part = part_value(chain, items[static_cast<std::size_t>(i)], kChangeParts[j].weights);
      const double reach = student_quantile(0.5 + level / 2, part.df) * part.error;
      estimate(i, j) = part.estimate;
      error(i, j) = part.error;
      low(i, j) = part.estimate - reach;
      high(i, j) = part.estimate + reach;
      p(i, j) = part.error > 0 ? student_two_sided(part.estimate / part.error, part.df) : std::nan("");
    }
  tree.matrix("estimate", "item", "part", estimate, "the parts sum to the change");
  tree.matrix("std_error", "item", "part", error, "standard error from the influence of shared clusters");
  tree.matrix("conf_low", "item", "part", low, "lower end of the interval");
  tree.matrix("conf_high", "item", "part", high, "upper end of the interval");
  tree.matrix("p_value", "item", "part", p, "two-sided; undefined where nothing changed");
}

void describe_steps(Tree& tree, const ComparisonChain& chain, const std::vector<SplitItem>& items) {
  tree.axis("step", Names(kComparedFitWords.begin(), kComparedFitWords.end()), "the fits, one change apart");
  std::vector<std::int64_t> rows;
  for (const ComparedFit& fit : chain.fits) rows.push_back(fit.rows);
  tree.integers("step_rows", "step", rows, "rows used", "rows");
  Matrix values(static_cast<Index>(items.size()), static_cast<Index>(kComparedFits));
  for (std::size_t i = 0; i < items.size(); ++i)
    for (std::size_t s = 0; s < kComparedFits; ++s)
      values(static_cast<Index>(i), static_cast<Index>(s)) = items[i].items[s]->value;
  tree.matrix("step_value", "item", "step", values, "the estimate in each fit");
}

void describe_pair(Tree& tree, const ComparisonChain& chain, double level) {
  const std::vector<SplitItem> items = items_in_all(chain);
  Names index, groups, names;
  for (const SplitItem& item : items) {
    index.push_back(std::to_string(index.size() + 1));
    groups.push_back(item.group);
    names.push_back(item.name);
  }
  tree.attribute("rule", chain.rule);
  tree.attribute("level", level);
  tree.attribute("rows_both", chain.both);
  tree.attribute("rows_left", chain.left);
  tree.attribute("rows_entered", chain.entered);
  tree.attribute("revised_outcome", chain.revised_outcome);
  tree.attribute("revised_regressors", chain.revised_regressors);
  tree.axis("item", index, "coefficients and components that both have");
  tree.text("item_decomposition", "item", groups, "decomposition, empty for a coefficient");
  tree.text("item_name", "item", names, "coefficient or component");
  describe_parts(tree, chain, items, level);
  describe_steps(tree, chain, items);
  merge(tree, describe(chain.notes));
}

}  // namespace

Tree compare(const ComparedResult& first, const ComparedResult& second, const std::string& fit) {
  const ReadRun a = read_run(first, "first"), b = read_run(second, "second");
  set_threads(b.config.run.threads);
  Tree tree;
  tree.name = "compare";
  tree.attribute("first", first.name);
  tree.attribute("second", second.name);
  for (const auto& [ours, theirs] : pairs_of(a, b, first, second, fit)) {
    const Spec &before = fit_called(a, first, ours), &after = fit_called(b, second, theirs);
    ComparisonChain chain = comparison_chain({first.name, &a.panel, before}, {second.name, &b.panel, after});
    require_same(first, ours, chain.fits.front());
    require_same(second, theirs, chain.fits.back());
    note_alone(chain, first, second);
    Tree& node = tree.child("fits").child(ours == theirs ? ours : ours + " = " + theirs);
    node.attribute("first_formula", before.formula.text);
    node.attribute("second_formula", after.formula.text);
    describe_pair(node, chain, after.level);
  }
  return tree;
}

}  // namespace headwater
