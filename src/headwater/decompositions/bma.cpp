// Question: which drivers belong in the model, when any subset of them might be the right one?
// Every subset T of the players is a model with posterior probability ∝ marginal likelihood × prior. With Zellner's
// g-prior: log marginal = ½(m − k) log(1 + g) − ½ m log(1 + g(1 − R²_T)), m = n less what is always in (constant,
// effects, `always`), k columns of T (Liang et al. 2008, eq. 4); g = uip: n, bric: max(n, p²) (Fernández, Ley and Steel
// 2001), or a number. criterion = bic: −½ m log(1 − R²_T) − ½ k log m. Prior over models: each player in with
// probability ½ (size = uniform), or every number of players alike (size = random, beta-binomial(1, 1)).
// Components: posterior inclusion probabilities; they sum to the posterior mean number of players. Exact to 28 players.
// The likelihood takes errors as independent with one variance: with clusters it overstates the evidence. Equals R BMS
// with mcmc = "enumeration".
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/variance_game.hpp"

namespace headwater {
namespace {

// log of marginal likelihood times prior, up to a constant.
class Posterior {
 public:
  Posterior(const MethodCall& call, double rows, double spare, int players, int columns)
      : spare_(spare), players_(players), random_(call.get("size", "uniform") != "uniform") {
    bic_ = call.get("criterion", "g") == "bic";
    const std::string g = call.get("g", "uip");
    g_ = g == "uip"    ? rows
         : g == "bric" ? std::max(rows, static_cast<double>(columns) * columns)
                       : call.number("g", rows);
    if (!(g_ > 0))
      throw Error(ErrorKind::usage, "decomposition.option", "g = " + g + " is not uip, bric or a positive number",
                  {.key = "g"});
    log_g_ = std::log1p(g_);
    for (int t = 0; t <= players; ++t)
      prior_.push_back(random_ ? std::lgamma(t + 1.0) + std::lgamma(players - t + 1.0) : 0);
  }

  double log(double r_squared, int players, int columns) const {
    const double left = std::max(1 - r_squared, 1e-15);
    const double fit = bic_ ? -0.5 * spare_ * std::log(left) - 0.5 * columns * std::log(spare_)
                            : 0.5 * (spare_ - columns) * log_g_ - 0.5 * spare_ * std::log1p(g_ * left);
    return fit + prior_[static_cast<std::size_t>(players)];
  }
  // No model is above this: R² is largest with all players in.
  double bound(double r_squared_of_all, int columns) const {
    double most = -INFINITY;
    for (int t = 0; t <= players_; ++t)
      for (int k = 0; k <= columns; ++k) most = std::max(most, log(r_squared_of_all, t, k));
    return most;
  }
  std::string words() const {
    return (bic_ ? std::string("bic") : "g = " + significant(g_, 6)) + (random_ ? ", sizes alike" : ", models alike");
  }

 private:
  double spare_, g_ = 0, log_g_ = 0;
  int players_;
  bool random_, bic_ = false;
  std::vector<double> prior_;
};

void add_list(Decomposition& d, const std::string& name, const std::string& dim, const Vector& values,
              const std::string& description, const std::string& unit) {
  d.extras.push_back({.name = name,
                      .dims = {dim},
                      .shape = {values.size()},
                      .values = std::vector<double>(values.data(), values.data() + values.size()),
                      .description = description,
                      .unit = unit});
}

}  // namespace

const MethodCard& bma_card() {
  static const MethodCard card = [] {
    MethodCard c{.name = "bma",
                 .kind = "decomposition",
                 .question = "Which drivers belong in the model, when any subset of them might be the right one?",
                 .avoid = "Not as a test: it takes errors as independent, so with clusters it is too sure of itself.",
                 .reference = "Fernandez, Ley and Steel (2001); equals BMS by enumeration",
                 .supports = {"weights", "effects", "slopes", "unbalanced", "no_unit", "no_time"},
                 .options = {}};
    for (const OptionCard& option : game_option_cards())
      if (option.name != "of") c.options.push_back(option);
    c.options.push_back({"g", "uip | bric | number", "uip", "of Zellner's prior: rows, max(rows, columns squared)"});
    c.options.push_back({"criterion", "choice: g | bic", "g", "marginal likelihood under the g-prior, or its BIC"});
    c.options.push_back({"size", "choice: uniform | random", "uniform", "prior: models alike, or model sizes alike"});
    return c;
  }();
  return card;
}

Decompositions run_bma(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  const VarianceGame game(input, game_options(input.call));
  const auto players = static_cast<int>(game.players().size()), columns = static_cast<int>(game.columns().size());
  const double rows = static_cast<double>(fit.n());
  const double spare = static_cast<double>(fit.df_residual + columns);
  const Posterior posterior(input.call, rows, spare, players, columns);
  const double whole = game.explained() + game.residual().value;
  const double most = posterior.bound(game.explained() / whole, columns);
  const ModelSums sums = model_sums(game.game(), [&](double explained, int taken, int wide) {
    return std::exp(posterior.log(explained / whole, taken, wide) - most);
  });
  Decomposition d = game.described(input.call);
  d.choices.erase("of");
  d.choices["prior"] = posterior.words();
  d.question = "Which drivers of " + fit.design->outcome_name + " belong in the model, when any subset might be right?";
  d.estimates.names = game.players();
  d.estimates.values = sums.inclusion / sums.mass;
  d.estimates.kind = UncertaintyKind::model;
  d.estimates.estimable.assign(static_cast<std::size_t>(players), false);
  d.estimates.influence = Matrix::Zero(fit.n(), players);
  d.estimates.jacobian = Matrix::Identity(players, players);
  const Vector by_size = sums.size / sums.mass;
  for (int t = 0; t <= players; ++t) d.total += t * by_size(t);
  d.total_estimable = false;
  d.total_name = "posterior mean number of drivers in the model";
  d.unit = "posterior probability";
  d.frame = "probabilities over the models listed, errors taken as independent";
  std::vector<std::int64_t> sizes;
  for (int t = 0; t <= players; ++t) sizes.push_back(t);
  d.extra_axes.push_back({"model_size", sizes, "drivers in the model"});
  d.extra_axes.push_back({"regressor", game.columns(), "columns averaged over"});
  add_list(d, "size_probability", "model_size", by_size, "posterior probability of models with so many drivers", "1");
  add_list(d, "posterior_mean", "regressor", game.slopes(sums.coefficients / sums.mass),
           "coefficient averaged over all models, zero where the column is out", "outcome per regressor");
  if (input.covariance->gathers == Gathers::clusters)
    d.notes.push_back({"bma.clusters",
                       "the probabilities take the rows as independent; rows of a cluster go together, so they claim "
                       "more evidence than there is"});
  game.finish(d, Vector::Zero(fit.n()), players / game.conditioning());
  return {std::move(d)};
}

}  // namespace headwater
