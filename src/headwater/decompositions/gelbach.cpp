// Question: when drivers are added to a short regression, how much of the change of a coefficient goes with each of
// them? Model: short y = X₁b + u, full y = X₁β₁ + X₂β₂ (+ effects) + e on one sample with one set of weights. Then
//   b_short − b_full = Σ_g δ_g, δ_g = (X₁'WX₁)⁻¹X₁'W H_g, H_g = X₂g β₂g, exactly and whatever the order (Gelbach 2016,
//   eq. 7).
// Effects are common to both regressions (everything is then within them), or added as groups of their own.
// Influence: r_i u_gi + Γ_g ψ(β₂g), r = WX₁(X₁'WX₁)⁻¹ and u_g = H_g − X₁δ_g; with G/(G−1) on the clusters. Under iid
// the second half has the covariance Γ V(β₂) Γ' of the full regression, which is V(b_full) − σ²(X₁'WX₁)⁻¹ for the
// total. Equals Stata's b1x2 in the parts; its standard errors multiply the variance of Γ_g ψ(β₂g) by (N − 1)/(N − K)
// but not that of the other half nor their covariance, and are larger by up to 0.3 %: with the factor there, ours are
// its to seven digits. pyfixest's decompose leaves out covariates that no group names; here every added regressor
// belongs to a group.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/decompositions/linear_moments.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

void check_use(const DecompositionInput& input) {
  if (!is_plain_least_squares(*input.fit))
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                "gelbach compares two least-squares regressions and takes the estimators pooled and within, not " +
                    input.spec.estimator.method);
  if (!input.call.has("base"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "gelbach needs base, the terms of the short regression, such as gelbach(base = log(fte))",
                {.key = "base"});
}

// The short regression on the very same rows and weights.
Fit short_fit(const Panel& panel, const Design& full, std::vector<Index> columns, bool keep_effects) {
  if (full.intercept) columns.insert(columns.begin(), 0);
  Design design = with_columns(full, columns);
  if (!keep_effects && !full.effects.empty()) {
    design.effects.clear();
    Matrix X(design.n(), design.k() + 1);
    X << Vector::Ones(design.n()), design.X;
    design.X = X;
    design.names.insert(design.names.begin(), "(Intercept)");
    design.origins.insert(design.origins.begin(), ColumnOrigin{});
    design.intercept = true;
  }
  design.spec.estimator = default_estimator(!design.effects.empty());
  return estimate(panel, std::make_shared<const Design>(std::move(design)));
}

// Slopes and residuals of columns on the short regression: what its parts and their influence are made of.
Matrix auxiliary_regressions(const Fit& brief, const Matrix& rows, const Matrix& columns) {
  const Matrix all = rows.transpose() * columns;
  const Index slopes = all.rows() - (brief.design->intercept ? 1 : 0);
  Matrix read(slopes + columns.rows(), columns.cols());
  read << all.bottomRows(slopes), columns - *brief.linear->regressors * all;
  return read;
}

struct Comparison {
  const Fit& full;
  const Covariance& covariance;  // of the full fit
  const Fit& brief;
  const OutcomeParts& parts;
  std::vector<Index> shown;  // parts that are groups
  Matrix rows;               // n × k of the short fit: r, whose products with a column are its coefficients
  Matrix left;               // n × shown: u_g
  Matrix levels_left;        // n × k of the full fit: what each added regressor keeps after the short regression's
};

// δ_g = Σ_j β₂j Γ_j: coefficients times those of the auxiliary regressions.
ProductSum products_of(const Comparison& c, const Vector& r, Index part) {
  const std::vector<Index> own = c.parts.coefficients_of(part);
  const Matrix levels = c.parts.levels()(Eigen::all, own), rest = c.levels_left(Eigen::all, own);
  ProductSum products;
  append(products, c.full.coefficients(own), c.parts.coefficient_influence()(Eigen::all, own), levels.transpose() * r,
         rest.array().colwise() * r.array());
  if (c.covariance.gathers == Gathers::nothing) products.factors.coefficient_block = c.covariance.matrix(own, own);
  return products;
}

// σ² of the full regression, as its iid covariance has it.
double error_variance(const Comparison& c) {
  return c.covariance.factor * c.full.goodness.rss / static_cast<double>(c.full.n());
}

Decomposition of_coefficient(const DecompositionInput& input, const Comparison& c, Index in_short, Index in_full,
                             const Inference& inference) {
  const Vector r = c.rows.col(in_short);
  const Matrix estimation = c.parts.estimation_influence(r);
  const auto m = static_cast<Index>(c.shown.size());
  Decomposition d;
  d.method = "gelbach";
  d.call = input.call.text;
  const std::string& name = c.brief.names[static_cast<std::size_t>(in_short)];
  d.choices = {
      {"coefficient", name}, {"base", input.call.get("base")}, {"effects", input.call.get("effects", "common")}};
  d.question = "When the other drivers are added, how much of the change of the coefficient of " + name +
               " goes with each of them?";
  d.total_name = "coefficient of " + name + " in the short regression less that in the full one";
  d.estimates.values.resize(m);
  d.estimates.influence.resize(r.size(), 2 * m);  // through the full regression's coefficients, and the auxiliary ones
  for (Index p = 0; p < m; ++p) {
    const Index part = c.shown[static_cast<std::size_t>(p)];
    d.estimates.names.push_back(c.parts.names()[static_cast<std::size_t>(part)]);
    d.estimates.values(p) = r.dot(c.parts.values().col(part));
    d.estimates.influence.col(p) = estimation.col(part);
    d.estimates.influence.col(m + p) = r.cwiseProduct(c.left.col(p));
    d.products.emplace_back();
    if (c.parts.kinds()[static_cast<std::size_t>(part)] == PartKind::driver && !input.spec.drawn)
      d.products.back() = products_of(c, r, part);
  }
  d.estimates.jacobian.resize(m, 2 * m);
  d.estimates.jacobian << Matrix::Identity(m, m), Matrix::Identity(m, m);
  const bool iid = c.covariance.gathers == Gathers::nothing;
  if (iid) d.estimates.coefficient_block = c.parts.iid_covariance(r, c.covariance)(c.shown, c.shown);
  d.total = c.brief.coefficients(in_short) - c.full.coefficients(in_full);
  add_extra(d, "coefficient_short", c.brief.coefficients(in_short), "coefficient in the short regression",
            "outcome per regressor");
  add_extra(d, "coefficient_full", c.full.coefficients(in_full), "coefficient in the full regression",
            "outcome per regressor");
  d.unit = "outcome per unit of " + name;
  d.frame = "coefficients of both regressions, units as drawn";
  d.sample_hash = c.full.design->sample_hash;
  c.parts.tell(d);
  const Vector total = iid ? Vector(r.cwiseProduct(c.brief.linear->residuals - c.full.linear->residuals))
                       : adjusts_scores(c.covariance.rule)
                           ? Vector(d.estimates.influence.rowwise().sum())  // leverage differs between the regressions
                           : Vector(influence(c.brief).col(in_short) - influence(c.full).col(in_full));
  if (iid)
    d.total_noise = c.covariance.matrix(in_full, in_full) - error_variance(c) * c.brief.bread(in_short, in_short);
  const double scale = std::abs(c.brief.coefficients(in_short)) + std::abs(c.full.coefficients(in_full)) +
                       r.norm() * c.parts.values().norm();
  finish(d, inference, atoms_of(*c.full.design), total, scale);
  return d;
}

}  // namespace

const MethodCard& gelbach_card() {
  static const MethodCard card{
      .name = "gelbach",
      .kind = "decomposition",
      .question =
          "When drivers are added to a short regression, how much of the change of a coefficient goes with each of "
          "them?",
      .avoid =
          "Not as causal mediation, which needs sequential ignorability; ratios to a small coefficient say nothing.",
      .reference = "Gelbach (2016) eq. 7; equals Stata b1x2",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"base", "text", "", "terms of the short regression, or a driver's name (required)"},
                  {"effects", "choice: common | added", "common",
                   "effects in both regressions, or added with the drivers"}},
      .positions = {"base"}};
  return card;
}

namespace {

// The full regression's coefficients that are no base, by part; the base's are told apart.
OutcomeParts parts_beside(const Fit& full, const std::vector<Index>& base) {
  std::vector<bool> apart;
  for (const CoefficientOrigin& origin : full.origins)
    apart.push_back(std::find(base.begin(), base.end(), *origin.column) != base.end() ||
                    (full.design->intercept && *origin.column == 0));
  return OutcomeParts(full, apart);
}

class GelbachReplicates final : public Replicates {
 public:
  GelbachReplicates(std::unique_ptr<const LinearMoments> fit, std::vector<Index> base,
                    std::vector<std::vector<Index>> groups)
      : fit_(std::move(fit)), base_(std::move(base)), groups_(std::move(groups)) {}

  std::optional<std::vector<ReplicateAnswer>> under(const Vector& counts) const override {
    const std::optional<LinearMoments::Drawn> full = fit_->under(counts);
    if (!full) return std::nullopt;
    const std::optional<LinearMoments::Short> brief = fit_->short_regression(*full, base_, groups_);
    if (!brief) return std::nullopt;
    std::vector<ReplicateAnswer> answers;
    for (std::size_t c = 0; c < base_.size(); ++c) {
      const auto at = static_cast<Index>(c);
      ReplicateAnswer answer{brief->parts.row(at).transpose(), Matrix(counts.size(), brief->parts.cols()),
                             brief->coefficients(at) - full->theta(base_[c])};
      for (Index g = 0; g < brief->parts.cols(); ++g)
        answer.influence.col(g) = brief->part_psi[static_cast<std::size_t>(g)].col(at);
      answers.push_back(std::move(answer));
    }
    return answers;
  }

 private:
  std::unique_ptr<const LinearMoments> fit_;
  std::vector<Index> base_;  // among the fit's slopes
  std::vector<std::vector<Index>> groups_;
};

}  // namespace

// Effects that are added are a group without columns of their own: refitted.
std::unique_ptr<Replicates> gelbach_replicates(const DecompositionInput& input, const Grouping& clusters) {
  const Fit& full = *input.fit;
  if (input.call.get("effects", "common") == "added" && !full.design->effects.empty()) return nullptr;
  const std::vector<Index> base = columns_of_terms(*full.design, "base", input.call.get("base"));
  std::unique_ptr<const LinearMoments> fit =
      LinearMoments::of(full, clusters_of_rows(clusters, full.design->rows), clusters.count);
  if (!fit) return nullptr;
  const OutcomeParts parts = parts_beside(full, base);
  std::vector<std::vector<Index>> groups;
  for (Index p = 0; p < parts.size(); ++p)
    if (parts.kinds()[static_cast<std::size_t>(p)] == PartKind::driver &&
        parts.names()[static_cast<std::size_t>(p)] != kApart)
      groups.push_back(fit->thetas_of(parts.coefficients_of(p)));
  std::vector<Index> coefficients;
  for (const Index column : base)
    for (Index j = 0; j < full.k(); ++j)
      if (full.origins[static_cast<std::size_t>(j)].column == column) coefficients.push_back(j);
  std::vector<Index> thetas = fit->thetas_of(coefficients);
  return std::make_unique<GelbachReplicates>(std::move(fit), std::move(thetas), std::move(groups));
}

Decompositions run_gelbach(const DecompositionInput& input) {
  check_use(input);
  const Fit& full = *input.fit;
  const Design& design = *full.design;
  const bool added = input.call.get("effects", "common") == "added" && !design.effects.empty();
  const std::vector<Index> base = columns_of_terms(design, "base", input.call.get("base"));
  const Fit brief = short_fit(input.panel, design, base, !added);
  Matrix rows = *brief.linear->regressors * brief.bread;
  if (brief.weights.size() > 0) rows = brief.weights.asDiagonal() * rows;
  const OutcomeParts separate = parts_beside(full, base);
  const OutcomeParts parts =
      added ? separate.identified([&](const Matrix& z) { return auxiliary_regressions(brief, rows, z); }) : separate;
  std::vector<Index> shown;
  for (Index p = 0; p < parts.size(); ++p) {
    const auto at = static_cast<std::size_t>(p);
    if (parts.names()[at] != kApart && parts.kinds()[at] != PartKind::residual &&
        (added || parts.kinds()[at] == PartKind::driver))
      shown.push_back(p);
  }
  if (shown.empty())
    throw Error(ErrorKind::usage, "gelbach.nothing_added",
                "base holds every identified regressor, so nothing is added to the short regression; leave some out",
                {.key = "base"});
  Matrix added_columns(design.n(), full.k() + static_cast<Index>(shown.size()));
  added_columns << parts.levels(), parts.values()(Eigen::all, shown);
  if (!brief.effects.empty())
    added_columns = Absorber(design.effects, design.weights, design.n()).project(added_columns).columns;
  added_columns -= (*brief.linear->regressors * (rows.transpose() * added_columns)).eval();
  const Comparison comparison{full,
                              *input.covariance,
                              brief,
                              parts,
                              shown,
                              rows,
                              added_columns.rightCols(static_cast<Index>(shown.size())),
                              added_columns.leftCols(full.k())};
  const Inference inference = inference_of(input.spec, atoms_of(design));
  Decompositions results;
  for (const Index column : base) {
    const std::string& name = design.names[static_cast<std::size_t>(column)];
    const std::optional<Index> in_short = coefficient_index(brief, name), in_full = coefficient_index(full, name);
    if (!in_short || !in_full)
      throw Error(
          ErrorKind::identification, "gelbach.not_identified",
          "the coefficient of " + name + " is not identified in both regressions, so its change cannot be split",
          {.column = name});
    results.push_back(of_coefficient(input, comparison, *in_short, *in_full, inference));
  }
  return results;
}

}  // namespace headwater
