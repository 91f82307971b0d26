// Question: how far do units' persistent levels lie apart, given the drivers, and how much of that is noise? Model:
// y_it = x_it'β + α_i + effects + e_it. A unit's own effect carries its own noise, to which influence clustered by unit
// is blind (its residuals sum to zero), so without a reliability no number here has an error: not estimable. With one,
//   α̂ − α = C e, C = A − A X (X̃'WX̃)⁻¹X̃'W, covariance C E[Ω] C' over all units jointly,
// A the rows' weights in the effects (each against its group's mean), Ω that of AR(1) noise within units, its variance
// declared or estimated, its autocorrelation declared or estimated, E over what the data leave open of both
// (signal_noise.hpp). Shrinkage by a normal distribution of levels whose variance is integrated over, funnel limits
// with additive over-dispersion (Spiegelhalter 2005), rank sets from the joint covariance on request alone (Mogstad,
// Romano, Shaikh and Wilhelm 2024; csranks). Persistent differences are unexplained: they are not management,
// efficiency or effort.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/outcome_noise.hpp"
#include "headwater/decompositions/provider_tables.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

std::size_t unit_effect(const DecompositionInput& input) {
  const Design& design = *input.fit->design;
  const bool absorbed = is_plain_least_squares(*input.fit) && !input.fit->effects.empty();
  for (std::size_t q = 0; absorbed && design.has_unit && q < design.effects.size(); ++q) {
    const Effect& effect = design.effects[q];
    if (effect.levels.name == quoted_name(design.unit.name) && effect.intercept && effect.slopes.cols() == 0) return q;
  }
  throw Error(ErrorKind::usage, "provider.no_effect",
              "provider shows the units' own effects, so the model must absorb them: estimator within with " +
                  (design.has_unit ? design.unit.name : std::string("the unit")) + " after '|'");
}

// Units that share no level of another effect, directly or through others, cannot be compared: their effects are only
// identified up to a constant of their own.
std::vector<int> comparable_groups(const Design& design, std::size_t own) {
  const auto units = static_cast<std::size_t>(design.unit.count);
  std::vector<int> group(units, 0);
  for (std::size_t q = 0; q < design.effects.size(); ++q) {
    if (q == own || !design.effects[q].intercept) continue;
    std::vector<std::size_t> parent(units);
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root = [&](std::size_t u) {
      while (parent[u] != u) u = parent[u] = parent[parent[u]];
      return u;
    };
    std::vector<std::int64_t> first(static_cast<std::size_t>(design.effects[q].levels.count), -1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(design.n()); ++i) {
      std::int64_t& seen = first[static_cast<std::size_t>(design.effects[q].levels.code[i])];
      const auto unit = static_cast<std::size_t>(design.unit.code[i]);
      if (seen < 0) seen = static_cast<std::int64_t>(unit);
      parent[root(unit)] = root(static_cast<std::size_t>(seen));
    }
    std::map<std::pair<int, std::size_t>, int> finer;
    for (std::size_t u = 0; u < units; ++u)
      group[u] = finer.emplace(std::pair{group[u], root(u)}, static_cast<int>(finer.size())).first->second;
  }
  return group;
}

// units × rows: α̂ less the mean over the units of its group, as weights of the outcome given the coefficients.
Matrix effect_functionals(const OutcomeParts& parts, std::size_t q, const std::vector<int>& group) {
  const Design& design = *parts.fit().design;
  const Index m = design.unit.count;
  std::vector<Index> row(static_cast<std::size_t>(m), -1);
  for (Index i = design.n() - 1; i >= 0; --i)
    row[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])] = i;
  Matrix A(m, design.n());
  parallel_for(static_cast<std::size_t>(m), [&](std::size_t u) {
    const auto size = static_cast<double>(std::count(group.begin(), group.end(), group[u]));
    Vector v = Vector::Zero(design.n());
    for (std::size_t k = 0; k < group.size(); ++k)
      if (group[k] == group[u]) v(row[k]) -= 1 / size;
    v(row[u]) += 1;
    A.row(static_cast<Index>(u)) = parts.effect_weights({q}, v).transpose();
  });
  return A;
}

// Levels with what is known of their noise.
struct NoisyLevels {
  OutcomeNoise noise;
  Matrix weights;  // units × rows: α̂ − α = weights · e
  Matrix by_gap;   // units × gaps
  Vector kept;     // 1 − 1/size of the unit's group: what centring leaves of the levels' variance
};

NoisyLevels noisy_levels(const OutcomeParts& parts, const NoiseOptions& options, const Matrix& A,
                         const std::vector<int>& group) {
  NoisyLevels levels;
  levels.noise = outcome_noise(parts, options);
  levels.weights = A;
  if (parts.fit().k() > 0) levels.weights -= (A * parts.levels()) * coefficient_weights(parts.fit());
  levels.by_gap = weights_by_gap(levels.noise.times, levels.weights);
  levels.kept.resize(A.rows());
  for (Index u = 0; u < A.rows(); ++u)
    levels.kept(u) =
        1 - 1 / static_cast<double>(std::count(group.begin(), group.end(), group[static_cast<std::size_t>(u)]));
  return levels;
}

// The parameters behind shrinkage and the units' levels.
void add_shrinkage(Decomposition& d, const NoisyLevels& levels, const NoiseOptions& options, const MethodCall& call) {
  const UnitTimes& times = levels.noise.times;
  const SignalNoise model = options.reliability
                                ? with_declared_noise(levels.noise.model, levels.noise.autocovariances(0), times,
                                                      d.estimates.values, levels.by_gap)
                                : levels.noise.model;
  std::optional<double> above;
  if (call.has("above")) above = call.number("above", 0);
  const Shrunken post =
      shrunken(model, times, d.estimates.values, levels.by_gap, levels.kept, d.inference.level, above);
  const SignalNoise shares = shares_of_levels(model, times, levels.by_gap, levels.kept);
  const OfHyper share = [](const Hyper& h) { return h.share(); };
  add_parameter_table(d, {{"variance of levels", &model, [](const Hyper& h) { return h.signal; }},
                          {"variance of a row's noise", &model, [](const Hyper& h) { return h.noise; }},
                          {"autocorrelation of noise", &model, [](const Hyper& h) { return h.autocorrelation; }},
                          {"signal share of a row", &model, share},
                          {"signal share of a level", &shares, share}});
  add_unit_table(
      d, post,
      "Persistent differences, unexplained: shrunken towards their mean, and over-dispersed funnel "
      "limits. Not a verdict on effort",
      above ? "probability of lying " + shortest(*above) + " above the mean" : "probability of lying above the mean");
}

// Without errors: nothing is estimable until the noise is known.
Decomposition unit_levels(const DecompositionInput& input, const OutcomeParts& parts, const Matrix& A) {
  const Fit& fit = parts.fit();
  const Design& design = *fit.design;
  Decomposition d;
  d.method = "provider";
  d.call = input.call.text;
  d.additive = false;
  d.question = "How far do the persistent levels of " + design.outcome_name +
               " of units lie apart, given the drivers, and how much of that is noise?";
  d.estimates.names = design.unit.labels;
  d.estimates.values = A * (design.y - parts.levels() * fit.coefficients);
  d.estimates.influence = Matrix::Zero(design.n(), 1);
  d.estimates.jacobian = Matrix::Zero(A.rows(), 1);
  d.estimates.kind = UncertaintyKind::not_estimable;
  d.estimates.estimable.assign(static_cast<std::size_t>(A.rows()), false);
  d.unit = outcome_unit(design.spec);
  d.frame =
      "a unit's own effect carries noise that clustering by unit cannot see: not estimable without a reliability, "
      "declared or estimated";
  d.sample_hash = design.sample_hash;
  d.choices = {{"reliability", input.call.get("reliability", "none")}, {"ranks", input.call.get("ranks", "none")}};
  add_explained_variance(d, fit);
  return d;
}

void know_noise(Decomposition& d, const NoisyLevels& levels) {
  d.estimates.kind = UncertaintyKind::model;
  d.estimates.estimable.assign(d.estimates.estimable.size(), true);
  d.estimates.noise = noise_covariance(levels.noise.times, levels.weights, levels.noise.autocovariances);
  d.frame = "units' underlying levels, with " + levels.noise.words;
}

void note_groups(Decomposition& d, const std::vector<int>& group) {
  const int groups = 1 + *std::max_element(group.begin(), group.end());
  if (groups > 1)
    d.notes.push_back({"provider.groups", "the effects leave " + std::to_string(groups) +
                                              " groups of units that cannot be compared with each other; every unit is "
                                              "set against the mean of its own group"});
}

void check_options_of(const MethodCall& call) {
  const std::string ranks = call.get("ranks", "none");
  if (ranks != "none" && !call.has("reliability"))
    throw Error(ErrorKind::usage, "provider.ranks",
                "ranks need sets, and sets need the noise of each unit; give reliability, a number or estimate",
                {.key = "reliability"});
  if (call.has("above") && !call.has("reliability"))
    throw Error(ErrorKind::usage, "provider.above",
                "the probability of lying above a number needs the noise of each unit; give reliability, a number or "
                "estimate",
                {.key = "reliability"});
}

}  // namespace

const MethodCard& provider_card() {
  static const MethodCard card = [] {
    MethodCard c{
        .name = "provider",
        .kind = "decomposition",
        .question = "How far do units' persistent levels lie apart, given the drivers, and how much of that is noise?",
        .avoid =
            "Not as a verdict on effort or a league table: what remains is unexplained, and without a reliability not "
            "estimable.",
        .reference = "Spiegelhalter (2005); Mogstad, Romano, Shaikh and Wilhelm (2024), csranks",
        .supports = {"weights", "effects", "unbalanced", "no_time"},
        .options = {{"above", "number", "", "probability of lying so far above the mean; by default above the mean"}},
        .positions = {"reliability"}};
    const std::vector<OptionCard> noise = noise_option_cards();
    c.options.insert(c.options.begin(), noise.begin(), noise.end());
    for (const OptionCard& option : rank_option_cards()) c.options.push_back(option);
    return c;
  }();
  return card;
}

Decompositions run_provider(const DecompositionInput& input) {
  check_options_of(input.call);
  const std::optional<NoiseOptions> options = noise_options(input.call);
  const std::size_t q = unit_effect(input);
  const Fit& fit = *input.fit;
  const Design& design = *fit.design;
  const OutcomeParts parts(fit);
  const std::vector<int> group = comparable_groups(design, q);
  const Matrix A = effect_functionals(parts, q, group);
  Decomposition d = unit_levels(input, parts, A);
  Inference inference = inference_of(fit, *input.covariance);
  inference.df = std::numeric_limits<double>::infinity();
  std::optional<NoisyLevels> levels;
  if (options) {
    levels = noisy_levels(parts, *options, A, group);
    know_noise(d, *levels);
    d.choices["autocorrelation"] = input.call.get("autocorrelation", "estimate");
    if (!options->reliability) inference.df = levels->noise.model.df;
  }
  finish(d, inference, atoms_of(design), Vector(), 1);
  note_groups(d, group);
  if (levels) add_shrinkage(d, *levels, *options, input.call);
  if (levels) add_ranks(d, input.call, group);
  return {std::move(d)};
}

}  // namespace headwater
