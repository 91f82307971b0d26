// Question: how much of a difference in the tails, the spread or the mean goes with the groups' drivers, with nothing
// assumed about the form of the regression?
// Model: F_C is group b's outcome distribution reweighted to a's drivers by a logit (DiNardo, Fortin and Lemieux 1996);
//   ν_A − ν_B = [ν(F_C) − ν(F_B)] + [ν(F_A) − ν(F_C)]: composition and structure.
// Composition is split over driver groups by reweighting on each subset of them: the Shapley value over all subsets,
// which no order decides, or, on request, in the order in which the drivers are written, which is named because it
// decides. Shown: how well reweighting balances the drivers, and the share of weight on rows above the limit √N/N of
// Huber, Lechner and Wunsch (2013). Errors: refitting cluster bootstrap, the logits included.
// Equals R ddecompose 1.0 in means and variances to its five digits. Ranges of quantiles differ: it interpolates
// between order statistics as if a row of weight w stood for w cases (Hmisc), so that its answer changes with the scale
// of the weights; on its men8305 (p90 − p10) .11154 where the smallest value with the share at or below it gives
// .11087.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/resampling.hpp"
#include "headwater/decompositions/two_samples.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostDrivers = 10;  // 2^10 logits in each refit

double factorial(std::size_t k) { return std::tgamma(static_cast<double>(k) + 1); }

class Reweighting {
 public:
  Reweighting(const TwoSamples& s, const Statistic& statistic, bool shapley)
      : s_(s), statistic_(statistic), shapley_(shapley) {}

  Names names() const {
    Names result;
    for (const std::string& slot : s_.slots) result.push_back("composition: " + slot);
    result.emplace_back("structure");
    return result;
  }

  Vector counterfactual(std::size_t subset, const Vector& wa, const Vector& wb) const {
    if (subset == 0) return wb;
    std::vector<bool> in(s_.slots.size());
    for (std::size_t g = 0; g < in.size(); ++g) in[g] = subset >> g & 1u;
    return reweighted(s_.covariates(in), s_.groups.in_a, wa + wb);
  }

  DistributionGap run() const {
    const Vector wa = s_.weights_of(true), wb = s_.weights_of(false);
    const std::size_t q = s_.slots.size(), all = (std::size_t{1} << q) - 1;
    const auto value = [&](std::size_t subset) {
      return value_of(statistic_, s_.rows.y, counterfactual(subset, wa, wb));
    };
    Vector parts = Vector::Zero(static_cast<Index>(q) + 1);
    double whole = 0;
    if (shapley_) {
      for (std::size_t subset = 0; subset <= all; ++subset) {
        const double v = value(subset);
        if (subset == all) whole = v;
        add_shapley(parts, subset, v);
      }
    } else {
      double before = value(0);
      for (std::size_t g = 0; g < q; ++g) {
        const double after = value((std::size_t{2} << g) - 1);
        parts(static_cast<Index>(g)) = after - before;
        before = after;
      }
      whole = before;
    }
    const double a = value_of(statistic_, s_.rows.y, wa);
    parts(static_cast<Index>(q)) = a - whole;
    return {parts, a - value_of(statistic_, s_.rows.y, wb)};
  }

 private:
  // Σ_S w(|S|) (v(S ∪ g) − v(S)), one subset's summands.
  void add_shapley(Vector& parts, std::size_t subset, double v) const {
    const std::size_t q = s_.slots.size();
    std::size_t size = 0;
    for (std::size_t g = 0; g < q; ++g) size += subset >> g & 1u;
    const auto weight = [&](std::size_t k) { return factorial(k) * factorial(q - 1 - k) / factorial(q); };
    for (std::size_t g = 0; g < q; ++g)
      parts(static_cast<Index>(g)) += subset >> g & 1u ? weight(size - 1) * v : -weight(size) * v;
  }

  const TwoSamples& s_;
  const Statistic& statistic_;
  bool shapley_;
};

// Differences of means in standard deviations before and after reweighting, and weight above the limit.
void add_balance(Decomposition& d, const TwoSamples& s, const Vector& wa, const Vector& wb, const Vector& wc) {
  Names names;
  std::vector<double> before, after;
  for (const Index column : s.columns) {
    const Vector z = s.regressors.values.col(column);
    const auto mean = [&](const Vector& w) { return w.dot(z) / w.sum(); };
    const auto variance = [&](const Vector& w) { return w.dot((z.array() - mean(w)).square().matrix()) / w.sum(); };
    const double spread = std::sqrt(0.5 * (variance(wa) + variance(wb)));
    names.push_back(s.regressors.names[static_cast<std::size_t>(column)]);
    before.push_back(spread > 0 ? (mean(wa) - mean(wb)) / spread : 0);
    after.push_back(spread > 0 ? (mean(wa) - mean(wc)) / spread : 0);
  }
  d.extra_axes.push_back({"regressor", names, "regressors of the logit"});
  const auto size = static_cast<std::int64_t>(names.size());
  for (auto& [name, values, when] :
       {std::tuple{"difference_before", before, "before"}, std::tuple{"difference_after", after, "after"}})
    d.extras.push_back(
        {.name = name,
         .dims = {"regressor"},
         .shape = {size},
         .values = values,
         .description = std::string("difference of means in pooled standard deviations ") + when + " reweighting",
         .unit = "1"});
  const double rows = static_cast<double>((wb.array() > 0).count()), limit = std::sqrt(rows) / rows;
  const Vector share = wc / wc.sum();
  const double over = (share.array() > limit).select(share, 0.0).sum();
  add_extra(d, "weight_over_limit", over,
            "share of the counterfactual's weight on rows with more than sqrt(N)/N of it");
  if (over > 0)
    d.notes.push_back({"dfl.heavy_rows", significant(100 * over, 3) +
                                             " % of the counterfactual's weight lies on rows that each have more than "
                                             "sqrt(N)/N of it: few rows stand for many, read the tails with caution"});
}

}  // namespace

const MethodCard& dfl_card() {
  static const MethodCard card = [] {
    MethodCard c{
        .name = "dfl",
        .kind = "decomposition",
        .question =
            "How much of a difference in the tails, the spread or the mean goes with drivers, without assuming a form "
            "of regression?",
        .avoid = "Not where drivers nearly tell the groups apart: a few reweighted rows then stand for everyone.",
        .reference = "DiNardo, Fortin and Lemieux (1996); Shapley over driver groups",
        .supports = {"weights", "unbalanced", "no_unit", "no_time"},
        .options = two_groups_option_cards(),
        .positions = {"groups", "a", "b"}};
    for (const OptionCard& option : statistic_option_cards()) c.options.push_back(option);
    c.options.push_back({"order", "choice: shapley | sequential", "shapley",
                         "free of order, or drivers one after the other as written"});
    for (const OptionCard& option : resampling_option_cards()) c.options.push_back(option);
    return c;
  }();
  return card;
}

Decompositions run_dfl(const DecompositionInput& input) {
  const Statistic statistic = statistic_of(input.call);
  const long replicates = replicates_of(input.call);
  const bool shapley = input.call.get("order", "shapley") == "shapley";
  const TwoSamples s = two_samples(input);
  if (s.slots.size() > kMostDrivers && shapley)
    throw Error(ErrorKind::usage, "dfl.drivers",
                std::to_string(s.slots.size()) +
                    " driver groups make too many subsets to reweight on; join some, or use "
                    "order = sequential",
                {.key = "order"});
  const Reweighting reweighting(s, statistic, shapley);
  Decomposition d;
  describe_two_samples(d, input, s, statistic);
  d.choices["order"] = shapley ? "shapley, free of order" : joined(s.slots, " then ");
  d.question = "How much of the difference in the " + statistic.text() + " of " + s.rows.outcome_name + " between " +
               s.groups.a + " and " + s.groups.b + " goes with their drivers?";
  if (!shapley)
    d.notes.push_back({"dfl.order", "the parts of composition depend on the order " + joined(s.slots, ", ") +
                                        "; order = shapley does not"});
  const DistributionGap answer = reweighting.run();
  d.estimates.names = reweighting.names();
  d.estimates.values = answer.parts;
  d.total = answer.total;
  const Vector wa = s.weights_of(true), wb = s.weights_of(false);
  add_balance(d, s, wa, wb, reweighting.counterfactual((std::size_t{1} << s.slots.size()) - 1, wa, wb));
  const double size = s.rows.y.cwiseAbs().maxCoeff();
  finish_by_resampling(d, input, s.rows, 10 * std::max({1.0, size, statistic.name == "variance" ? size * size : 0.0}),
                       replicates);
  return {std::move(d)};
}

}  // namespace headwater
