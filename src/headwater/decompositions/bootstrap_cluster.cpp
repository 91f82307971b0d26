// Draws G of the G clusters with replacement and refits: the coefficients, effects, means and every decomposition, each
// by its own method with its own closure check (identity I14). A cluster drawn n times weighs n-fold. Its replicate's
// variance counts n clusters with the influence of one each, Σ_g S_g S_g'/n_g with S_g = n_g ψ_g: counting it once
// instead, as duckreg did (its issue 20), gives n_g²ψ_gψ_g' and errors that are too large. Methods that are functions
// of sums by cluster answer from these (replicates.hpp); what they leave, and all other methods, are refitted.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "headwater/core/error.hpp"
#include "headwater/core/progress.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/decompositions/effect_trades.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {
namespace {

constexpr double kSameValue = 1e-8, kSameError = 1e-6;  // of sums by cluster beside the decomposition itself

// The column whose groups are drawn.
std::string drawn_column(const Spec& spec, const Panel& panel) {
  std::vector<std::string> columns = cluster_columns(spec.covariance);
  if (columns.empty() && panel.has_unit()) columns.push_back(panel.keys().unit);
  const Gathers what = gathers(spec.covariance);
  const bool apart = what == Gathers::nothing || what == Gathers::rows || what == Gathers::clusters;
  if (columns.empty() && apart) return "";  // every row by itself
  if (columns.size() == 1 && (apart || what == Gathers::series)) return columns.front();
  throw Error(ErrorKind::usage, "bootstrap.rule",
              "the cluster bootstrap draws the clusters of one column, but the rule is " + spec.covariance.text +
                  (columns.empty() ? " and there is no unit key" : "") + "; use covariance = cluster(one column)",
              {.key = "bootstrap"});
}

// Codes of the clusters that the decompositions use: those are drawn, not clusters that lost every row.
std::vector<std::int32_t> used_codes(const Grouping& groups, const Fit* fit) {
  std::vector<char> used(static_cast<std::size_t>(groups.count), fit ? 0 : 1);
  if (fit)
    for (const std::int64_t row : fit->design->rows)
      if (const std::int32_t code = groups.code[static_cast<std::size_t>(row)]; code >= 0)
        used[static_cast<std::size_t>(code)] = 1;
  std::vector<std::int32_t> codes;
  for (std::size_t g = 0; g < used.size(); ++g)
    if (used[g]) codes.push_back(static_cast<std::int32_t>(g));
  return codes;
}

// How often each cluster is drawn.
Vector drawn_counts(const Grouping& groups, const std::vector<std::int32_t>& codes, std::uint64_t seed,
                    std::uint32_t replicate) {
  Vector counts = Vector::Zero(groups.count);
  for (std::size_t g = 0; g < codes.size(); ++g) {
    RandomStream random(seed, replicate, static_cast<std::uint32_t>(g));
    ++counts(codes[random.below(static_cast<std::uint32_t>(codes.size()))]);
  }
  return counts;
}

using Counts = std::map<std::string, double>;  // by cluster label

struct Replicate {
  std::shared_ptr<const Vector> drawn;  // a panel row
  Counts counts;
};

Replicate replicate_of(const Grouping& groups, const std::vector<std::int32_t>& codes, const Vector& counts) {
  Vector drawn(static_cast<Index>(groups.code.size()));
  for (Index i = 0; i < drawn.size(); ++i) {
    const std::int32_t code = groups.code[static_cast<std::size_t>(i)];
    drawn(i) = code < 0 ? 0 : counts(code);
  }
  Replicate result{std::make_shared<const Vector>(std::move(drawn)), {}};
  for (const std::int32_t code : codes) result.counts[groups.labels[static_cast<std::size_t>(code)]] = counts(code);
  return result;
}

// Diagonal of the replicate's covariance, with copies of a cluster as clusters of their own.
Vector variances(const Decomposition& d, const Counts& counts, double factor) {
  if (d.atoms.clusters.empty()) return d.covariance.diagonal();
  const Matrix psi = d.estimates.influence * d.estimates.jacobian.transpose();
  const Grouping& clusters = d.atoms.clusters.front();
  Vector sum = Vector::Zero(psi.cols());
  for (Index a = 0; a < psi.rows(); ++a) {
    const auto code = static_cast<std::size_t>(clusters.code[static_cast<std::size_t>(a)]);
    sum += psi.row(a).cwiseAbs2().transpose() / counts.at(clusters.labels[code]);
  }
  sum *= factor;
  if (d.estimates.noise.size() > 0) sum += d.estimates.noise.diagonal();
  return sum;
}

bool shows(const Decomposition& d, const std::string& name) {
  return std::find(d.estimates.names.begin(), d.estimates.names.end(), name) != d.estimates.names.end();
}

// In a replicate, effects may trade that do not in the data, or the reverse.
void refuse_other_effects(const Decomposition& original, const Decomposition& own) {
  for (const std::string& name : own.estimates.names)
    if (name.find(kEffectsPrefix) != std::string::npos && !shows(original, name))
      throw Error(ErrorKind::data, "bootstrap.effects",
                  "a replicate tells other effects apart than the data do: it has the part " + name);
}

// A part that the replicate leaves out is known to be zero there; one that only the replicate shows is zero as well.
void record(const Decomposition& original, const Decomposition& own, const Counts& counts, Index b,
            BootstrapDraws& draws) {
  const Vector variance = variances(own, counts, original.estimates.factor);
  for (Index i = 0; i < original.estimates.values.size(); ++i) {
    draws.values(b, i) = draws.std_errors(b, i) = 0;
    for (Index j = 0; j < own.estimates.values.size(); ++j)
      if (own.estimates.names[static_cast<std::size_t>(j)] == original.estimates.names[static_cast<std::size_t>(i)]) {
        draws.values(b, i) = own.estimates.values(j);
        draws.std_errors(b, i) = std::sqrt(std::max(0.0, variance(j)));
      }
  }
  draws.totals(b) = own.total;
  const double gap = std::abs(draws.values.row(b).sum() - own.total);
  if (original.additive && gap > own.tolerance) refuse_other_effects(original, own);
  if (original.additive && gap > own.tolerance)
    throw Error(ErrorKind::numerical, "bootstrap.identity",
                "a replicate of " + original.call + " has parts that the decomposition itself does not show");
}

void mark_failed(std::vector<BootstrapDraws>& group, Index b, const std::string& because) {
  for (BootstrapDraws& draws : group) {
    draws.failures[static_cast<std::size_t>(b)] = because;
    draws.values.row(b).setConstant(std::nan(""));
    draws.std_errors.row(b).setConstant(std::nan(""));
    draws.totals(b) = std::nan("");
  }
}

class Refitter {
 public:
  Refitter(const Panel& panel, const Spec& spec, const Fit* fit) : panel_(panel), spec_(spec), fit_(fit) {}

  // Of the calls that are not `answered`.
  void run(const Replicate& replicate, const ByCall& results, const std::vector<bool>& answered, Index b,
           std::vector<std::vector<BootstrapDraws>>& draws) const {
    Spec spec = spec_;
    spec.drawn = replicate.drawn;
    Fit fit;
    Covariance rule;
    bool fitted = false;
    std::string no_fit;
    if (fit_) {
      try {
        Design design = redrawn(*fit_->design, *replicate.drawn);
        design.spec = spec;
        fit = estimate(panel_, std::make_shared<const Design>(std::move(design)));
        rule = covariance(fit);
        fitted = true;
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::usage || error.kind() == ErrorKind::internal) throw;
        no_fit = error.message();
      }
    }
    for (std::size_t c = 0; c < results.size(); ++c) {
      const MethodCall& call = spec.decompositions[c];
      const DecompositionRow& method = decomposition(call.method);
      if (answered[c] || !method.no_bootstrap.empty()) continue;
      try {
        if (method.needs != Needs::panel && !fitted) throw Error(ErrorKind::data, "bootstrap.no_fit", no_fit);
        const std::vector<Decomposition> own =
            run_method(method, {panel_, spec, call, fitted ? &fit : nullptr, fitted ? &rule : nullptr});
        if (own.size() != results[c].size())
          throw Error(ErrorKind::data, "bootstrap.shape", "the replicate answers other questions");
        for (std::size_t i = 0; i < own.size(); ++i) record(results[c][i], own[i], replicate.counts, b, draws[c][i]);
      } catch (const Error& error) {
        const bool identity = error.code() == "bootstrap.identity" || error.code() == "decomposition.closure";
        if (error.kind() == ErrorKind::internal || identity) throw;
        mark_failed(draws[c], b, error.message());
      }
    }
  }

 private:
  const Panel& panel_;
  const Spec& spec_;
  const Fit* fit_;
};

// The answers that sums by cluster give, for the calls whose method has them.
class FromSums {
 public:
  FromSums(const Panel& panel, const Spec& spec, const Fit* fit, const ByCall& results, const Grouping& groups,
           const std::vector<std::int32_t>& codes)
      : by_call_(results.size()) {
    if (!fit || gathers(spec.covariance) != Gathers::clusters) return;
    const Covariance rule = covariance(*fit);
    Vector once = Vector::Zero(groups.count);
    for (const std::int32_t code : codes) once(code) = 1;
    for (std::size_t c = 0; c < results.size(); ++c) {
      const MethodCall& call = spec.decompositions[c];
      const DecompositionRow& method = decomposition(call.method);
      if (results[c].empty() || !method.replicates) continue;
      by_call_[c] = method.replicates({panel, spec, call, fit, &rule}, groups);
      if (by_call_[c] && !repeats(*by_call_[c], once, results[c])) by_call_[c] = nullptr;
    }
  }

  // Which calls it answered, in draws of replicate b.
  std::vector<bool> run(const Vector& counts, const ByCall& results, Index b,
                        std::vector<std::vector<BootstrapDraws>>& draws) const {
    std::vector<bool> answered(results.size(), false);
    for (std::size_t c = 0; c < results.size(); ++c) {
      if (!by_call_[c]) continue;
      const std::optional<std::vector<ReplicateAnswer>> answers = by_call_[c]->under(counts);
      if (!answers) continue;
      answered[c] = true;
      for (std::size_t i = 0; i < answers->size(); ++i) {
        const ReplicateAnswer& own = (*answers)[i];
        draws[c][i].values.row(b) = own.values.transpose();
        draws[c][i].std_errors.row(b) = errors_of(own, counts, results[c][i]).transpose();
        draws[c][i].totals(b) = own.total;
        draws[c][i].from_sums[static_cast<std::size_t>(b)] = 1;
      }
    }
    return answered;
  }

 private:
  // Copies of a cluster are clusters of their own: Σ_g n_g ψ_g².
  static Vector errors_of(const ReplicateAnswer& own, const Vector& counts, const Decomposition& original) {
    return (original.estimates.factor * (own.influence.cwiseAbs2().transpose() * counts)).cwiseSqrt();
  }

  // With each cluster once they are the decomposition itself, errors included. Where rounding or anything else says
  // otherwise, rows are refitted.
  static bool repeats(const Replicates& sums, const Vector& once, const std::vector<Decomposition>& results) {
    const std::optional<std::vector<ReplicateAnswer>> answers = sums.under(once);
    if (!answers || answers->size() != results.size()) return false;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const ReplicateAnswer& own = (*answers)[i];
      const Decomposition& d = results[i];
      const double size = std::max({1e-300, std::abs(d.total), d.estimates.values.cwiseAbs().maxCoeff()});
      if (own.values.size() != d.estimates.values.size()) return false;
      const Vector errors = errors_of(own, once, d), analytic = d.covariance.diagonal().cwiseMax(0).cwiseSqrt();
      if ((own.values - d.estimates.values).cwiseAbs().maxCoeff() > kSameValue * size ||
          std::abs(own.total - d.total) > kSameValue * size ||
          (errors - analytic).cwiseAbs().maxCoeff() > kSameError * std::max(1e-300, analytic.maxCoeff()))
        return false;
    }
    return true;
  }

  std::vector<std::unique_ptr<Replicates>> by_call_;
};

}  // namespace

std::vector<std::int32_t> clusters_of_rows(const Grouping& clusters, const std::vector<std::int64_t>& rows) {
  std::vector<std::int32_t> codes;
  codes.reserve(rows.size());
  for (const std::int64_t row : rows) codes.push_back(clusters.code[static_cast<std::size_t>(row)]);
  return codes;
}

std::vector<std::vector<BootstrapDraws>> cluster_draws(const Panel& panel, const Spec& spec, const Fit* fit,
                                                       const ByCall& results, const MethodCall& bootstrap) {
  const std::string column = drawn_column(spec, panel);
  const Grouping groups = column.empty() ? panel.units() : groups_of_rows(panel, column);
  const std::vector<std::int32_t> codes = used_codes(groups, fit);
  const Index B = bootstrap.integer("draws", 999);
  std::vector<std::vector<BootstrapDraws>> draws;
  for (const std::vector<Decomposition>& group : results) {
    draws.emplace_back();
    for (const Decomposition& d : group) {
      const Index m = d.estimates.values.size();
      draws.back().push_back({Matrix(B, m), Matrix(B, m), Vector(B), Names(static_cast<std::size_t>(B)),
                              std::vector<char>(static_cast<std::size_t>(B), 0)});
    }
  }
  const Refitter refitter(panel, spec, fit);
  Stage stage("cluster bootstrap", static_cast<std::size_t>(B));
  const FromSums sums(panel, spec, fit, results, groups, codes);
  parallel_for(static_cast<std::size_t>(B), [&](std::size_t b) {
    const Vector counts = drawn_counts(groups, codes, spec.seed, static_cast<std::uint32_t>(b));
    const std::vector<bool> answered = sums.run(counts, results, static_cast<Index>(b), draws);
    if (std::find(answered.begin(), answered.end(), false) != answered.end())
      refitter.run(replicate_of(groups, codes, counts), results, answered, static_cast<Index>(b), draws);
    stage.advance();
  });
  return draws;
}

}  // namespace headwater
