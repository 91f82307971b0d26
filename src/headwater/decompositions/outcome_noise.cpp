#include "headwater/decompositions/outcome_noise.hpp"

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/estimators/whitening.hpp"

namespace headwater {
namespace {

bool of_the_unit(const Effect& effect, const Design& design) {
  return effect.intercept && effect.slopes.cols() == 0 && effect.levels.name == design.unit.name;
}

// What drivers leave of the outcome, around its mean. Other effects may stay: the likelihood takes them out.
Vector less_drivers(const OutcomeParts& parts) {
  const Vector rest = parts.fit().design->y - parts.levels() * parts.fit().coefficients;
  return rest.array() - rest.mean();
}

// Unit means of columns, units × columns.
Matrix means_of_units(const UnitTimes& times, const Matrix& columns) {
  Matrix means = Matrix::Zero(static_cast<Index>(times.units.size()), columns.cols());
  for (std::size_t u = 0; u < times.units.size(); ++u)
    for (const Index i : times.units[u].at)
      means.row(static_cast<Index>(u)) += columns.row(i) / static_cast<double>(times.units[u].size());
  return means;
}

// A constant, the levels and slopes of every effect but the unit's own, and what drivers vary within units.
void add_fixed(LevelData& data, const OutcomeParts& parts, const Matrix& unit_means) {
  const Design& design = *parts.fit().design;
  data.fixed.assign(static_cast<std::size_t>(design.n()), SparseRow{{0, 1.0}});
  data.columns = 1;
  for (const Effect& effect : design.effects) {
    if (of_the_unit(effect, design)) continue;
    const Index lead = effect.intercept ? 1 : 0, width = lead + effect.slopes.cols();
    for (std::size_t i = 0; i < data.fixed.size(); ++i) {
      const Index first = data.columns + effect.levels.code[i] * width;
      if (effect.intercept) data.fixed[i].emplace_back(first, 1.0);
      for (Index s = 0; s < effect.slopes.cols(); ++s)
        data.fixed[i].emplace_back(first + lead + s, effect.slopes(static_cast<Index>(i), s));
    }
    data.columns += effect.levels.count * width;
  }
  for (std::size_t u = 0; u < data.times.units.size(); ++u)
    for (const Index i : data.times.units[u].at)
      for (Index j = 0; j < unit_means.cols(); ++j)
        data.fixed[static_cast<std::size_t>(i)].emplace_back(
            data.columns + j, parts.levels()(i, j) - unit_means(static_cast<Index>(u), j));
  data.columns += unit_means.cols();
}

LevelData level_data(const OutcomeParts& parts, const UnitTimes& times) {
  LevelData data;
  data.times = times;
  data.values = less_drivers(parts);
  const Matrix means = means_of_units(times, parts.levels());
  add_fixed(data, parts, means);
  if (const Matrix weights = coefficient_weights(parts.fit()); weights.size() > 0)
    data.level_noise = weights_by_gap(times, (means.rowwise() - means.colwise().mean()) * weights);
  return data;
}

void check_identified(const UnitTimes& times, const NoiseOptions& options) {
  if (options.autocorrelation || times.gaps.size() > 2) return;
  const std::string here =
      times.gaps.size() < 2 ? "no unit has two rows" : "no unit has rows at two different distances";
  throw Error(ErrorKind::identification, "noise.not_identified",
              "what lasts of a unit and noise that fades slowly look alike unless units are seen in at least three "
              "periods, and here " +
                  here +
                  " in time; give autocorrelation, that of the noise between neighbouring periods (0 where they are "
                  "independent measurements, such as two vintages)",
              {.key = "autocorrelation"});
}

void check_noise(const Fit& fit) {
  const GoodnessOfFit& g = fit.goodness;
  if (fit.df_residual > 0 && g.rss > 1e-24 * g.tss) return;
  throw Error(ErrorKind::identification, "provider.no_noise",
              "the residuals leave no noise to estimate; declare reliability, a number");
}

std::string autocorrelation_words(const SignalNoise& model) {
  const auto of = [](const Hyper& h) { return h.autocorrelation; };
  return significant(mean_over(model, of), 2) + " (" + significant(quantile_over(model, of, 0.025), 2) + " to " +
         significant(quantile_over(model, of, 0.975), 2) + "), from the residuals";
}

double share_option(const MethodCall& call, const std::string& key, double low, const std::string& what) {
  const double value = call.number(key, 0);
  if (value > low && value <= 1 && !(key == "autocorrelation" && value == 1)) return value;
  throw Error(ErrorKind::usage, "decomposition.option", key + " = " + call.get(key) + " is no " + what, {.key = key});
}

}  // namespace

std::vector<OptionCard> noise_option_cards() {
  return {{"reliability", "number or estimate", "",
           "share of the outcome's variance within a period that is not noise, or from the residuals over time"},
          {"autocorrelation", "number or estimate", "estimate",
           "of the noise between neighbouring periods, as AR(1); 0: independent"}};
}

std::optional<NoiseOptions> noise_options(const MethodCall& call) {
  NoiseOptions options;
  const bool given = call.has("autocorrelation") && call.get("autocorrelation") != "estimate";
  if (given)
    options.autocorrelation =
        share_option(call, "autocorrelation", -1, "autocorrelation; give a number between -1 and 1, such as 0.5");
  if (!call.has("reliability")) {
    if (!call.has("autocorrelation")) return std::nullopt;
    throw Error(ErrorKind::usage, "decomposition.option",
                "autocorrelation says how noise goes together, and without reliability there is no noise; give "
                "reliability, a number or estimate",
                {.key = "autocorrelation"});
  }
  const std::string reliability = call.get("reliability");
  if (reliability != "estimate" && !parse_number(reliability))
    throw Error(ErrorKind::usage, "method.option_value",
                "reliability = " + reliability +
                    " is neither a number nor estimate; give the share of the variance that is not noise, such as 0.9, "
                    "or reliability = estimate",
                {.key = "reliability"});
  if (reliability != "estimate")
    options.reliability =
        share_option(call, "reliability", 0, "share; give a number above 0 and at most 1, such as 0.9, or estimate");
  return options;
}

OutcomeNoise outcome_noise(const OutcomeParts& parts, const NoiseOptions& asked) {
  const Fit& fit = parts.fit();
  const Design& design = *fit.design;
  NoiseOptions options = asked;
  if (!design.has_time && options.autocorrelation.value_or(0) != 0)
    throw Error(ErrorKind::usage, "noise.no_time",
                "autocorrelation goes with the order of periods, and there is no time key; name it, or leave "
                "autocorrelation out: rows of a unit are then independent",
                {.key = "autocorrelation"});
  if (!design.has_time) options.autocorrelation = 0;
  OutcomeNoise result;
  result.times = unit_times(design);
  check_identified(result.times, options);
  if (options.reliability && options.autocorrelation) {
    result.model.nodes = {{.autocorrelation = *options.autocorrelation, .noise = 1, .weight = 1, .noise_weight = 1}};
  } else {
    check_noise(fit);
    result.model = signal_noise(RestrictedLikelihood(level_data(parts, result.times)), options.autocorrelation);
  }
  result.words = options.reliability ? "a declared reliability of the outcome of " + shortest(*options.reliability)
                                     : std::string("noise from the residuals over time");
  result.words += " and noise with an autocorrelation of ";
  if (!design.has_time)
    result.words += "0, as there is no time key";
  else if (options.autocorrelation)
    result.words += shortest(*options.autocorrelation) + ", as declared";
  else
    result.words += autocorrelation_words(result.model);
  if (options.reliability) {
    const double variance = (1 - *options.reliability) * variance_within_periods(design);
    for (Hyper& node : result.model.nodes) node.noise = variance;
  }
  result.autocovariances = expected_autocovariances(result.model, result.times);
  return result;
}

double variance_within_periods(const Design& design) {
  const Vector weights = weights_or_ones(design.weights, design.n());
  double sum = 0;
  for (std::int32_t t = 0; t < std::max(1, design.time.count); ++t) {
    const Vector own = design.has_time ? within_group(weights, design.time, t) : weights;
    const double mean = own.dot(design.y) / own.sum();
    for (Index i = 0; i < design.n(); ++i) sum += own(i) * (design.y(i) - mean) * (design.y(i) - mean);
  }
  return sum / weights.sum();
}

Matrix coefficient_weights(const Fit& fit) {
  if (fit.k() == 0 || !fit.scores.errors || !fit.linear->of_design) return {};
  const Matrix& columns = *fit.scores.columns;
  if (fit.random) return fit.bread * fit.random->whitening->transposed(columns).transpose();
  if (fit.weights.size() == 0) return fit.bread * columns.transpose();
  return fit.bread * columns.transpose() * fit.weights.asDiagonal();
}

}  // namespace headwater
