#include "headwater/decompositions/variance_game.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kCollinearPlayers = 1e-10;  // eigenvalue of the correlations below which digits are in doubt

double squares(const Vector& v, const Vector& w) { return v.cwiseAbs2().dot(w); }

// Z less its weighted projection on X, twice for the digits that the first pass loses.
Matrix residuals_on(const Matrix& X, Matrix Z, const Vector& w) {
  if (X.cols() == 0) return Z;
  const Matrix gram = cross_product(X, w);
  for (int pass = 0; pass < 2; ++pass) Z -= X * solve_definite(gram, cross_product(X, Z, w));
  return Z;
}

}  // namespace

GameOptions game_options(const MethodCall& call) {
  GameOptions options;
  options.total = call.get("of", "within") == "total";
  options.players = call.get("players", "drivers");
  options.always = call.get("always");
  return options;
}

std::vector<OptionCard> game_option_cards() {
  return {{"of", "choice: within | total", "within", "the variance that shares are of: within the effects, or all"},
          {"players", "choice: drivers | terms | columns", "drivers", "what shares the explained variance"},
          {"always", "text", "", "terms, or a driver, that every model holds"}};
}

VarianceGame::VarianceGame(const DecompositionInput& input, const GameOptions& options)
    : input_(input), fit_(*input.fit), options_(options) {
  if (!is_least_squares(fit_))
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                input.call.method + " splits the variance of a least-squares fit; " + fit_.estimator +
                    (fit_.likelihood     ? " is a likelihood"
                     : fit_.first_stages ? " by instruments is none"
                                         : " is none") +
                    ", whose fit has no such variance");
  base_name_ = (options_.total || fit_.effects.empty() ? "variance of " : "variance within the effects of ") +
               fit_.design->outcome_name;
  weights_ = weights_or_ones(fit_.weights, fit_.n());
  choose_columns();
  set_base();
  partial_out();
  set_layers();
}

void VarianceGame::choose_columns() {
  const Design& design = *fit_.design;
  const DriverPartition partition = partition_drivers(design);
  merge(notes_, partition.notes);
  std::vector<Index> held;
  if (!options_.always.empty()) held = columns_of_terms(design, "always", options_.always);
  std::vector<std::pair<std::string, std::vector<Index>>> groups;
  if (options_.players == "drivers")
    for (const std::string& slot : partition.slots) groups.push_back({slot, {}});
  const auto join = [&](const std::string& name, Index column) {
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == name; });
    if (found == groups.end()) found = groups.insert(groups.end(), {name, {}});
    found->second.push_back(column);
  };
  for (Index j = 0; j < fit_.k(); ++j) {
    const auto at = static_cast<std::size_t>(j);
    const std::optional<std::size_t> term = term_of(fit_, j);
    if (!term) continue;
    const Index source = *fit_.origins[at].column;
    if (std::find(held.begin(), held.end(), source) != held.end()) {
      always_.push_back(j);
      continue;
    }
    const std::string between = fit_.origins[at].unit_means ? " (between)" : "";
    if (options_.players == "drivers")
      join(partition.slots[*partition.slot[static_cast<std::size_t>(source)]] + between,
           static_cast<Index>(own_.size()));
    else if (options_.players == "terms")
      join(design.spec.formula.terms[*term].text + between, static_cast<Index>(own_.size()));
    else
      join(fit_.names[at], static_cast<Index>(own_.size()));
    own_.push_back(j);
    columns_.push_back(fit_.names[at]);
    term_of_column_.push_back(*term);
  }
  for (auto& [name, columns] : groups) {
    if (columns.empty()) continue;
    players_.push_back(name);
    game_.players.push_back(std::move(columns));
  }
  if (players_.empty())
    throw Error(ErrorKind::identification, "decomposition.no_players",
                "no driver outside `always` is identified, so there is nothing to share out");
  not_identified_ = fit_.not_identified;
}

Matrix VarianceGame::constant() const {
  const std::optional<Index> constant = constant_of(fit_);
  return constant ? Matrix(fit_.linear->regressors->col(*constant)) : Matrix(fit_.n(), 0);
}

Matrix VarianceGame::regression(Index& always) const {
  const Matrix lead = constant();
  always = lead.cols() + static_cast<Index>(always_.size());
  Matrix all(fit_.n(), always + static_cast<Index>(own_.size()) + 1);
  const LinearRows& rows = *fit_.linear;
  all << lead, (*rows.regressors)(Eigen::all, always_), (*rows.regressors)(Eigen::all, own_), rows.outcome;
  return all;
}

void VarianceGame::set_base() {
  const Design& design = *fit_.design;
  within_ = residuals_on(constant(), fit_.linear->outcome, weights_);
  whole_ = within_;
  if (options_.total && !fit_.effects.empty()) {
    if (!fit_.linear->of_design)
      throw Error(ErrorKind::usage, "decomposition.unsupported",
                  "of = total needs an estimator whose rows are those of the data (pooled, within, mundlak), not " +
                      fit_.estimator + "; use of = within",
                  {.key = "of"});
    const bool levels =
        std::any_of(design.effects.begin(), design.effects.end(), [](const Effect& e) { return e.intercept; });
    whole_ = residuals_on(levels ? Matrix(Matrix::Ones(fit_.n(), 1)) : Matrix(fit_.n(), 0), design.y, weights_);
  }
  root_ = std::sqrt(squares(whole_, weights_));
  whole_ /= root_;
  within_ /= root_;
  residual_.influence = fit_.linear->residuals / root_;
  Index always = 0;
  const Matrix all = regression(always);
  rows_ = all.rightCols(all.cols() - always);
  rows_.rightCols(1) = within_;
  rows_ = residuals_on(all.leftCols(always), std::move(rows_), weights_);
}

void VarianceGame::partial_out() {
  const Index p = rows_.cols() - 1;
  norms_.resize(p);
  for (Index j = 0; j < p; ++j) rows_.col(j) /= norms_(j) = std::sqrt(squares(rows_.col(j), weights_));
  game_.moments = cross_product(rows_, weights_);
  conditioning_ = std::max(symmetric_eigen(game_.moments.topLeftCorner(p, p)).values.minCoeff(), 1e-16);
  if (conditioning_ < kCollinearPlayers)
    notes_.push_back({"variance.collinear",
                      "the drivers are nearly collinear (smallest eigenvalue of their correlations " +
                          significant(conditioning_, 2) +
                          "), so shares between them rest on few digits and mean little; join collinear drivers"});
}

// Influence of a sum of squares s = Σ w u² over the base B = Σ w t²: (w u² − s w t²)/B, with B scaled to one.
void VarianceGame::set_layers() {
  const Vector base = weights_.cwiseProduct(whole_.cwiseAbs2());
  const auto layer = [&](const std::string& name, const Vector& with, const Vector& without) {
    Layer result{name, squares(with, weights_) - squares(without, weights_), {}};
    result.influence = weights_.cwiseProduct(with.cwiseAbs2() - without.cwiseAbs2()) - result.value * base;
    return result;
  };
  const Vector none = Vector::Zero(fit_.n()), own = rows_.rightCols(1), errors = residual_.influence;
  if (options_.total && !fit_.effects.empty()) before_.push_back(layer("effects", whole_, within_));
  if (!always_.empty()) before_.push_back(layer("always: " + options_.always, within_, own));
  residual_ = layer("residual", errors, none);
  explained_ = squares(own, weights_) - residual_.value;
}

Vector VarianceGame::slopes(const Vector& scaled) const { return root_ * scaled.cwiseQuotient(norms_); }

std::size_t VarianceGame::player_named(const std::string& option, const std::string& name) const {
  const auto found = std::find(players_.begin(), players_.end(), name);
  if (found != players_.end()) return static_cast<std::size_t>(found - players_.begin());
  const std::string near = nearest(name, players_);
  throw Error(ErrorKind::usage, "decomposition.option",
              option + " = " + name + " is no driver with an identified part" +
                  (near.empty() ? "; there are " + joined(players_, ", ") : "; did you mean '" + near + "'?"),
              {.key = option});
}

SubsetGame VarianceGame::inside(std::size_t player, Names& members) const {
  SubsetGame game{game_.moments, {}, {}};
  std::vector<std::size_t> terms;
  for (const Index column : game_.players[player]) {
    const std::size_t term = term_of_column_[static_cast<std::size_t>(column)];
    const auto found = std::find(terms.begin(), terms.end(), term);
    if (found != terms.end()) {
      game.players[static_cast<std::size_t>(found - terms.begin())].push_back(column);
      continue;
    }
    terms.push_back(term);
    members.push_back(fit_.design->spec.formula.terms[term].text);
    game.players.push_back({column});
  }
  for (std::size_t other = 0; other < game_.players.size(); ++other)
    if (other != player) game.around.push_back(game_.players[other]);
  return game;
}

Matrix VarianceGame::influence(const MomentFunctions& functions) const {
  const auto m = static_cast<Index>(functions.gradients.size());
  const Vector base = weights_.cwiseProduct(whole_.cwiseAbs2());
  Matrix psi(rows_.rows(), m);
  for (Index i = 0; i < m; ++i)
    psi.col(i) = weights_.cwiseProduct(
                     (rows_ * functions.gradients[static_cast<std::size_t>(i)]).cwiseProduct(rows_).rowwise().sum()) -
                 functions.values(i) * base;
  return psi;
}

Decomposition VarianceGame::described(const MethodCall& call) const {
  Decomposition d;
  d.method = call.method;
  d.call = call.text;
  d.unit = kShareOfVariance;
  d.frame = "outcomes and drivers as realised, units as drawn";
  d.sample_hash = fit_.design->sample_hash;
  d.choices = {{"of", options_.total ? "total" : "within"}, {"players", options_.players}};
  if (!options_.always.empty()) d.choices["always"] = options_.always;
  d.total_name = base_name_;
  d.not_identified = not_identified_;
  d.notes = notes_;
  add_explained_variance(d, fit_);
  return d;
}

void VarianceGame::finish(Decomposition& d, const Vector& total_influence, double scale) const {
  headwater::finish(d, inference_of(fit_, *input_.covariance), fit_.atoms, total_influence, scale);
}

Decomposition VarianceGame::decomposition(const MethodCall& call, const Names& names, const MomentFunctions& functions,
                                          bool additive) const {
  Decomposition d = described(call);
  d.additive = additive;
  std::vector<const Layer*> first, last;
  if (additive) {
    for (const Layer& layer : before_) first.push_back(&layer);
    last.push_back(&residual_);
  }
  const auto lead = static_cast<Index>(first.size()), m = static_cast<Index>(names.size()),
             all = lead + m + static_cast<Index>(last.size());
  Estimates& e = d.estimates;
  e.values.resize(all);
  e.influence.resize(rows_.rows(), all);
  e.influence.middleCols(lead, m) = influence(functions);
  e.values.segment(lead, m) = functions.values;
  const auto place = [&](const Layer& layer, Index at) {
    e.values(at) = layer.value;
    e.influence.col(at) = layer.influence;
  };
  for (Index i = 0; i < lead; ++i) {
    e.names.push_back(first[static_cast<std::size_t>(i)]->name);
    place(*first[static_cast<std::size_t>(i)], i);
  }
  e.names.insert(e.names.end(), names.begin(), names.end());
  for (const Layer* layer : last) {
    e.names.push_back(layer->name);
    place(*layer, all - 1);
  }
  e.jacobian = Matrix::Identity(all, all);
  d.total = additive ? 1 : 0;
  return d;
}

}  // namespace headwater
