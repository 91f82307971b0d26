// Draws G of the G clusters with replacement and refits: the coefficients, effects, means and every decomposition, each
// by its own method with its own closure check (identity I14). A cluster drawn n times weighs n-fold. Its replicate's
// variance counts n clusters with the influence of one each, Σ_g S_g S_g'/n_g with S_g = n_g ψ_g: counting it once
// instead, as duckreg did (its issue 20), gives n_g²ψ_gψ_g' and errors that are too large.
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

using Counts = std::map<std::string, double>;  // by cluster label

struct Replicate {
  std::shared_ptr<const Vector> drawn;  // a panel row
  Counts counts;
};

Replicate drawn_replicate(const Grouping& groups, const std::vector<std::int32_t>& codes, std::uint64_t seed,
                          std::uint32_t replicate) {
  Vector counts = Vector::Zero(groups.count);
  for (std::size_t g = 0; g < codes.size(); ++g) {
    RandomStream random(seed, replicate, static_cast<std::uint32_t>(g));
    ++counts(codes[random.below(static_cast<std::uint32_t>(codes.size()))]);
  }
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

  void run(const Replicate& replicate, const ByCall& results, Index b,
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
      if (!method.no_bootstrap.empty()) continue;
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

}  // namespace

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
      draws.back().push_back({Matrix(B, m), Matrix(B, m), Vector(B), Names(static_cast<std::size_t>(B))});
    }
  }
  const Refitter refitter(panel, spec, fit);
  Stage stage("cluster bootstrap", static_cast<std::size_t>(B));
  parallel_for(static_cast<std::size_t>(B), [&](std::size_t b) {
    refitter.run(drawn_replicate(groups, codes, spec.seed, static_cast<std::uint32_t>(b)), results,
                 static_cast<Index>(b), draws);
    stage.advance();
  });
  return draws;
}

}  // namespace headwater
