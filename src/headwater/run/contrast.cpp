// Question: is one component larger than another, within a decomposition, between methods or between fits?
// Value g'θ with θ the components named. Within one decomposition its stored covariance answers: g'Vg. Across several,
// each with influence ψ_d = ψ J'g on the same atoms and a scalar factor c_d, the variance is meat(Σ_d √c_d ψ_d): every
// decomposition keeps its own variance, and the covariance between two has √(c_a c_b). No other software gives the
// covariance between decompositions.
#include "headwater/run/contrast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/covariance.hpp"
#include "headwater/decompositions/intervals.hpp"
#include "headwater/run/contrast_question.hpp"

namespace headwater {
namespace {

using Part = ContrastQuestion::Part;
constexpr double kSkewed = 1e-6;    // of the reach: ends that are not symmetric
constexpr double kOwnNoise = 1e-8;  // of the variance: beyond what influence explains

void refuse_what_has_no_error(const Part& part) {
  const auto& known = integers(*part.decomposition.node, "estimable");
  const Names& names = labels(*part.decomposition.node, "component");
  for (std::size_t i = 0; i < known.size(); ++i)
    if (part.gradient(static_cast<Index>(i)) != 0 && known[i] == 0)
      throw Error(
          ErrorKind::usage, "contrast.not_estimable",
          "the uncertainty of " + names[i] + " in " + part.decomposition.path +
              " is not estimable, so neither is that of the contrast; its frame and notes say why and what to do");
}

double own_variance(const Part& part) {
  const auto& V = numbers(*part.decomposition.node, "covariance");
  const auto m = static_cast<std::size_t>(part.gradient.size());
  double variance = 0;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < m; ++j)
      if (const double g = part.gradient(static_cast<Index>(i)) * part.gradient(static_cast<Index>(j)); g != 0)
        variance += g * V[i * m + j];
  return variance;
}

// Influence of each atom on the part's share of the contrast, with the root of its factor.
Vector influence_of(const Part& part) {
  const Tree& node = *part.decomposition.node;
  const auto atoms = static_cast<Index>(labels(node, "atom").size()),
             basis = static_cast<Index>(labels(node, "basis").size()), m = part.gradient.size();
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> psi(numbers(node, "influence").data(), atoms, basis),
      jacobian(numbers(node, "jacobian").data(), m, basis);
  return std::sqrt(scalar(node, "factor")) * (psi * (jacobian.transpose() * part.gradient));
}

Atoms atoms_of(const Tree& node, const MethodCall& rule) {
  Atoms atoms;
  const Names& ways = labels(node, "way");
  atoms.n = static_cast<Index>(labels(node, "atom").size());
  const auto& codes = integers(node, "atom_group");
  for (std::size_t w = 0; w < ways.size(); ++w) {
    Grouping group{.name = ways[w], .code = {}, .count = 0, .labels = {}};
    for (Index i = 0; i < atoms.n; ++i) {
      const auto code = static_cast<std::int32_t>(codes[static_cast<std::size_t>(i) * ways.size() + w]);
      group.code.push_back(code);
      group.count = std::max(group.count, code + 1);
    }
    for (std::int32_t c = 0; c < group.count; ++c) group.labels.push_back(std::to_string(c));
    atoms.clusters.push_back(std::move(group));
  }
  if (ways.empty()) return atoms;
  const Gathers what = gathers(rule);
  if (what != Gathers::clusters) atoms.time = atoms.clusters.front();
  if (what != Gathers::clusters && ways.size() == 2) atoms.unit = atoms.clusters.back();
  if (what == Gathers::clusters && ways.size() == 1) atoms.unit = atoms.clusters.front();
  return atoms;
}

void refuse_other_rules(const Part& first, const Part& other) {
  const std::string a = text_attribute(*first.decomposition.node, "rule"),
                    b = text_attribute(*other.decomposition.node, "rule");
  if (a != b)
    throw Error(ErrorKind::usage, "contrast.rule",
                first.decomposition.path + " has the covariance rule " + a + " but " + other.decomposition.path +
                    " has " + b + ", so they have no joint covariance; run both under one rule");
}

// Result files hold which rows go together, not how far apart they lie.
void refuse_distances(const Part& first, const MethodCall& rule) {
  if (gathers(rule) == Gathers::places)
    throw Error(ErrorKind::usage, "contrast.places",
                first.decomposition.path + " has the covariance rule " + rule.text +
                    ", which goes by where rows lie, and a result file does not hold that; run both under a cluster "
                    "rule, as of the areas around the places");
}

void refuse_without_influence(const Part& part) {
  const std::string kind = text_attribute(*part.decomposition.node, "kind");
  if (kind != "influence")
    throw Error(ErrorKind::usage, "contrast.no_influence",
                part.decomposition.path + " states its uncertainty as " + kind +
                    ", which has no covariance with other decompositions; compare components of decompositions with "
                    "influence");
}

// A single unit's own noise and the iid rule are not sums over atoms: their covariance across decompositions is
// unknown.
void refuse_own_noise(const Part& part, const MethodCall& rule, const Atoms& atoms) {
  const double from_influence = meat(rule, influence_of(part), atoms)(0, 0), stored = own_variance(part);
  if (gathers(rule) == Gathers::nothing ||
      std::abs(stored - from_influence) > kOwnNoise * std::max(stored, from_influence))
    throw Error(ErrorKind::usage, "contrast.no_influence",
                "the uncertainty of " + part.decomposition.path +
                    " is more than influence on rows (the iid rule, or a unit's own noise), so its covariance with "
                    "other decompositions is not known; use a cluster rule or compare within it");
}

std::string beginning(const std::string& hash) { return hash.substr(0, 12); }

// Position of the first part's atoms among the other's.
std::vector<Index> aligned(const Part& first, const Part& other) {
  const Names &ours = labels(*first.decomposition.node, "atom"), &theirs = labels(*other.decomposition.node, "atom");
  const std::string a = text_attribute(*first.decomposition.node, "sample_hash"),
                    b = text_attribute(*other.decomposition.node, "sample_hash");
  std::vector<Index> position;
  if (a == b && ours == theirs) {
    for (std::size_t i = 0; i < ours.size(); ++i) position.push_back(static_cast<Index>(i));
    return position;
  }
  std::map<std::string, Index> where;
  for (std::size_t i = 0; i < theirs.size(); ++i) where.emplace(theirs[i], static_cast<Index>(i));
  std::string lost = where.size() < theirs.size() ? "rows without keys" : "";
  for (const std::string& label : ours) {
    const auto found = where.find(label);
    if (found == where.end() && lost.empty()) lost = "'" + label + "'";
    position.push_back(found == where.end() ? -1 : found->second);
  }
  if (lost.empty() && ours.size() == theirs.size()) return position;
  if (lost.empty()) lost = "some of " + other.decomposition.path;
  throw Error(ErrorKind::usage, "contrast.sample",
              first.decomposition.path + " (sample " + beginning(a) + ") and " + other.decomposition.path +
                  " (sample " + beginning(b) + ") come from different samples whose clusters do not match: " + lost +
                  (lost.front() == '\'' ? " is in the first alone" : "") + "; run both with sample = common");
}

double joint_variance(const ContrastQuestion& question, Notes& notes) {
  const Part& first = question.parts.front();
  const MethodCall rule = parse_method_call(text_attribute(*first.decomposition.node, "rule"));
  refuse_distances(first, rule);
  const Atoms atoms = atoms_of(*first.decomposition.node, rule);
  Vector sum = Vector::Zero(atoms.n);
  bool other_sample = false, other_factor = false, other_unit = false;
  for (const Part& part : question.parts) {
    refuse_other_rules(first, part);
    refuse_without_influence(part);
    const std::vector<Index> position = aligned(first, part);
    const Vector psi = influence_of(part);
    Vector own(atoms.n);
    for (Index i = 0; i < atoms.n; ++i) own(i) = psi(position[static_cast<std::size_t>(i)]);
    refuse_own_noise(part, rule, atoms_of(*part.decomposition.node, rule));
    sum += own;
    const auto differs = [&](const char* key) {
      return text_attribute(*first.decomposition.node, key) != text_attribute(*part.decomposition.node, key);
    };
    other_sample |= differs("sample_hash");
    other_unit |= differs("unit");
    other_factor |= scalar(*first.decomposition.node, "factor") != scalar(*part.decomposition.node, "factor");
  }
  if (other_sample)
    notes.push_back({"contrast.samples", "the decompositions used different rows of the same clusters"});
  if (other_unit && !question.shares)
    notes.push_back({"contrast.units", "the components compared are in different units"});
  if (other_factor)
    notes.push_back({"contrast.factors",
                     "the decompositions have different small-sample factors: each keeps its own, and the covariance "
                     "between two has the root of their product"});
  return meat(rule, sum, atoms)(0, 0);
}

double smallest(const ContrastQuestion& question, const char* name) {
  double least = std::numeric_limits<double>::infinity();
  for (const Part& part : question.parts) least = std::min(least, scalar(*part.decomposition.node, name));
  return least;
}

// A single component keeps the interval it has in its decomposition, which is skewed for a product near zero; what has
// several has estimate ± reach.
Interval interval_of(const ContrastQuestion& question, double reach, Notes& notes) {
  const Interval symmetric{question.value - reach, question.value + reach};
  const Part& part = question.parts.front();
  const bool single = question.parts.size() == 1 && (part.gradient.array() != 0).count() == 1;
  if (!single || question.shares) return symmetric;
  Index at = 0;
  part.gradient.cwiseAbs().maxCoeff(&at);
  const Tree& node = *part.decomposition.node;
  const double weight = part.gradient(at);
  const auto moved = [&](const char* name) {
    const auto component = static_cast<std::size_t>(at);
    return question.value + weight * (numbers(node, name)[component] - numbers(node, "estimate")[component]);
  };
  const Interval own{moved(weight > 0 ? "conf_low" : "conf_high"), moved(weight > 0 ? "conf_high" : "conf_low")};
  if (std::abs(own.low - symmetric.low) + std::abs(own.high - symmetric.high) > kSkewed * reach)
    notes.push_back({"contrast.skewed",
                     "the component is a product of estimates near zero: the interval is that of its decomposition and "
                     "not symmetric; read it rather than the p value"});
  return own;
}

void describe_parts(Tree& tree, const ContrastQuestion& question) {
  Names index, paths, components;
  std::vector<double> weights;
  for (const Part& part : question.parts)
    for (Index i = 0; i < part.gradient.size(); ++i)
      if (part.gradient(i) != 0) {
        index.push_back(std::to_string(index.size() + 1));
        paths.push_back(part.decomposition.path);
        components.push_back(labels(*part.decomposition.node, "component")[static_cast<std::size_t>(i)]);
        weights.push_back(part.gradient(i));
      }
  tree.axis("part", index, "components in the contrast");
  tree.text("part_decomposition", "part", paths, "decomposition");
  tree.text("part_component", "part", components, "component");
  tree.vector("part_weight", "part", Eigen::Map<const Vector>(weights.data(), static_cast<Index>(weights.size())),
              "weight");
}

void refuse_what_cancels(const ContrastQuestion& question, const std::string& text) {
  for (const Part& part : question.parts)
    if (!part.gradient.isZero(0)) return;
  throw Error(ErrorKind::usage, "contrast.empty",
              "in the contrast '" + text +
                  "' every component cancels, so nothing is left to compare; name two different components");
}

}  // namespace

Tree contrast(const Tree& result, const std::string& text) {
  const ContrastQuestion question = parse_contrast(result, text);
  refuse_what_cancels(question, text);
  for (const Part& part : question.parts) {
    refuse_what_has_no_error(part);
    if (const std::string kind = text_attribute(*part.decomposition.node, "kind"); kind == "set")
      refuse_without_influence(part);
  }
  Notes notes;
  const double variance =
      question.parts.size() == 1 ? own_variance(question.parts.front()) : joint_variance(question, notes);
  if (question.shares)
    notes.push_back({"contrast.shares", "shares are ratios: their errors are first-order (delta method)"});
  const Tree& first = *question.parts.front().decomposition.node;
  const double level = number_attribute(first, "level"), df = smallest(question, "df");
  const double error = std::sqrt(std::max(0.0, variance)), reach = student_quantile(0.5 + level / 2, df) * error;
  const Interval interval = interval_of(question, reach, notes);
  const double statistic = error > 0 ? question.value / error : std::nan("");
  const std::string unit = question.shares ? "1" : text_attribute(first, "unit");
  Tree tree;
  tree.name = "contrast";
  tree.attribute("contrast", text);
  tree.attribute("hypothesis", text.find('=') == std::string::npos ? text + " = 0" : text);
  tree.attribute("rule", text_attribute(first, "rule"));
  tree.attribute("unit", unit);
  tree.attribute("level", level);
  tree.scalar("estimate", question.value, "left-hand side less right-hand side", unit);
  tree.scalar("std_error", error, "standard error from the joint influence", unit);
  tree.scalar("statistic", statistic, "estimate by standard error");
  tree.scalar("df", df, "degrees of freedom (infinite: normal)", "degrees of freedom");
  tree.scalar("p_value", std::isfinite(statistic) ? student_two_sided(statistic, df) : std::nan(""), "two-sided");
  tree.scalar("conf_low", interval.low, "lower end of the interval", unit);
  tree.scalar("conf_high", interval.high, "upper end of the interval", unit);
  describe_parts(tree, question);
  merge(tree, describe(notes));
  return tree;
}

}  // namespace headwater
