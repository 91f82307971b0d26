#include "headwater/decompositions/attribution_script.hpp"

#include <algorithm>

#include "headwater/decompositions/linear_moments.hpp"

namespace headwater {
namespace {

// The means of a contrast, over some columns, as sums by cluster.
class ContrastSums {
 public:
  ContrastSums(const Contrast& contrast, const Matrix& columns, const std::vector<std::int32_t>& cluster,
               Index clusters) {
    for (const Contrast::Mean& mean : contrast.means()) {
      Sums sums{mean.c, Vector::Zero(clusters), Matrix::Zero(clusters, columns.cols())};
      for (Index i = 0; i < columns.rows(); ++i) {
        if (mean.share(i) == 0) continue;
        const Index g = cluster[static_cast<std::size_t>(i)];
        sums.mass(g) += mean.share(i);
        sums.columns.row(g) += mean.share(i) * columns.row(i);
      }
      means_.push_back(std::move(sums));
    }
  }

  struct Drawn {
    Vector values;  // of the columns under the contrast
    Matrix psi;     // clusters × columns
  };
  // None where a mean is over no rows.
  std::optional<Drawn> under(const Vector& counts) const {
    const Matrix& first = means_.front().columns;
    Drawn drawn{Vector::Zero(first.cols()), Matrix::Zero(first.rows(), first.cols())};
    for (const Sums& mean : means_) {
      const double mass = counts.dot(mean.mass);
      if (!(mass > 0)) return std::nullopt;
      const Vector value = mean.columns.transpose() * counts / mass;
      drawn.values += mean.c * value;
      drawn.psi += (mean.c / mass) * (mean.columns - mean.mass * value.transpose());
    }
    return drawn;
  }

 private:
  struct Sums {
    double c;
    Vector mass;     // clusters
    Matrix columns;  // clusters × columns
  };
  std::vector<Sums> means_;
};

using Term = LinearMoments::Term;

struct ScriptStep {
  Index component;   // among those shown; −1: left out
  std::size_t read;  // the contrast's sums
  std::vector<Term> terms;
  std::optional<ContrastSums> share;  // scaled: of the indicator
};

struct Plan {
  std::vector<ContrastSums> sums;  // of each contrast read, over the rows of the fit
  std::vector<ScriptStep> steps;
  std::size_t total;  // among the sums
  Index components;
  bool means_drawn;
};

struct Number {
  double value = 0;
  Vector psi;  // clusters
};

class AttributionReplicates final : public Replicates {
 public:
  AttributionReplicates(std::unique_ptr<const LinearMoments> fit, std::vector<Plan> plans)
      : fit_(std::move(fit)), plans_(std::move(plans)) {}

  std::optional<std::vector<ReplicateAnswer>> under(const Vector& counts) const override {
    const std::optional<LinearMoments::Drawn> fit = fit_->under(counts);
    if (!fit) return std::nullopt;
    std::vector<ReplicateAnswer> answers;
    for (const Plan& plan : plans_) {
      std::optional<ReplicateAnswer> answer = answer_of(plan, *fit, counts);
      if (!answer) return std::nullopt;
      answers.push_back(std::move(*answer));
    }
    return answers;
  }

 private:
  static Number number(const std::vector<Term>& terms, const ContrastSums::Drawn& read, const LinearMoments::Drawn& fit,
                       bool means_drawn) {
    Number result{0, Vector::Zero(read.psi.rows())};
    for (const Term& term : terms) {
      const double level = read.values(term.column), slope = term.theta ? fit.theta(*term.theta) : 1;
      result.value += term.sign * level * slope;
      if (term.theta) result.psi += term.sign * level * fit.psi.col(*term.theta);
      if (means_drawn) result.psi += term.sign * slope * read.psi.col(term.column);
    }
    return result;
  }

  static std::optional<ReplicateAnswer> answer_of(const Plan& plan, const LinearMoments::Drawn& fit,
                                                  const Vector& counts) {
    std::vector<ContrastSums::Drawn> read;
    for (const ContrastSums& sums : plan.sums) {
      std::optional<ContrastSums::Drawn> drawn = sums.under(counts);
      if (!drawn) return std::nullopt;
      read.push_back(std::move(*drawn));
    }
    ReplicateAnswer answer{Vector::Zero(plan.components), Matrix::Zero(counts.size(), plan.components),
                           read[plan.total].values(0)};
    for (const ScriptStep& step : plan.steps) {
      if (step.component < 0) continue;
      Number own = number(step.terms, read[step.read], fit, plan.means_drawn);
      if (step.share) {
        const std::optional<ContrastSums::Drawn> share = step.share->under(counts);
        if (!share) return std::nullopt;
        const double s = share->values(0);
        if (plan.means_drawn) own.psi = s * own.psi + own.value * share->psi.col(0);
        own.value *= s;
      }
      answer.values(step.component) += own.value;
      answer.influence.col(step.component) += own.psi;
    }
    return answer;
  }

  std::unique_ptr<const LinearMoments> fit_;
  std::vector<Plan> plans_;
};

std::vector<Term> terms_of(const AttributionStep& step, const LinearMoments& fit) {
  switch (step.kind) {
    case AttributionStep::Kind::coefficients: return fit.of_coefficients(step.coefficients);
    case AttributionStep::Kind::effects: return fit.of_effects(step.effects);
    default: return fit.of_outcome();
  }
}

// The residual is what the other parts under the same contrast leave of the outcome; those come before it.
Plan plan_of(const AttributionScript& script, const LinearMoments& fit, const std::vector<std::int32_t>& cluster,
             Index clusters) {
  Plan plan{{}, {}, 0, static_cast<Index>(script.components.size()), script.means_drawn};
  std::vector<Term> parts;
  for (std::size_t s = 0; s < script.steps.size(); ++s) {
    const AttributionStep& step = script.steps[s];
    const bool part = step.kind != AttributionStep::Kind::outcome && step.kind != AttributionStep::Kind::scaled;
    if (!part || parts.empty()) plan.sums.emplace_back(step.contrast, fit.rows(), cluster, clusters);
    const auto at = std::find(script.components.begin(), script.components.end(), step.component);
    ScriptStep own{at == script.components.end() ? -1 : at - script.components.begin(), plan.sums.size() - 1,
                   terms_of(step, fit), std::nullopt};
    if (step.kind == AttributionStep::Kind::residual) {
      own.terms.insert(own.terms.end(), parts.begin(), parts.end());
      parts.clear();
    } else if (part) {
      for (Term term : own.terms) {
        term.sign = -term.sign;
        parts.push_back(term);
      }
    }
    if (step.share) own.share.emplace(*step.share, Matrix(step.indicator), cluster, clusters);
    plan.steps.push_back(std::move(own));
  }
  plan.total = plan.sums.size();
  plan.sums.emplace_back(*script.total, fit.rows().leftCols(1), cluster, clusters);
  return plan;
}

}  // namespace

std::unique_ptr<Replicates> attribution_replicates(const Fit& fit, const std::vector<AttributionScript>& scripts,
                                                   const Grouping& clusters) {
  const std::vector<std::int32_t> cluster = clusters_of_rows(clusters, fit.design->rows);
  std::unique_ptr<const LinearMoments> moments = LinearMoments::of(fit, cluster, clusters.count);
  if (!moments) return nullptr;
  std::vector<Plan> plans;
  for (const AttributionScript& script : scripts) plans.push_back(plan_of(script, *moments, cluster, clusters.count));
  return std::make_unique<AttributionReplicates>(std::move(moments), std::move(plans));
}

}  // namespace headwater
