// Question: the tails or the spread of the outcome differ between two groups or periods: through their drivers, or
// through how drivers go with the outcome?
// Model: regressions of the recentred influence function RIF(y; ν) on x in each group; its mean is ν (Firpo, Fortin and
// Lemieux 2009, 2018). With `reweight = yes`, C is group b reweighted to a's drivers, and
//   ν_A − ν_B = (x̄_C − x̄_B)'γ_B + x̄_C'(γ_C − γ_B) + x̄_A'(γ_A − γ_C) + (x̄_A − x̄_C)'γ_C:
// composition, specification error, structure, reweighting error. Without: (x̄_A − x̄_B)'γ_B + x̄_A'(γ_A − γ_B). Levels of
// factors in deviation from their mean. The total is the difference of the statistics themselves. Kernel and bandwidth
// of the density at a quantile move the answer and are shown. Errors: refitting cluster bootstrap of all of it,
// reweighting included. R ddecompose and Stata oaxaca_rif do the same in the estimates.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/resampling.hpp"
#include "headwater/decompositions/two_samples.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

// One group's (or the reweighted group's) statistic, RIF regression in deviation from the means over levels, and means.
struct Side {
  double value;
  Vector gamma, means;
};

class Regressions {
 public:
  Regressions(const TwoSamples& s, const Statistic& statistic, bool reweight)
      : s_(s), statistic_(statistic), reweight_(reweight) {
    taken_ = {0};
    taken_.insert(taken_.end(), s.columns.begin(), s.columns.end());
    X_ = s.regressors.values(Eigen::all, taken_);
    for (const std::string& slot : s.slots) {
      members_.push_back(Vector::Zero(static_cast<Index>(s.regressors.names.size())));
      for (std::size_t j = 1; j < s.regressors.slots.size(); ++j)
        if (s.regressors.slots[j] == slot) members_.back()(static_cast<Index>(j)) = 1;
    }
  }

  Names names() const {
    Names result;
    for (const std::string& slot : s_.slots) result.push_back("composition: " + slot);
    if (reweight_) result.emplace_back("specification error");
    for (const std::string& slot : s_.slots) result.push_back("structure: " + slot);
    result.emplace_back("structure: constant");
    if (reweight_) result.emplace_back("reweighting error");
    return result;
  }

  DistributionGap run() const {
    const Vector wa = s_.weights_of(true), wb = s_.weights_of(false);
    const Side a = side(wa), b = side(wb);
    const Side c = reweight_ ? side(reweighted(X_, s_.groups.in_a, wa + wb)) : b;
    const Vector& towards = reweight_ ? c.means : a.means;
    std::vector<double> parts;
    for (const Vector& member : members_) parts.push_back(member.cwiseProduct(towards - b.means).dot(b.gamma));
    if (reweight_) parts.push_back(c.means.dot(c.gamma - b.gamma));
    const Vector difference = a.gamma - c.gamma;
    for (const Vector& member : members_) parts.push_back(member.cwiseProduct(a.means).dot(difference));
    parts.push_back(difference(0));
    if (reweight_) parts.push_back((a.means - c.means).dot(c.gamma));
    return {Eigen::Map<const Vector>(parts.data(), static_cast<Index>(parts.size())), a.value - b.value};
  }

  // Size of the numbers summed.
  double scale() const {
    double size = s_.rows.y.cwiseAbs().maxCoeff();
    for (const bool first : {true, false}) {
      const Side one = side(s_.weights_of(first));
      size = std::max(size, one.means.cwiseAbs().dot(one.gamma.cwiseAbs()) + std::abs(one.value));
    }
    return 100 * std::max(1.0, size);
  }

 private:
  Side side(const Vector& weights) const {
    const Vector rif = recentred_influence(statistic_, s_.rows.y, weights);
    const LeastSquares fit = least_squares(X_, rif, weights);
    Vector raw = Vector::Zero(static_cast<Index>(s_.regressors.names.size()));
    for (std::size_t j = 0; j < fit.kept.size(); ++j)
      raw(taken_[static_cast<std::size_t>(fit.kept[j])]) = fit.coefficients(static_cast<Index>(j));
    return {value_of(statistic_, s_.rows.y, weights), s_.regressors.normalise * raw,
            s_.regressors.values.transpose() * weights / weights.sum()};
  }

  const TwoSamples& s_;
  const Statistic& statistic_;
  bool reweight_;
  std::vector<Index> taken_;
  Matrix X_;
  std::vector<Vector> members_;
};

}  // namespace

const MethodCard& rif_card() {
  static const MethodCard card = [] {
    MethodCard c{
        .name = "rif",
        .kind = "decomposition",
        .question =
            "A quantile, the spread or the inequality of the outcome differs between two groups or periods: through "
            "drivers, or through how they go with the outcome?",
        .avoid =
            "Not for large shifts of drivers without reweight = yes: the regressions are local approximations; and not "
            "where the density at the quantile is near zero.",
        .reference = "Firpo, Fortin and Lemieux (2018); as R ddecompose and Stata oaxaca_rif",
        .supports = {"weights", "unbalanced", "no_unit", "no_time"},
        .options = two_groups_option_cards(),
        .positions = {"groups", "a", "b"}};
    for (const OptionCard& option : statistic_option_cards()) c.options.push_back(option);
    c.options.push_back({"reweight", "choice: yes | no", "yes", "reweight b to a's drivers and show both errors"});
    for (const OptionCard& option : resampling_option_cards()) c.options.push_back(option);
    return c;
  }();
  return card;
}

Decompositions run_rif(const DecompositionInput& input) {
  const Statistic statistic = statistic_of(input.call);
  const long replicates = replicates_of(input.call);
  const bool reweight = input.call.get("reweight", "yes") == "yes";
  const TwoSamples samples = two_samples(input);
  const Regressions regressions(samples, statistic, reweight);
  Decomposition d;
  describe_two_samples(d, input, samples, statistic);
  d.choices["reweight"] = reweight ? "yes" : "no";
  d.question = "Does the " + statistic.text() + " of " + samples.rows.outcome_name + " differ between " +
               samples.groups.a + " and " + samples.groups.b +
               " through their drivers, or through how these go with it?";
  const DistributionGap answer = regressions.run();
  d.estimates.names = regressions.names();
  d.estimates.values = answer.parts;
  d.total = answer.total;
  finish_by_resampling(d, input, samples.rows, regressions.scale(), replicates);
  return {std::move(d)};
}

}  // namespace headwater
