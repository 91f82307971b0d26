// Question: how many clusters carry this coefficient? With x̃B the part of the regressor that decides the coefficient
// (or a combination of them), s_g = Σ_{i∈g} w (x̃B)² and the effective number (Σ s)²/Σ s². Clustered errors rely on
// sums over many clusters of about equal weight; where one or two carry nearly all, they are far too small whatever the
// number of clusters (Carter, Schnepel and Steigerwald 2017, eq. 5, with their Γ left out; MacKinnon and Webb 2017 for
// few treated clusters).
#include "headwater/covariances/carriers.hpp"

#include "headwater/covariances/rules.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kHandful = 5;

std::vector<const Grouping*> counted_groups(const Fit& fit, const MethodCall& rule) {
  switch (gathers(rule)) {
    case Gathers::clusters: return cluster_groupings(rule, fit.atoms);
    case Gathers::periods: return {&fit.atoms.time};
    case Gathers::series_and_periods: return {&fit.atoms.unit, &fit.atoms.time};
    default: break;
  }
  return fit.atoms.unit.count > 1 ? std::vector<const Grouping*>{&fit.atoms.unit} : std::vector<const Grouping*>{};
}

std::string plural(const Grouping* groups, const Atoms& atoms) {
  if (!groups) return "rows";
  if (groups->name == atoms.unit.name) return "units";
  if (groups->name == atoms.time.name) return "periods";
  return "clusters of " + groups->name;
}

// Sums of squares by group, or the squares of rows where nothing groups them, as carriers of each column.
std::vector<Carriers> among(const Matrix& sums, const Grouping* groups, const Atoms& atoms) {
  std::vector<Carriers> result;
  for (Index j = 0; j < sums.cols(); ++j) {
    Carriers own{.of = plural(groups, atoms), .all = sums.rows(), .heaviest = {}};
    const double all = sums.col(j).sum();
    if (all > 0) {
      Index most = 0;
      own.share = sums.col(j).maxCoeff(&most) / all;
      own.effective = all * all / sums.col(j).squaredNorm();
      own.heaviest = groups ? groups->labels[static_cast<std::size_t>(most)] : std::to_string(most + 1);
    }
    result.push_back(std::move(own));
  }
  return result;
}

}  // namespace

bool is_handful(const Carriers& carriers) {
  return carriers.effective < kHandful && carriers.effective < 0.5 * static_cast<double>(carriers.all);
}

std::vector<Carriers> carriers_of(const Fit& fit, const MethodCall& rule, const Matrix& contrasts) {
  const Matrix* columns = moving_columns(fit);
  if (!columns) return std::vector<Carriers>(static_cast<std::size_t>(contrasts.cols()));
  Matrix squares = (*columns * (fit.bread * contrasts)).cwiseAbs2();
  if (fit.weights.size() > 0) squares.array().colwise() *= fit.weights.array();
  const std::vector<const Grouping*> ways = counted_groups(fit, rule);
  if (ways.empty()) return among(squares, nullptr, fit.atoms);
  std::vector<Carriers> fewest;
  for (const Grouping* way : ways) {
    std::vector<Carriers> own = among(sums_by(squares, *way), way, fit.atoms);
    if (fewest.empty()) fewest = own;
    for (std::size_t j = 0; j < own.size(); ++j)
      if (own[j].effective < fewest[j].effective) fewest[j] = own[j];
  }
  return fewest;
}

}  // namespace headwater
