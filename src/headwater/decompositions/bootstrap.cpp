#include "headwater/decompositions/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr double kPartLow = 0.8, kPartHigh = 1.25;  // ratio of bootstrap to analytic errors
constexpr Index kFewClusters = 20;
constexpr double kFewEffective = 8;  // clusters that carry a component's variance
constexpr double kFailures = 0.05;   // share of replicates

struct Summary {
  Vector std_error, low, high, student_low, student_high;
};

// Order statistics at (B + 1)·α/2 and (B + 1)·(1 − α/2), as Davison and Hinkley (1997), 5.2.
std::pair<double, double> tails(std::vector<double> values, double level) {
  if (values.size() < 20) return {std::nan(""), std::nan("")};
  std::sort(values.begin(), values.end());
  const double count = static_cast<double>(values.size());
  const auto at = [&](double p) {
    const auto rank = static_cast<std::ptrdiff_t>(std::llround((count + 1) * p)) - 1;
    return values[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(rank, 0, static_cast<std::ptrdiff_t>(count) - 1))];
  };
  return {at((1 - level) / 2), at((1 + level) / 2)};
}

bool estimable(const Decomposition& d, Index i) {
  return d.estimates.estimable.empty() || d.estimates.estimable[static_cast<std::size_t>(i)];
}

Summary summary_of(const Decomposition& d, const BootstrapDraws& draws) {
  const Index m = d.estimates.values.size();
  const Vector unknown = Vector::Constant(m, std::nan(""));
  Summary s{unknown, unknown, unknown, unknown, unknown};
  for (Index i = 0; i < m; ++i) {
    if (!estimable(d, i)) continue;
    std::vector<double> values, pivots;
    double sum = 0, squares = 0;
    for (Index b = 0; b < draws.values.rows(); ++b) {
      const double value = draws.values(b, i);
      if (!std::isfinite(value)) continue;
      values.push_back(value);
      sum += value;
      if (const double error = draws.std_errors(b, i); error > 0)
        pivots.push_back((value - d.estimates.values(i)) / error);
    }
    const double count = static_cast<double>(values.size()), mean = sum / count;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double analytic = std::sqrt(std::max(0.0, d.covariance(i, i)));
    s.std_error(i) = std::sqrt(squares / (count - 1));
    std::tie(s.low(i), s.high(i)) = tails(values, d.inference.level);
    const auto [left, right] = tails(pivots, d.inference.level);
    s.student_low(i) = d.estimates.values(i) - right * analytic;
    s.student_high(i) = d.estimates.values(i) - left * analytic;
  }
  return s;
}

// (Σψ²)²/Σψ⁴: G when all clusters matter alike, 1 when one carries everything.
double effective_clusters(const Decomposition& d, Index i) {
  const Vector psi = d.estimates.influence * d.estimates.jacobian.row(i).transpose();
  const double fourth = psi.array().pow(4).sum(), second = psi.squaredNorm();
  return fourth > 0 ? second * second / fourth : std::nan("");
}

void note_parting(Decomposition& d, const Summary& s, const MethodCall& bootstrap) {
  Names parted, lopsided;
  for (Index i = 0; i < s.std_error.size(); ++i) {
    const double analytic = std::sqrt(std::max(0.0, d.covariance(i, i)));
    const bool zero = std::abs(d.estimates.values(i)) <= d.tolerance && s.std_error(i) <= 1e6 * d.tolerance;
    if (!(s.std_error(i) > 0) || !(analytic > 0) || zero) continue;
    const std::string& name = d.estimates.names[static_cast<std::size_t>(i)];
    const double ratio = s.std_error(i) / analytic;
    if (ratio < kPartLow || ratio > kPartHigh) parted.push_back(name + " " + significant(ratio, 3));
    if (const double clusters = effective_clusters(d, i);
        clusters < kFewEffective || d.estimates.influence.rows() < kFewClusters)
      lopsided.push_back(name + " " + significant(clusters, 2));
  }
  const std::string advice = "; read the bootstrap interval (" + bootstrap.method + ")";
  if (!parted.empty())
    d.notes.push_back({"bootstrap.parts",
                       "bootstrap and analytic standard errors part, with ratios of " + joined(parted, ", ") + advice});
  if (!lopsided.empty())
    d.notes.push_back({"bootstrap.few_clusters", "few clusters carry the uncertainty (effective number: " +
                                                     joined(lopsided, ", ") + ")" + advice});
}

std::string digest(const Matrix& values) {
  Sha256 hash;
  hash.add(values.data(), static_cast<std::size_t>(values.size()) * sizeof(double));
  return hash.hexadecimal();
}

void add_vector(Decomposition& d, const char* name, const Vector& values, const char* description) {
  d.extras.push_back({.name = name,
                      .dims = {"component"},
                      .shape = {values.size()},
                      .values = std::vector<double>(values.data(), values.data() + values.size()),
                      .description = description,
                      .unit = d.unit});
}

void keep_replicates(Decomposition& d, const Matrix& values) {
  Names index;
  for (Index b = 0; b < values.rows(); ++b) index.push_back(std::to_string(b + 1));
  d.extra_axes.push_back({"replicate", index, "bootstrap replicates"});
  std::vector<double> flat;
  for (Index b = 0; b < values.rows(); ++b)
    for (Index i = 0; i < values.cols(); ++i) flat.push_back(values(b, i));
  d.extras.push_back({.name = "boot_draws",
                      .dims = {"replicate", "component"},
                      .shape = {values.rows(), values.cols()},
                      .values = std::move(flat),
                      .description = "replicates of the components, NaN where one failed",
                      .unit = d.unit});
}

bool refits(const MethodCall& bootstrap) {
  const std::vector<BootstrapRow>& rows = bootstraps();
  return std::find_if(rows.begin(), rows.end(),
                      [&](const BootstrapRow& row) { return row.card.name == bootstrap.method; })
      ->refits;
}

// Why there is no bootstrap of a decomposition, in words that follow "because"; "" where there is one.
std::string no_bootstrap(const Decomposition& d, const MethodCall& bootstrap) {
  if (const std::string_view because = decomposition(d.method).no_bootstrap; !because.empty())
    return std::string(because);
  if (d.estimates.kind == UncertaintyKind::draws) return "its errors are those of replicates of its own";
  const std::vector<bool>& has_error = d.estimates.estimable;
  if (!has_error.empty() && std::find(has_error.begin(), has_error.end(), true) == has_error.end())
    return "none of its parts has a standard error to estimate";
  if (!refits(bootstrap) && d.estimates.kind != UncertaintyKind::influence)
    return "it has no influence of clusters to multiply; use bootstrap = cluster";
  return "";
}

std::vector<OptionCard> shared_options() {
  return {{"draws", "integer", "999", "replicates"}, {"keep", "choice: yes | no", "no", "keep them in the result"}};
}

}  // namespace

const std::vector<BootstrapRow>& bootstraps() {
  static const std::vector<BootstrapRow> rows = [] {
    MethodCard multiplier{
        .name = "multiplier",
        .kind = "bootstrap",
        .question = "How uncertain are the components when each cluster's influence is multiplied by a random weight?",
        .avoid = "Not where the linearisation itself is in doubt: it is first-order, like the analytic errors.",
        .reference = "Wu (1986); six-point weights of Webb (2023)",
        .options = shared_options(),
        .positions = {"draws"}};
    multiplier.options.push_back({"weights", "choice: webb | rademacher | normal", "webb", "distribution of weights"});
    MethodCard cluster{
        .name = "cluster",
        .kind = "bootstrap",
        .question = "How uncertain are the components when clusters are drawn anew and everything is refitted?",
        .avoid = "Not with estimators that take no weights, and not with several ways of clustering.",
        .reference = "Cameron, Gelbach and Miller (2008), pairs cluster bootstrap",
        .options = shared_options(),
        .positions = {"draws"}};
    return std::vector<BootstrapRow>{{multiplier, false}, {cluster, true}};
  }();
  return rows;
}

MethodCall parse_bootstrap(const std::string& text) {
  MethodCall call = parse_method_call(text);
  Names known;
  for (const auto& [card, refits] : bootstraps()) {
    known.emplace_back(card.name);
    if (card.name != call.method) continue;
    call = named(std::move(call), card);
    if (const long draws = call.integer("draws", 999); draws < 20 || draws > 1000000)
      throw Error(
          ErrorKind::usage, "bootstrap.draws",
          "draws = " + call.get("draws") + " is too few or too many replicates; give 20 to 1000000, such as 999",
          {.key = "draws"});
    return call;
  }
  const std::string near = nearest(call.method, known);
  throw Error(ErrorKind::usage, "bootstrap.unknown",
              "there is no bootstrap '" + call.method + "'" +
                  (near.empty() ? "; known are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
              {.key = "bootstrap"});
}

void add_bootstrap(Decomposition& d, const BootstrapDraws& draws, const MethodCall& bootstrap) {
  Names failures;
  std::copy_if(draws.failures.begin(), draws.failures.end(), std::back_inserter(failures),
               [](const std::string& failure) { return !failure.empty(); });
  const std::size_t replicates = static_cast<std::size_t>(draws.values.rows());
  if (failures.size() == replicates) {
    d.notes.push_back({"bootstrap.failed", "no replicate of " + std::to_string(replicates) +
                                               " could be computed, so there is no bootstrap interval (" +
                                               failures.front() + ")"});
    return;
  }
  const Summary s = summary_of(d, draws);
  d.choices["bootstrap"] = bootstrap.text;
  d.extras.push_back({.name = "boot_digest",
                      .dims = {},
                      .shape = {},
                      .values = Names{digest(draws.values)},
                      .description = "SHA-256 of the replicates: equal for any number of threads",
                      .unit = "1"});
  add_vector(d, "boot_std_error", s.std_error, "standard deviation of the bootstrap replicates");
  add_vector(d, "boot_low", s.low, "lower end of the percentile interval");
  add_vector(d, "boot_high", s.high, "upper end of the percentile interval");
  add_vector(d, "boot_student_low", s.student_low, "lower end of the studentised interval");
  add_vector(d, "boot_student_high", s.student_high, "upper end of the studentised interval");
  if (bootstrap.get("keep", "no") == "yes") keep_replicates(d, draws.values);
  note_parting(d, s, bootstrap);
  if (static_cast<double>(failures.size()) > kFailures * static_cast<double>(replicates))
    d.notes.push_back({"bootstrap.failed", std::to_string(failures.size()) + " of " + std::to_string(replicates) +
                                               " replicates could not be computed, the first because " +
                                               failures.front() + "; the intervals describe the others"});
}

void bootstrap_all(const Panel& panel, const Spec& spec, const Fit* fit, ByCall& results) {
  const MethodCall& call = spec.bootstrap;
  if (call.method.empty()) return;
  std::vector<std::vector<BootstrapDraws>> draws;
  if (refits(call)) draws = cluster_draws(panel, spec, fit, results, call);
  for (std::size_t c = 0; c < results.size(); ++c)
    for (std::size_t i = 0; i < results[c].size(); ++i) {
      Decomposition& d = results[c][i];
      if (const std::string because = no_bootstrap(d, call); !because.empty())
        d.notes.push_back({"bootstrap.none", "no bootstrap of " + d.method + ", because " + because});
      else
        add_bootstrap(d, refits(call) ? draws[c][i] : multiplier_draws(d, call), call);
    }
}

}  // namespace headwater
