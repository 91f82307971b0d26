// Question: what does a driver count for by the measures that other software prints?
//   first    explained by the driver alone
//   last     what the fit loses without it (usefulness, type III): the safe lower bound under collinearity
//   betasq   b² var(x)/var(y), single columns
//   pratt    b cov(x, y)/var(y): Fields' share of a driver; may be negative
//   genizi, car   of the decorrelated regressors; sums over a group's columns, which depend on how a factor is coded
//   pmvd     proportional marginal variance decomposition: zero for a driver with no coefficient
// pratt, genizi, car and pmvd sum to what the drivers explain, the others do not. Each is a smooth function of second
// moments, whose influence on a row is a quadratic form. Equals R relaimpo's metrics of the same names.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/importance_metrics.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/variance_game.hpp"

namespace headwater {
namespace {

struct Metric {
  const char* name;
  bool additive;
  bool single_columns;
  MomentFunctions (*functions)(const SubsetGame& game);
};

constexpr Metric kMetrics[] = {
    {"first", false, false, first_in}, {"last", false, false, last_in}, {"betasq", false, true, squared_betas},
    {"pratt", true, false, pratt},     {"genizi", true, false, genizi}, {"car", true, false, car},
    {"pmvd", true, false, pmvd}};

bool single_columns(const SubsetGame& game) {
  return std::all_of(game.players.begin(), game.players.end(), [](const auto& own) { return own.size() == 1; });
}

Decomposition by_metric(const DecompositionInput& input, const VarianceGame& game, const Metric& metric) {
  Decomposition d = game.decomposition(input.call, game.players(), metric.functions(game.game()), metric.additive);
  d.choices["metric"] = metric.name;
  d.question =
      "By " + std::string(metric.name) + ", how much of the " + game.base_name() + " does each driver count for?";
  game.finish(d, Vector::Zero(d.estimates.influence.rows()), 1 / game.conditioning());
  return d;
}

}  // namespace

const MethodCard& importance_card() {
  static const MethodCard card = [] {
    MethodCard c{.name = "importance",
                 .kind = "decomposition",
                 .question =
                     "What does a driver count for by the measures other software prints: first, last, betasq, "
                     "pratt, genizi, car, pmvd?",
                 .avoid =
                     "Not first and last as parts: they do not add up; not car and genizi for factors, whose coding "
                     "changes them.",
                 .reference = "Grömping (2006, 2007); equals relaimpo",
                 .supports = {"weights", "effects", "slopes", "unbalanced", "no_unit", "no_time"},
                 .options = game_option_cards(),
                 .positions = {"of"}};
    c.options.push_back({"metric", "choice: all | first | last | betasq | pratt | genizi | car | pmvd", "all",
                         "one measure, or each in turn"});
    return c;
  }();
  return card;
}

Decompositions run_importance(const DecompositionInput& input) {
  const VarianceGame game(input, game_options(input.call));
  const std::string wanted = input.call.get("metric", "all");
  Decompositions results;
  for (const Metric& metric : kMetrics) {
    if (wanted != "all" && wanted != metric.name) continue;
    if (metric.single_columns && !single_columns(game.game())) {
      if (wanted == "all") continue;
      throw Error(ErrorKind::usage, "decomposition.option",
                  "metric = betasq is of single columns, but a player here has several; use players = columns",
                  {.key = "metric"});
    }
    if (wanted == "all" && metric.functions == pmvd && game.players().size() > static_cast<std::size_t>(kMostListed))
      continue;
    results.push_back(by_metric(input, game, metric));
  }
  return results;
}

}  // namespace headwater
