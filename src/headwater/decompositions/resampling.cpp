#include "headwater/decompositions/resampling.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "headwater/core/error.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

constexpr long kReplicates = 200, kFewest = 50;

void finish_without_errors(Decomposition& d, const Spec& spec, const Design& rows, double scale) {
  const Index m = d.estimates.values.size();
  d.estimates.influence = Matrix::Zero(rows.n(), m);
  d.estimates.jacobian = Matrix::Identity(m, m);
  Inference inference = inference_of(spec, atoms_of(rows));
  inference.factor = 1;  // the replicates already vary as the clusters drawn do
  finish(d, inference, atoms_of(rows), Vector::Zero(rows.n()), scale);
}

BootstrapDraws draws_of(const Decomposition& d, const DecompositionInput& input, const MethodCall& bootstrap) {
  Spec spec = input.spec;
  spec.decompositions = {input.call};
  return cluster_draws(input.panel, spec, input.fit, {{d}}, bootstrap).front().front();
}

// Replicates with an answer, the total as a last column.
Matrix answered(const BootstrapDraws& draws) {
  std::vector<Index> kept;
  for (Index b = 0; b < draws.totals.size(); ++b)
    if (std::isfinite(draws.totals(b))) kept.push_back(b);
  Matrix all(static_cast<Index>(kept.size()), draws.values.cols() + 1);
  for (std::size_t b = 0; b < kept.size(); ++b)
    all.row(static_cast<Index>(b)) << draws.values.row(kept[b]), draws.totals(kept[b]);
  return all;
}

}  // namespace

long replicates_of(const MethodCall& call) {
  const long replicates = call.integer("replicates", kReplicates);
  if (replicates >= kFewest) return replicates;
  throw Error(ErrorKind::usage, "decomposition.option",
              "replicates = " + call.get("replicates") + " is too few for standard errors; ask for at least " +
                  std::to_string(kFewest),
              {.key = "replicates"});
}

std::vector<OptionCard> resampling_option_cards() {
  return {{"replicates", "integer", "200", "refits of the whole method on resampled clusters, for the errors"}};
}

void finish_by_resampling(Decomposition& d, const DecompositionInput& input, const Design& rows, double scale,
                          long replicates) {
  d.estimates.kind = UncertaintyKind::draws;
  d.frame = "the whole method refitted on " + std::to_string(replicates) +
            " resamples of clusters, or of rows where nothing clusters them";
  finish_without_errors(d, input.spec, rows, scale);
  if (input.spec.drawn) return;
  const MethodCall bootstrap = parse_bootstrap("cluster(draws = " + std::to_string(replicates) + ")");
  const BootstrapDraws draws = draws_of(d, input, bootstrap);
  const Matrix all = answered(draws);
  if (all.rows() < kFewest)
    throw Error(ErrorKind::identification, "decomposition.few_draws",
                "only " + std::to_string(all.rows()) + " of " + std::to_string(replicates) +
                    " resampled data sets of " + d.call +
                    " have an answer, too few for standard errors; use fewer drivers or coarser levels");
  const Matrix centred = all.rowwise() - all.colwise().mean();
  const Matrix joint = centred.transpose() * centred / static_cast<double>(all.rows() - 1);
  const Index m = d.estimates.values.size();
  d.estimates.noise = joint.topLeftCorner(m, m);
  d.total_noise = joint(m, m);
  finish_without_errors(d, input.spec, rows, scale);
  add_bootstrap(d, draws, bootstrap);
}

}  // namespace headwater
