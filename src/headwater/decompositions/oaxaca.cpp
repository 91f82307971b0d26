// Question: two groups, or one set of units in two periods, differ in their mean outcome: how much goes with different
// drivers and how much with different coefficients?
// Model: y = x'β_g + e in each group g, constant included (Oaxaca 1973, Blinder 1973). With mean regressors x̄:
//   two-fold:   ȳ_A − ȳ_B = (x̄_A − x̄_B)'β_R + [x̄_A'(β_A − β_R) + x̄_B'(β_R − β_B)];
//   three-fold: ȳ_A − ȳ_B = (x̄_A − x̄_B)'β_B + x̄_B'(β_A − β_B) + (x̄_A − x̄_B)'(β_A − β_B).
// β_R: of a, of b, their mean, Cotton's (n_A β_A + n_B β_B)/n, Neumark's pooled regression without and Jann's with a
// dummy for the group (default: without it the pooled slopes take up part of the gap). Every factor is in deviation
// from the mean over its levels; the split is computed again from regressions that leave other levels out. The constant
// of a reference is the mean of what its slopes leave. Effects (within) are the constant: the group's mean effect.
// Influence: x̄'ψ(β) + β'ψ(x̄) of the rows of both groups, summed over both by cluster, G/(G−1) (Jann 2008).
// The second-order term tr(V(x̄)V(β)) is not in the errors, is shown apart, and is in the intervals (intervals.cpp).
// Equals R oaxaca 0.1.5 in the estimates;
// that package's Cotton row is bootstrapped with the shares exchanged, with two factors only the last is normalised,
// and its detail under the dummy is not. statsmodels' two_fold_type = "neumark" returns the regression with the dummy.
#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/group_fits.hpp"
#include "headwater/decompositions/group_leverage.hpp"
#include "headwater/decompositions/group_moments.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/oaxaca_parts.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

constexpr double kBaseTolerance = 1e-8;  // of the outcome's size: more is no rounding
const Names kReferences = {"a", "b", "half", "cotton", "neumark", "jann"};

struct AskedOaxaca {
  bool threefold = false, means_drawn = true, every_reference = false;
  std::string reference, leverage;  // the rule that adjusts the coefficients by group, or ""
};

// What an option of errors takes for the coefficients of each group.
const std::map<std::string, std::string> kLeverageRules = {{"CR2", "CR2"}, {"CR3", "CV3"}};

AskedOaxaca asked_oaxaca(const MethodCall& call) {
  AskedOaxaca asked;
  asked.threefold = call.get("form", "twofold") == "threefold";
  asked.means_drawn = call.get("uncertainty", "means") == "means";
  asked.reference = call.get("reference", "jann");
  const auto rule = kLeverageRules.find(call.get("errors", ""));
  if (rule != kLeverageRules.end()) asked.leverage = rule->second;
  asked.every_reference = asked.reference == "all";
  return asked;
}

struct Context {
  const DecompositionInput& input;
  const TwoGroups& groups;
  const GroupFits& fits;
  const AskedOaxaca& asked;
  GroupNumbers numbers;
};

std::vector<GroupComponent> components_of(const GroupFits& fits, bool threefold) {
  return group_components(fits.regressors(), fits.identified(), !fits.rows().effects.empty(), threefold);
}

// Σ over pairs of products of tr(C(x̄, x̄) C(β, β)): what the first order leaves out of the variance.
Vector second_order(const Context& c, const std::vector<GroupComponent>& components, const Inference& inference) {
  const auto K = static_cast<Index>(c.fits.regressors().names.size());
  const Atoms atoms = atoms_of(c.fits.rows());
  const auto joint = [&](const std::vector<Matrix>& blocks) {
    Matrix psi(c.fits.rows().n(), K * static_cast<Index>(blocks.size()));
    for (std::size_t b = 0; b < blocks.size(); ++b) psi.middleCols(K * static_cast<Index>(b), K) = blocks[b];
    return Matrix(inference.factor * meat(inference.rule, psi, atoms));
  };
  const Matrix means = joint({c.numbers.mean(true).psi, c.numbers.mean(false).psi});
  const Matrix slopes = joint({c.numbers.of(CoefficientsOf::a).psi, c.numbers.of(CoefficientsOf::b).psi,
                               c.numbers.of(CoefficientsOf::reference).psi});
  Vector result = Vector::Zero(static_cast<Index>(components.size()));
  for (std::size_t m = 0; m < components.size(); ++m)
    for (const GroupProduct& p : components[m].part->products)
      for (const GroupProduct& q : components[m].part->products)
        for (const Index j : components[m].items)
          for (const Index k : components[m].items)
            result(static_cast<Index>(m)) += p.sign * q.sign *
                                             means((p.mean_of_a ? 0 : K) + j, (q.mean_of_a ? 0 : K) + k) *
                                             slopes(static_cast<Index>(p.of) * K + j, static_cast<Index>(q.of) * K + k);
  return result;
}

void add_vector(Decomposition& d, const std::string& name, const std::string& axis, const Vector& values,
                const std::string& description, const std::string& unit) {
  d.extras.push_back({.name = name,
                      .dims = {axis},
                      .shape = {values.size()},
                      .values = std::vector<double>(values.data(), values.data() + values.size()),
                      .description = description,
                      .unit = unit});
}

// Regressor by regressor, all levels shown: means, coefficients, parts and overlap.
void add_detail(Decomposition& d, const Context& c, const Overlap& overlap) {
  const AllLevels& all = c.fits.regressors();
  d.extra_axes.push_back({"regressor", all.names, "regressors with all levels of their factors, the constant first"});
  const Vector a = c.fits.own(true).beta, b = c.fits.own(false).beta, r = c.numbers.of(CoefficientsOf::reference).beta,
               mean_a = c.fits.means(true), mean_b = c.fits.means(false);
  add_vector(d, "mean_a", "regressor", mean_a, "mean in " + c.groups.a, "regressor");
  add_vector(d, "mean_b", "regressor", mean_b, "mean in " + c.groups.b, "regressor");
  add_vector(d, "coefficient_a", "regressor", a,
             "coefficient in " + c.groups.a + ", levels in deviation from their mean", "outcome per regressor");
  add_vector(d, "coefficient_b", "regressor", b,
             "coefficient in " + c.groups.b + ", levels in deviation from their mean", "outcome per regressor");
  add_vector(d, "overlap_a_in_b", "regressor", overlap.a_in_b,
             "share of " + c.groups.a + " within the range of " + c.groups.b, "1");
  add_vector(d, "overlap_b_in_a", "regressor", overlap.b_in_a,
             "share of " + c.groups.b + " within the range of " + c.groups.a, "1");
  add_vector(d, "normalised_difference", "regressor", overlap.normalised_difference,
             "difference of means in pooled standard deviations", "1");
  if (c.asked.threefold) return;
  add_vector(d, "coefficient_reference", "regressor", r, "reference coefficient, levels in deviation from their mean",
             "outcome per regressor");
  add_vector(d, "detail_explained", "regressor", (mean_a - mean_b).cwiseProduct(r), "explained part", d.unit);
  add_vector(d, "detail_unexplained_a", "regressor", mean_a.cwiseProduct(a - r), "unexplained part of " + c.groups.a,
             d.unit);
  add_vector(d, "detail_unexplained_b", "regressor", mean_b.cwiseProduct(r - b), "unexplained part of " + c.groups.b,
             d.unit);
}

void describe_choices(Decomposition& d, const Context& c) {
  d.choices = c.groups.choices;
  d.choices["form"] = c.asked.threefold ? "threefold" : "twofold";
  d.choices["uncertainty"] = c.asked.means_drawn ? "means" : "coefficients";
  d.choices["weights"] = c.input.spec.weights.empty() ? "equal" : c.input.spec.weights;
  d.choices["levels"] = "in deviation from the mean over the levels of their factor";
  d.choices["errors"] = c.input.call.get("errors", "cluster");
  d.choices["trace_term"] = "not in the errors; shown as trace_term";
  d.choices["reference"] = c.asked.threefold ? "b" : c.asked.reference;
  d.choices["cotton_share_a"] = significant(c.fits.mass_share(), 6);
  d.choices["estimator"] = c.input.spec.estimator.method;
  const std::string gap = c.input.fit->design->outcome_name;
  d.question = c.groups.periods
                   ? "How much of the change of mean " + gap + " from " + c.groups.b + " to " + c.groups.a +
                         " goes with the same units' drivers, and how much with other coefficients?"
                   : "How much of the gap in mean " + gap + " between " + c.groups.a + " and " + c.groups.b +
                         " goes with their drivers, and how much with other coefficients?";
  d.total_name = "mean of " + gap + ": " + c.groups.a + " less " + c.groups.b;
  d.frame = c.asked.means_drawn ? "coefficients and means, units as drawn"
                                : "coefficients only; means and regressors are taken as given";
}

void add_notes(Decomposition& d, const Context& c) {
  merge(d.notes, c.groups.notes);
  const AllLevels& all = c.fits.regressors();
  Names numbers;
  for (std::size_t j = 1; j < all.names.size(); ++j)
    if (!all.level[j] && c.fits.identified()[j]) numbers.push_back(all.names[j]);
  if (!numbers.empty())
    d.notes.push_back({"oaxaca.origin", "how the part of the coefficients is divided between the constant and " +
                                            joined(numbers, ", ") +
                                            " depends on where these numbers have their zero; their sum does not"});
  if (c.asked.reference == "neumark" && !c.asked.threefold)
    d.notes.push_back(
        {"oaxaca.neumark",
         "without a dummy for the group the pooled coefficients take up part of the gap and overstate what "
         "drivers explain; reference = jann has the dummy"});
  if (!all.not_normalised.empty())
    d.notes.push_back(
        {"oaxaca.not_normalised",
         "the levels of " + joined(all.not_normalised, ", ") +
             " have no term of their own to give their mean to, so their detail depends on the level left "
             "out; add the term without the factor"});
}

Decomposition decomposed(const Context& c) {
  const Design& rows = c.fits.rows();
  const std::vector<GroupComponent> components = components_of(c.fits, c.asked.threefold);
  const auto m = static_cast<Index>(components.size());
  Decomposition d;
  d.method = "oaxaca";
  d.call = c.input.call.text;
  d.unit = outcome_unit(c.input.spec);
  d.percent = log_outcome(c.input.spec);
  describe_choices(d, c);
  d.estimates.values.resize(m);
  d.estimates.influence.resize(rows.n(), m);
  d.estimates.jacobian = Matrix::Identity(m, m);
  for (Index i = 0; i < m; ++i) {
    const GroupComponent& component = components[static_cast<std::size_t>(i)];
    d.estimates.names.push_back(component.name);
    d.estimates.values(i) = value_of(c.numbers, component);
    d.estimates.influence.col(i) = influence_of(c.numbers, component);
    if (!c.input.spec.drawn)
      d.products.push_back(c.asked.means_drawn ? products_of(c.numbers, component) : ProductSum());
  }
  Contrast gap(rows.n());
  gap.add(1, c.fits.share(true));
  gap.add(-1, c.fits.share(false));
  d.total = gap.values(rows.y)(0);
  d.sample_hash = rows.sample_hash;
  d.not_identified = c.fits.not_identified();
  add_notes(d, c);
  Inference inference = inference_of(c.input.spec, atoms_of(rows));
  if (!c.asked.leverage.empty()) inference.df = static_cast<double>(fewest_clusters(rows, c.groups) - 1);
  const double scale = std::max({1.0, rows.y.cwiseAbs().maxCoeff(),
                                 (c.fits.means(true).cwiseAbs() + c.fits.means(false).cwiseAbs())
                                     .dot(c.fits.own(true).beta.cwiseAbs() + c.fits.own(false).beta.cwiseAbs() +
                                          c.numbers.of(CoefficientsOf::reference).beta.cwiseAbs())});
  finish(d, inference, atoms_of(rows), c.fits.outcome_influence(true) - c.fits.outcome_influence(false), scale);
  if (c.asked.means_drawn && !c.input.spec.drawn)
    add_vector(d, "trace_term", "component", second_order(c, components, inference),
               "second-order part of the variance, tr(V(means) V(coefficients)), not in the errors", d.unit + "²");
  return d;
}

// Sum and standard error of the components whose names start with `part`.
std::pair<double, double> summed(const Decomposition& d, const std::string& part) {
  Vector in(d.estimates.values.size());
  for (Index i = 0; i < in.size(); ++i)
    in(i) = d.estimates.names[static_cast<std::size_t>(i)].rfind(part + ":", 0) == 0 ? 1 : 0;
  return {in.dot(d.estimates.values), std::sqrt(std::max(0.0, in.dot(d.covariance * in)))};
}

void add_table(Decomposition& d, const std::string& axis, const std::string& what, const Names& names,
               const std::vector<std::pair<double, double>>& rows, const std::string& description) {
  Vector values(static_cast<Index>(rows.size())), errors(values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    values(static_cast<Index>(i)) = rows[i].first;
    errors(static_cast<Index>(i)) = rows[i].second;
  }
  if (std::none_of(d.extra_axes.begin(), d.extra_axes.end(), [&](const Axis& a) { return a.name == axis; }))
    d.extra_axes.push_back({axis, names, description});
  add_vector(d, what, axis, values, description, d.unit);
  add_vector(d, what + "_std_error", axis, errors, "standard error: " + description, d.unit);
}

// Largest difference of any component when the regressions leave other levels out.
double base_difference(const Decomposition& d, const Context& first, const GroupFits& second) {
  const Context c{first.input, first.groups, second, first.asked, second.numbers(first.asked.reference)};
  double largest = 0;
  const std::vector<GroupComponent> components = components_of(second, first.asked.threefold);
  for (std::size_t i = 0; i < components.size(); ++i)
    largest =
        std::max(largest, std::abs(value_of(c.numbers, components[i]) - d.estimates.values(static_cast<Index>(i))));
  return largest;
}

void check_use(const DecompositionInput& input, const Design& design, const TwoGroups& groups) {
  if (!is_least_squares(*input.fit) || !input.fit->linear->of_design)
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                "oaxaca fits a regression in each group and takes the estimators pooled, within and mundlak, not " +
                    input.spec.estimator.method);
  if (!design.intercept &&
      std::none_of(design.effects.begin(), design.effects.end(), [](const Effect& e) { return e.intercept; }))
    throw Error(ErrorKind::usage, "oaxaca.no_constant",
                "the formula has no constant, so regressions do not pass through the groups' means and the parts would "
                "not add up; leave '- 1' out");
  if (!asked_oaxaca(input.call).leverage.empty() && design.clusters.size() != 1)
    throw Error(ErrorKind::usage, "oaxaca.clusters",
                "errors = " + input.call.get("errors") +
                    " takes clusters of one column and needs covariance = cluster(one column), not " +
                    input.spec.covariance.text,
                {.key = "errors"});
  for (const EffectTerm& effect : input.spec.formula.effects)
    for (const ExpressionPtr& key : effect.keys)
      if (groups.periods && key->kind == Expression::Kind::column && key->name == input.panel.keys().unit)
        throw Error(ErrorKind::usage, "oaxaca.unit_effects",
                    "within one period a unit has one row, so the effect '" + effect.text +
                        "' leaves nothing to fit; use the estimator mundlak, or change(from, to) for one set of "
                        "coefficients");
}

// Three-fold, or two-fold under one reference or each.
std::vector<AskedOaxaca> asked_one_by_one(const AskedOaxaca& asked) {
  std::vector<AskedOaxaca> each;
  for (const std::string& reference : asked.threefold ? Names{"b"} : kReferences) {
    if (!asked.threefold && !asked.every_reference && reference != asked.reference) continue;
    each.push_back(asked);
    each.back().reference = reference;
  }
  return each;
}

// What a bootstrap replicate needs: parts and their influence.
Decompositions asked_parts(const DecompositionInput& input, const TwoGroups& groups, const GroupFits& fits,
                           const AskedOaxaca& asked) {
  Decompositions results;
  for (const AskedOaxaca& one : asked_one_by_one(asked))
    results.push_back(decomposed({input, groups, fits, one, fits.numbers(one.reference)}));
  return results;
}

class OaxacaReplicates final : public Replicates {
 public:
  OaxacaReplicates(GroupMoments moments, const GroupFits& fits, std::vector<AskedOaxaca> asked)
      : moments_(std::move(moments)), asked_(std::move(asked)), components_(components_of(fits, asked_[0].threefold)) {}

  std::optional<std::vector<ReplicateAnswer>> under(const Vector& counts) const override {
    const std::optional<GroupMoments::Drawn> drawn = moments_.under(counts);
    if (!drawn) return std::nullopt;
    std::vector<ReplicateAnswer> answers;
    for (const AskedOaxaca& one : asked_) {
      const std::optional<GroupNumbers> numbers = moments_.numbers(*drawn, one.reference);
      if (!numbers) return std::nullopt;
      const auto m = static_cast<Index>(components_.size());
      ReplicateAnswer answer{Vector(m), Matrix(counts.size(), m), drawn->gap(moments_)};
      for (Index i = 0; i < m; ++i) {
        answer.values(i) = value_of(*numbers, components_[static_cast<std::size_t>(i)]);
        answer.influence.col(i) = influence_of(*numbers, components_[static_cast<std::size_t>(i)]);
      }
      answers.push_back(std::move(answer));
    }
    return answers;
  }

 private:
  GroupMoments moments_;
  std::vector<AskedOaxaca> asked_;
  std::vector<GroupComponent> components_;
};

}  // namespace

// Sums by cluster say everything where no effect is absorbed and the errors do not look at leverage.
std::unique_ptr<Replicates> oaxaca_replicates(const DecompositionInput& input, const Grouping& clusters) {
  const Design& whole = *input.fit->design;
  const AskedOaxaca asked = asked_oaxaca(input.call);
  if (!whole.effects.empty() || !asked.leverage.empty()) return nullptr;
  const TwoGroups groups = two_groups(input, whole);
  const AllLevels all = all_levels(input.panel, whole, groups.rows, has_unit_means(*input.fit));
  const Design rows = with_rows(whole, groups.rows);
  const GroupFits fits(input.panel, rows, all, all.fitted, groups, {asked.means_drawn, ""});
  return std::make_unique<OaxacaReplicates>(
      GroupMoments(rows, all, fits.regressed(), groups, clusters_of_rows(clusters, rows.rows), clusters.count,
                   asked.means_drawn),
      fits, asked_one_by_one(asked));
}

const MethodCard& oaxaca_card() {
  static const MethodCard card = [] {
    MethodCard c{
        .name = "oaxaca",
        .kind = "decomposition",
        .question =
            "How much of the gap in the mean outcome between two groups, or two periods of the same units, goes with "
            "their drivers, and how much with other coefficients?",
        .avoid =
            "Not across groups without one output scale or without common values of the drivers, and not as "
            "discrimination or effort: the unexplained part holds everything left out.",
        .reference = "Oaxaca (1973); Blinder (1973); Jann (2008); Yun (2005); equals R oaxaca in the estimates",
        .supports = {"weights", "effects", "slopes", "unbalanced", "no_unit", "no_time"},
        .options = two_groups_option_cards(),
        .positions = {"groups", "a", "b"}};
    c.options.push_back(
        {"form", "choice: twofold | threefold", "twofold", "explained and unexplained, or with interaction"});
    c.options.push_back({"reference", "choice: jann | neumark | cotton | half | a | b | all", "jann",
                         "coefficients that value the drivers; all: one decomposition for each"});
    c.options.push_back({"uncertainty", "choice: means | coefficients", "means",
                         "means: units and their regressors as drawn; coefficients: means taken as given"});
    c.options.push_back({"errors", "choice: cluster | CR2 | CR3", "cluster",
                         "by group, t with the smaller group's clusters less one. CR2: residuals of clusters with "
                         "leverage set right; CR3: each cluster left out (CV3)"});
    return c;
  }();
  return card;
}

Decompositions run_oaxaca(const DecompositionInput& input) {
  const Design& whole = *input.fit->design;
  const AskedOaxaca asked = asked_oaxaca(input.call);
  const TwoGroups groups = two_groups(input, whole);
  check_use(input, whole, groups);
  const AllLevels all = all_levels(input.panel, whole, groups.rows, has_unit_means(*input.fit));
  const Design rows = with_rows(whole, groups.rows);
  const GroupUncertainty uncertainty{asked.means_drawn, asked.leverage};
  const GroupFits fits(input.panel, rows, all, all.fitted, groups, uncertainty);
  if (input.spec.drawn) return asked_parts(input, groups, fits, asked);
  std::map<std::string, GroupNumbers> numbers;
  for (const std::string& reference : kReferences) numbers[reference] = fits.numbers(reference);
  const auto under = [&](bool threefold, const std::string& reference) {
    AskedOaxaca one = asked;
    one.threefold = threefold;
    one.reference = reference;
    return decomposed({input, groups, fits, one, numbers.at(reference)});
  };
  const Decomposition three = under(true, "b");
  std::vector<Decomposition> two;
  for (const std::string& reference : kReferences) two.push_back(under(false, reference));
  std::vector<std::pair<double, double>> explained, unexplained, folds;
  for (const Decomposition& d : two) {
    explained.push_back(summed(d, "explained"));
    unexplained.push_back(summed(d, "unexplained"));
  }
  Names fold_names;
  for (const GroupPart& part : group_parts(true)) {
    fold_names.push_back(part.name);
    folds.push_back(summed(three, part.name));
  }
  const bool factors = std::find(all.level.begin(), all.level.end(), true) != all.level.end();
  const std::unique_ptr<const GroupFits> again =
      factors ? std::make_unique<const GroupFits>(input.panel, rows, all, all.general, groups, uncertainty) : nullptr;
  const Overlap overlap = overlap_of(fits);
  const auto complete = [&](Decomposition d, const std::string& reference) {
    AskedOaxaca one = asked;
    one.reference = reference;
    const Context context{input, groups, fits, one, numbers.at(reference)};
    add_detail(d, context, overlap);
    note_overlap(d.notes, fits, overlap);
    tell_groups(d, input.spec, rows, groups,
                !asked.leverage.empty() ? kDescribe : "use errors = CR3, which leaves each unit out");
    add_explained_variance(d, *input.fit);
    add_table(d, "reference", "explained_under", kReferences, explained, "explained part under each reference");
    add_table(d, "reference", "unexplained_under", kReferences, unexplained, "unexplained part under each reference");
    add_table(d, "fold", "threefold", fold_names, folds, "parts of the three-fold decomposition");
    add_extra(d, "cotton_share_a", fits.mass_share(), "share of " + groups.a + " in Cotton's reference");
    const double difference = again ? base_difference(d, context, *again) : 0;
    add_extra(d, "base_difference", difference, "largest change of a part when other levels are left out", d.unit);
    if (difference > kBaseTolerance * std::max(1.0, rows.y.cwiseAbs().maxCoeff()))
      d.notes.push_back({"oaxaca.base", "parts change by up to " + significant(difference, 3) +
                                            " when the regressions leave other levels out; read the sums over drivers, "
                                            "not the single parts"});
    return d;
  };
  Decompositions results;
  for (const AskedOaxaca& one : asked_one_by_one(asked)) {
    const auto at = std::find(kReferences.begin(), kReferences.end(), one.reference) - kReferences.begin();
    results.push_back(complete(asked.threefold ? three : two[static_cast<std::size_t>(at)], one.reference));
  }
  return results;
}

}  // namespace headwater
