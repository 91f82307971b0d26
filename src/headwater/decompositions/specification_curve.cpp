// Question: how far does an attribution rest on choices that could have been made otherwise? Every specification is the
// declared one with a single choice changed (or, with drivers = subsets, every set of the other drivers): a driver
// group or one of its terms left out, one value of a column (split), another outcome. All are fitted on the declared
// rows (one sample hash, identity I17; splits and outcomes use their part of it), and the target - a component of the
// decomposition `of`, or a coefficient - is read off each. Joint inference from the influence of every specification on
// the same clusters: simultaneous bands, and under the null of no association anywhere the chance of a median, of a
// share with one sign and of a largest |t| like those seen (Simonsohn, Simmons and Nelson 2020, with draws from the
// joint normal in place of permutations). Other covariance rules change errors only and stand in a table of their own.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/progress.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/decompositions/specification_choices.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr int kNullDraws = 9999;
constexpr std::uint32_t kNullStream = 0x73706563u;

struct SpecificationAnswer {
  double value = 0, error = 0, factor = 1, df = 0;
  Index rows = 0;
  Vector influence;  // by cell of the declared specification
  std::string failure;
};

// Whatever is left out or exchanged, the declared rows are kept.
Spec with_declared_rows(Spec spec) {
  spec.also_required.push_back(spec.formula.outcome);
  for (const Term& term : spec.formula.terms)
    for (const ExpressionPtr& factor : term.factors) spec.also_required.push_back(factor);
  return spec;
}

class Curve {
 public:
  explicit Curve(const DecompositionInput& input) : input_(input), declared_(with_declared_rows(input.spec)) {
    const std::string of = input.call.get("of", "change");
    target_ = input.call.get("component", input.call.get("term"));
    coefficient_ = input.call.has("term");
    if (target_.empty() || (coefficient_ && input.call.has("component")))
      throw Error(ErrorKind::usage, "decomposition.option",
                  "specification_curve needs its target: component, a part of the decomposition of, or term, a "
                  "coefficient",
                  {.key = "component"});
    if (!coefficient_) {
      of_ = parse_method_call(of);
      const DecompositionRow& method = decomposition(of_.method);
      of_ = named(std::move(of_), method.card);
      if (method.needs == Needs::panel || !method.no_bootstrap.empty())
        throw Error(ErrorKind::usage, "decomposition.option",
                    "specification_curve cannot repeat " + of_.method + "; name a decomposition of one fit in of",
                    {.key = "of"});
    }
  }

  std::vector<SpecificationChoice> choices() const { return specification_choices(input_, declared_, target_); }

  SpecificationAnswer answer(const SpecificationChoice& choice, const std::map<std::string, Index>& cells) const {
    SpecificationAnswer a;
    const bool declared = choice.kind == "declared";
    Fit own;
    if (!declared) {
      Spec spec = choice.spec;
      own = estimate(input_.panel, std::make_shared<const Design>(make_design(input_.panel, spec)));
    }
    const Fit& fit = declared ? *input_.fit : own;
    const Covariance rule = declared ? *input_.covariance : covariance(fit);
    const Decomposition d = item(choice.spec, fit, rule);
    const auto found = std::find(d.estimates.names.begin(), d.estimates.names.end(), target_);
    if (found == d.estimates.names.end())
      throw Error(ErrorKind::usage, "decomposition.no_term",
                  "the target '" + target_ + "' is not among " + joined(d.estimates.names, ", "), {.key = "component"});
    const auto i = found - d.estimates.names.begin();
    a.value = d.estimates.values(i);
    a.error = std::sqrt(std::max(0.0, d.covariance(i, i)));
    a.factor = d.estimates.factor;
    a.df = d.inference.df;
    a.rows = fit.design->n();
    const Vector psi = d.estimates.influence * d.estimates.jacobian.row(i).transpose();
    a.influence = Vector::Zero(static_cast<Index>(cells.size()));
    for (Index c = 0; c < psi.size(); ++c) a.influence(cells.at(key(d, fit, c))) += std::sqrt(a.factor) * psi(c);
    return a;
  }

  std::map<std::string, Index> cells() const {
    const Decomposition d = item(declared_, *input_.fit, *input_.covariance);
    std::map<std::string, Index> all;
    for (Index c = 0; c < d.estimates.influence.rows(); ++c) all.emplace(key(d, *input_.fit, c), c);
    return all;
  }

  Decomposition item(const Spec& spec, const Fit& fit, const Covariance& rule) const {
    if (coefficient_) {
      const MethodCall call{.method = "specification_curve", .arguments = {{"term", target_}}, .text = {}};
      const DecompositionInput input{input_.panel, spec, call, &fit, &rule};
      return coefficient_items(input, asked_coefficients(input));
    }
    const Decompositions all = run_method(decomposition(of_.method), {input_.panel, spec, of_, &fit, &rule});
    return all.front();
  }

  const std::string& target() const { return target_; }
  std::string of() const { return coefficient_ ? "coefficients" : of_.text; }

 private:
  // Clusters are the same by their labels, rows by their place in the panel.
  static std::string key(const Decomposition& d, const Fit& fit, Index cell) {
    const auto at = static_cast<std::size_t>(cell);
    if (gathers(d.inference.rule) != Gathers::clusters) return std::to_string(fit.design->rows[at]);
    std::string name;
    for (const Grouping& way : d.atoms.clusters) name += way.labels[static_cast<std::size_t>(way.code[at])] + '\n';
    return name;
  }

  const DecompositionInput& input_;
  Spec declared_;
  std::string target_;
  bool coefficient_ = false;
  MethodCall of_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

struct Statistics {
  double median, one_sign, largest_t;
};

Statistics statistics(const Vector& values, const Vector& errors) {
  Statistics s{median({values.data(), values.data() + values.size()}), 0, 0};
  double positive = 0;
  for (Index i = 0; i < values.size(); ++i) {
    positive += values(i) > 0 ? 1 : 0;
    if (errors(i) > 0) s.largest_t = std::max(s.largest_t, std::abs(values(i)) / errors(i));
  }
  const double share = positive / static_cast<double>(values.size());
  s.one_sign = std::max(share, 1 - share);
  return s;
}

// How often a joint normal around zero with the specifications' covariance gives as much.
void add_joint_inference(Decomposition& d) {
  const Vector errors = d.covariance.diagonal().cwiseMax(0).cwiseSqrt();
  const Statistics seen = statistics(d.estimates.values, errors);
  const SymmetricEigen eigen = symmetric_eigen(d.covariance);
  const Matrix root = eigen.vectors * eigen.values.cwiseMax(0).cwiseSqrt().asDiagonal();
  double median_count = 1, sign_count = 1, t_count = 1;
  Vector z(root.cols());
  for (int draw = 0; draw < kNullDraws; ++draw) {
    RandomStream random(d.inference.seed, static_cast<std::uint32_t>(draw), kNullStream);
    for (Index j = 0; j < z.size(); ++j) z(j) = random.normal();
    const Statistics null = statistics(root * z, errors);
    median_count += std::abs(null.median) >= std::abs(seen.median) ? 1 : 0;
    sign_count += null.one_sign >= seen.one_sign ? 1 : 0;
    t_count += null.largest_t >= seen.largest_t ? 1 : 0;
  }
  ExtraTable table("joint", "All specifications together, against no association in any of them",
                   {"median estimate", "share with one sign", "largest |t|"});
  table.numbers("value", {seen.median, seen.one_sign, seen.largest_t}, "as seen")
      .numbers("p_value", {median_count / (kNullDraws + 1), sign_count / (kNullDraws + 1), t_count / (kNullDraws + 1)},
               "chance of as much under the null, from the joint covariance");
  table.add_to(d);
}

void add_rules(Decomposition& d, const DecompositionInput& input, const Curve& curve, const Spec& declared) {
  Names rules = {"iid", "robust"};
  if (input.fit->atoms.unit.count > 1) rules.push_back("cluster(" + quoted_name(input.fit->atoms.unit.name) + ")");
  if (input.fit->atoms.time.count > 3) rules.emplace_back("driscoll_kraay");
  Names rows, rule_text, profile;
  std::vector<double> error, p;
  for (const std::string& text : rules)
    for (const std::string own : {"fixest", "none"}) {
      try {
        const Covariance rule = covariance(*input.fit, parse_method_call(text), own);
        const Decomposition at = curve.item(declared, *input.fit, rule);
        const auto i = std::find(at.estimates.names.begin(), at.estimates.names.end(), curve.target()) -
                       at.estimates.names.begin();
        if (!(at.covariance(i, i) > 0)) continue;
        error.push_back(std::sqrt(at.covariance(i, i)));
        p.push_back(student_two_sided(at.estimates.values(i) / error.back(), at.inference.df));
        rule_text.push_back(rule.text);
        profile.push_back(own);
        rows.push_back(rule.text + ", " + own);
      } catch (const Error& refused) {
        if (refused.kind() == ErrorKind::internal) throw;
      }
    }
  ExtraTable table("rule", "The declared specification under other covariance rules and small-sample profiles", rows);
  table.texts("covariance", rule_text, "covariance rule")
      .texts("profile", profile, "small-sample profile")
      .numbers("std_error", error, "standard error", d.unit)
      .numbers("p_value", p, "of no association");
  table.add_to(d);
}

}  // namespace

const MethodCard& specification_curve_card() {
  static const MethodCard card{
      .name = "specification_curve",
      .kind = "decomposition",
      .question = "How far does an attribution rest on choices that could have been made otherwise?",
      .avoid = "Not as a vote: specifications that leave out what belongs in the model are no evidence against it.",
      .reference = "Simonsohn, Simmons and Nelson (2020), with joint influence",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"of", "method(options)", "change", "the decomposition that the component is a part of"},
                  {"component", "text", "", "the target, such as capital"},
                  {"term", "text", "", "or a coefficient as the target"},
                  {"drivers", "choice: one | subsets", "one",
                   "leave the others out one at a time, or every set of them"},
                  {"split", "text", "", "column: every value of it alone"},
                  {"outcome", "text", "", "other outcomes, separated by semicolons"}},
      .positions = {"of", "component"}};
  return card;
}

Decompositions run_specification_curve(const DecompositionInput& input) {
  const Curve curve(input);
  const std::vector<SpecificationChoice> choices = curve.choices();
  const std::map<std::string, Index> cells = curve.cells();
  std::vector<SpecificationAnswer> answers(choices.size());
  Stage stage("specification curve", choices.size());
  parallel_for(choices.size(), [&](std::size_t s) {
    try {
      answers[s] = curve.answer(choices[s], cells);
    } catch (const Error& error) {
      if (s == 0 || error.kind() == ErrorKind::internal) throw;
      answers[s].failure = error.message();
    }
    stage.advance();
  });
  const Decomposition declared = curve.item(choices.front().spec, *input.fit, *input.covariance);
  Decomposition d;
  d.method = "specification_curve";
  d.call = input.call.text;
  d.additive = false;
  d.unit = declared.unit;
  d.frame = declared.frame;
  d.sample_hash = declared.sample_hash;
  d.not_identified = declared.not_identified;
  d.notes = declared.notes;
  d.choices = {{"of", curve.of()}, {"target", curve.target()}};
  d.question = "How far does " + curve.target() + " in " + curve.of() +
               " rest on choices that could have been made "
               "otherwise?";
  Inference inference = declared.inference;
  inference.factor = 1;  // every specification's own is in its influence already
  Names kind;
  std::vector<double> rows;
  std::vector<Vector> influence;
  std::vector<double> values;
  for (std::size_t s = 0; s < choices.size(); ++s) {
    if (!answers[s].failure.empty()) {
      d.notes.push_back({"specification_curve.failed", choices[s].label + ": " + answers[s].failure});
      continue;
    }
    d.estimates.names.push_back(choices[s].label);
    values.push_back(answers[s].value);
    influence.push_back(answers[s].influence);
    kind.push_back(choices[s].kind);
    rows.push_back(static_cast<double>(answers[s].rows));
    inference.df = std::min(inference.df, answers[s].df);
  }
  const auto S = static_cast<Index>(values.size());
  d.estimates.values = Eigen::Map<const Vector>(values.data(), S);
  d.estimates.influence.resize(static_cast<Index>(cells.size()), S);
  for (Index s = 0; s < S; ++s) d.estimates.influence.col(s) = influence[static_cast<std::size_t>(s)];
  d.estimates.jacobian = Matrix::Identity(S, S);
  if (gathers(inference.rule) == Gathers::nothing)
    d.notes.push_back({"specification_curve.iid", "specifications have no joint covariance under iid: robust is used"});
  finish(d, inference, declared.atoms, Vector(), 1);
  ExtraTable table("specification", "The specifications: one choice changed at a time", d.estimates.names);
  table.texts("kind", kind, "what was changed").numbers("rows", rows, "rows used", "rows");
  table.add_to(d);
  add_joint_inference(d);
  add_rules(d, input, curve, choices.front().spec);
  return {std::move(d)};
}

}  // namespace headwater
