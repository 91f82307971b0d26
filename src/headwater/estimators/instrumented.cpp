// Question: what is a coefficient when regressors move with the error, and instruments move them that do not?
// Model y = X₁β₁ + Yβ₂ + e after the estimator's transformation and its effects, E[z e] = 0 for z in Z = (X₁, Z₂), Y =
// ZΠ + V. Estimator: β = (C'WX)⁻¹C'Wy with C = X − κMX, M the residuals of the first stages: for κ = 1 two-stage least
// squares (by QR of the fitted regressors), for κ the smallest root of |Y*'M₁Y* − κY*'MY*| = 0 LIML (Anderson and Rubin
// 1949), less a/(n − L − rank) Fuller's (1977); or C = Z S⁻¹Z'WX, GMM in two steps (instrumented_gmm.cpp) or
// continuously updated (instrumented_cue.cpp). Scores C w e with e the residuals of the regressors themselves, so that
// the influence on β holds all that the first stages' estimation adds; of LIML and Fuller's those of PX in place of C,
// as ivregress, ivreg2 and linearmodels have it, which sum to zero but for κ − 1. Degrees of freedom n − k − rank.
// Wooldridge (2010), 5.2, 8.3, 11.2. Equals fixest feols, ivregress 2sls, liml and gmm, AER ivreg and plm (within,
// between, fd, pooling) to 1e-9 on the reference cases. Exactly identified, all are one.
#include "headwater/estimators/instrumented.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/estimators/instrumented_model.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr int kRefinements = 2;

Matrix beside(const Matrix& a, const Matrix& b) {
  Matrix both(std::max(a.rows(), b.rows()), a.cols() + b.cols());
  if (a.cols() > 0) both.leftCols(a.cols()) = a;
  if (b.cols() > 0) both.rightCols(b.cols()) = b;
  return both;
}

Matrix columns_at(const Matrix& X, const std::vector<Index>& columns) { return X(Eigen::all, columns); }

// The columns that no earlier one makes up; the others are named in `fit`.
std::vector<bool> independent(const Matrix& columns, const Names& names, const Transformed& data, Fit& fit) {
  const LeastSquares solution = least_squares(columns, Vector::Zero(columns.rows()), data.weights);
  std::vector<bool> kept(names.size(), false);
  for (const Index j : solution.kept) kept[static_cast<std::size_t>(j)] = true;
  for (const LeastSquares::Dropped& dropped : solution.dropped) {
    NotIdentified entry{names[static_cast<std::size_t>(dropped.column)], {}};
    for (const Index partner : dropped.collinear_with)
      entry.because.push_back(names[static_cast<std::size_t>(partner)]);
    if (entry.because.empty()) entry.because.emplace_back("zero in every row");
    fit.not_identified.push_back(std::move(entry));
  }
  return kept;
}

bool is_endogenous(const Fit& fit, const CoefficientOrigin& origin) {
  return origin.column && fit.design->origins[static_cast<std::size_t>(*origin.column)].role == Role::endogenous;
}

Names joined_names(const Names& a, const Names& b) {
  Names all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

template <class Items>
std::vector<typename Items::value_type> only(const Items& items, const std::vector<bool>& kept, std::size_t from = 0) {
  std::vector<typename Items::value_type> some;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (kept[from + i]) some.push_back(items[i]);
  return some;
}

Names names_at(const Names& names, const std::vector<Index>& positions) {
  Names some;
  for (const Index at : positions) some.push_back(names[static_cast<std::size_t>(at)]);
  return some;
}

void refuse_none(const Instrumented& model, const Fit& fit) {
  if (!model.endogenous.empty()) return;
  Names lost;
  for (const NotIdentified& entry : fit.not_identified) lost.push_back(entry.term);
  throw Error(ErrorKind::identification, "iv.no_endogenous",
              "no endogenous regressor is left for the instruments to move" +
                  (lost.empty() ? std::string() : " (not identified: " + joined(lost, ", ") + ")") +
                  "; name one that varies within the effects, or leave the instruments out");
}

void refuse_too_few(const Instrumented& model, const Transformed& data) {
  if (model.excluded.size() >= model.endogenous.size()) return;
  const std::string endogenous = joined(names_at(data.names, model.endogenous), ", ");
  throw Error(
      ErrorKind::identification, "iv.too_few_instruments",
      counted(static_cast<long long>(model.endogenous.size()), "endogenous regressor") + " (" + endogenous + ") and " +
          counted(static_cast<long long>(model.excluded.size()), "instrument") + " left out of the equation" +
          (model.excluded.empty() ? "" : " (" + joined(names_at(data.instrument_names, model.excluded), ", ") + ")") +
          ": there must be as many instruments as endogenous regressors; give more, or take a regressor out");
}

Instrumented identified(const Transformed& data, const AbsorbedRows& rows, Fit& fit) {
  Instrumented model;
  for (const Index j : rows.columns)
    (is_endogenous(fit, data.origins[static_cast<std::size_t>(j)]) ? model.endogenous : model.exogenous).push_back(j);
  const Names exogenous = names_at(data.names, model.exogenous);
  const std::vector<bool> own =
      independent(columns_at(rows.X,
                             [&] {
                               std::vector<Index> all = model.exogenous;
                               all.insert(all.end(), model.endogenous.begin(), model.endogenous.end());
                               return all;
                             }()),
                  joined_names(exogenous, names_at(data.names, model.endogenous)), data, fit);
  model.endogenous = only(model.endogenous, own, model.exogenous.size());
  model.exogenous = only(model.exogenous, own);
  refuse_none(model, fit);
  const Matrix X1 = columns_at(rows.X, model.exogenous);
  const Names kept = names_at(data.names, model.exogenous);
  model.excluded = rows.instrument_columns;
  const std::vector<bool> instruments =
      independent(beside(X1, columns_at(rows.instruments, model.excluded)),
                  joined_names(kept, names_at(data.instrument_names, model.excluded)), data, fit);
  model.excluded = only(model.excluded, instruments, kept.size());
  refuse_too_few(model, data);
  model.Z = beside(X1, columns_at(rows.instruments, model.excluded));
  model.X = beside(X1, columns_at(rows.X, model.endogenous));
  model.names = joined_names(kept, names_at(data.instrument_names, model.excluded));
  model.regressors = joined_names(kept, names_at(data.names, model.endogenous));
  return model;
}

// What the effects leave is not absorbed again.
FirstStages first_stages(const Instrumented& model, const Transformed& data, const Fit& fit) {
  FirstStages stages;
  const auto lead = static_cast<Index>(model.exogenous.size());
  stages.excluded = static_cast<Index>(model.excluded.size());
  for (std::size_t p = 0; p < model.endogenous.size(); ++p) {
    const Index column = lead + static_cast<Index>(p);
    stages.endogenous.push_back(column);
    const std::string& name = data.names[static_cast<std::size_t>(model.endogenous[p])];
    stages.fits.push_back(auxiliary_fit(fit, model.Z, model.X.col(column), model.names, name));
    Fit &first = stages.fits.front(), &own = stages.fits.back();
    own.linear->regressors = own.scores.columns = first.linear->regressors;
  }
  return stages;
}

// MX: residuals of the first stages, zero for exogenous regressors.
Matrix residual_columns(const Instrumented& model, const FirstStages& stages) {
  Matrix residuals = Matrix::Zero(model.X.rows(), model.X.cols());
  for (std::size_t p = 0; p < stages.fits.size(); ++p)
    residuals.col(stages.endogenous[p]) = stages.fits[p].linear->residuals;
  return residuals;
}

Solution two_stage(const Instrumented& model, const FirstStages& stages, const Fit& fit, const Vector& outcome) {
  Solution s;
  s.columns = model.X - residual_columns(model, stages);
  const LeastSquares second = least_squares(s.columns, outcome, fit.weights);
  if (!second.dropped.empty()) {
    Names endogenous;
    for (const Fit& stage : stages.fits) endogenous.push_back(stage.estimator);
    throw Error(ErrorKind::identification, "iv.rank",
                "what the instruments explain of " + joined(endogenous, ", ") +
                    " is made up of the other regressors, so the coefficients cannot be told apart; give instruments "
                    "that move each endogenous regressor in its own way");
  }
  s.coefficients = second.coefficients;
  s.bread = s.unit_covariance = second.bread;
  return s;
}

// C'WX is symmetric for every κ.
Solution k_class(const Instrumented& model, const FirstStages& stages, const Vector& outcome, const Vector& weights,
                 double kappa, const Solution& start) {
  Solution s = start;
  s.columns = model.X - kappa * residual_columns(model, stages);
  const Matrix A = cross_product(model.X, weights) - kappa * cross_product(residual_columns(model, stages), weights);
  if (symmetric_eigen(A).values.minCoeff() <= 0)
    throw Error(ErrorKind::identification, "iv.kappa",
                "k = " + significant(kappa, 6) +
                    " leaves no positive matrix of the regressors; give a smaller k, such as 1 for two-stage least "
                    "squares");
  s.bread = s.unit_covariance = inverse_definite(A);
  refine(s, model, outcome, weights);
  return s;
}

double liml_root(const Instrumented& model, const FirstStages& stages, const Fit& fit, const Vector& outcome) {
  const auto lead = static_cast<Index>(model.exogenous.size());
  Matrix Y(outcome.size(), 1 + static_cast<Index>(stages.fits.size()));
  Y << outcome, model.X.rightCols(model.X.cols() - lead);
  const auto left_of = [&](const Matrix& X, const Matrix& columns) {
    Matrix left = columns;
    for (Index j = 0; j < left.cols() && X.cols() > 0; ++j)
      left.col(j) = least_squares(X, columns.col(j), fit.weights).residuals;
    return cross_product(left, fit.weights);
  };
  return smallest_root(left_of(model.X.leftCols(lead), Y), left_of(model.Z, Y));
}

double fuller_constant(const MethodCall& call) {
  const double a = call.number("fuller", 1);
  if (a > 0 && std::isfinite(a)) return a;
  throw Error(ErrorKind::usage, "method.option_value",
              "option 'fuller' is " + call.get("fuller") + "; give a positive number, such as 1", {.key = "fuller"});
}

Solution solved(const MethodCall& call, const Instrumented& model, const Fit& fit, const Vector& outcome,
                FirstStages& stages) {
  Solution start = two_stage(model, stages, fit, outcome);
  const std::string how = call.get("iv", "2sls");
  if (how == "2sls") return start;
  if (how == "gmm") return two_step_gmm(call, model, fit, outcome, start, stages.objective);
  stages.kappa = how == "kclass" ? call.number("k", 1) : liml_root(model, stages, fit, outcome);
  const auto free = static_cast<double>(fit.n() - model.Z.cols() - fit.effects_rank.rank);
  if (how == "fuller") stages.kappa -= fuller_constant(call) / free;
  Solution s = k_class(model, stages, outcome, fit.weights, stages.kappa, start);
  if (how == "cue") {
    stages.kappa = 1;
    return continuously_updated(call, model, fit, outcome, start, s.coefficients, stages.objective);
  }
  if (how != "kclass") s.columns = start.columns;
  return s;
}

Fit solve_by(std::shared_ptr<const Design> design, const MethodCall& call, const Transformed& data) {
  AbsorbedRows rows = absorb(data);
  Fit fit = started_fit(std::move(design), data, rows);
  const Instrumented model = identified(data, rows, fit);
  FirstStages stages = first_stages(model, data, fit);
  Solution solution = solved(call, model, fit, rows.outcome, stages);
  for (const std::vector<Index>* columns : {&model.exogenous, &model.endogenous})
    for (const Index j : *columns) {
      fit.names.push_back(data.names[static_cast<std::size_t>(j)]);
      fit.origins.push_back(data.origins[static_cast<std::size_t>(j)]);
    }
  fit.coefficients = solution.coefficients;
  fit.scales.assign(fit.names.size(), ParameterScale::linear);
  fit.linear = LinearRows{data.of_design, std::make_shared<const Matrix>(model.X), rows.outcome,
                          rows.outcome - model.X * solution.coefficients};
  fit.bread = solution.bread;
  fit.unit_covariance = solution.unit_covariance;
  fit.scores = {std::make_shared<const Matrix>(solution.columns), weighted(fit.linear->residuals, fit.weights)};
  fit.first_stages = std::make_shared<const FirstStages>(std::move(stages));
  merge(fit.notes, solution.notes);
  finish_fit(fit, data);
  if (solution.status != Status::converged) fit.status = solution.status;
  return fit;
}

}  // namespace

void refine(Solution& s, const Instrumented& model, const Vector& outcome, const Vector& weights) {
  for (int pass = 0; pass < kRefinements; ++pass) {
    const Vector e = outcome - model.X * s.coefficients;
    s.coefficients += s.bread * (s.columns.transpose() * weighted(e, weights));
  }
}

double smallest_root(const Matrix& short_squares, const Matrix& long_squares) {
  const SymmetricEigen eigen = symmetric_eigen(long_squares);
  const Vector scale = eigen.values.cwiseMax(0).cwiseSqrt().unaryExpr([](double s) { return s > 0 ? 1 / s : 0.0; });
  const Matrix root = eigen.vectors * scale.asDiagonal();
  return symmetric_eigen(root.transpose() * short_squares * root).values.minCoeff();
}

std::vector<OptionCard> instrument_option_cards() {
  return {
      {"iv", "choice: 2sls | liml | fuller | kclass | gmm | cue", "2sls",
       "how instruments are used, where there are some"},
      {"fuller", "number", "1", "with iv = fuller: what it takes off LIML's k, times 1/(n - instruments - effects)"},
      {"k", "number", "1", "with iv = kclass: 0 is least squares, 1 two-stage least squares"},
      {"weight", "choice: unadjusted | rows | clusters | lags", "that of the covariance",
       "with iv = gmm or cue: the errors whose moments weigh the instruments"},
      {"lag", "integer", "none", "with weight = lags: up to how many periods apart errors of a unit go together"}};
}

std::vector<OptionCard> with_instrument_options(std::vector<OptionCard> own) {
  const std::vector<OptionCard> cards = instrument_option_cards();
  own.insert(own.end(), cards.begin(), cards.end());
  return own;
}

void refuse_instrument_options(const MethodCall& call) {
  for (const OptionCard& card : instrument_option_cards())
    if (call.has(card.name))
      throw Error(
          ErrorKind::usage, "estimator.no_instruments",
          "option '" + std::string(card.name) + "' of " + call.method +
              " is about instruments, and the formula has none; write y ~ x | effects | endogenous ~ instruments",
          {.key = std::string(card.name)});
}

Fit auxiliary_fit(const Fit& like, Matrix X, Vector y, Names names, const std::string& what) {
  Transformed own{.X = std::move(X),
                  .y = std::move(y),
                  .weights = like.weights,
                  .names = std::move(names),
                  .atoms = like.atoms,
                  .of_design = like.linear ? like.linear->of_design : true};
  own.origins.resize(own.names.size());
  Fit fit = solve_least_squares(like.design, std::move(own));
  fit.estimator = what;
  fit.effects_rank = like.effects_rank;
  fit.effects = like.effects;
  fit.certificate = like.certificate;
  fit.status = like.status;
  fit.df_residual = fit.n() - fit.df_model - fit.effects_rank.rank;
  fit.goodness.sigma2 = fit.goodness.rss / static_cast<double>(fit.df_residual);
  return fit;
}

bool by_instruments(const Design& design) { return design.instruments.cols() > 0 || !design.endogenous().empty(); }

Fit solve_two_stage(std::shared_ptr<const Design> design, const Transformed& data) {
  return solve_by(std::move(design), MethodCall(), data);
}

LinearRows solved_rows(const Fit& fit) {
  if (!fit.random) return *fit.linear;
  const Matrix X = fit.random->whitening->apply(*fit.linear->regressors);
  return {fit.linear->of_design, std::make_shared<const Matrix>(X), X * fit.coefficients + *fit.scores.errors,
          *fit.scores.errors};
}

Fit solve_linear(const EstimatorInput& input, Transformed data) {
  if (by_instruments(*input.design)) return solve_by(input.design, input.call, data);
  refuse_instrument_options(input.call);
  return solve_least_squares(input.design, std::move(data));
}

}  // namespace headwater
