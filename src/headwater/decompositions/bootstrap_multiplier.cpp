// θ*_b = θ + √c Σ_g w_bg ψ_g for all b at once: weights (B × G) times influence (G × K). The studentised replicate has
// variance c (Σ_g w²ψ² − (Σ_g wψ)²/G). A component's own noise adds an independent normal draw.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr Index kBlock = 64;                   // replicates a block: fixed, so that threads change no bit
constexpr std::uint32_t kNoise = 0x6e6f6973u;  // stream of the noise, apart from those of clusters
constexpr double kIdentity = 1e-10;            // of the largest influence moved

double weight(const std::string& kind, RandomStream random) {
  if (kind == "normal") return random.normal();
  if (kind == "rademacher") return random.below(2) == 0 ? -1 : 1;
  static const double webb[] = {-std::sqrt(1.5), -1, -std::sqrt(0.5), std::sqrt(0.5), 1, std::sqrt(1.5)};
  return webb[random.below(6)];
}

void refuse_rule(const Decomposition& d) {
  const MethodCall& rule = d.inference.rule;
  const bool one_way = gathers(rule) == Gathers::clusters && d.atoms.clusters.size() == 1;
  if (one_way || gathers(rule) == Gathers::rows) return;
  throw Error(ErrorKind::usage, "bootstrap.rule",
              "the multiplier bootstrap draws one weight for each independent cluster, which the rule " + rule.text +
                  " does not have; use covariance = cluster(one column) or robust",
              {.key = "bootstrap"});
}

Matrix root_of(const Matrix& covariance) {
  const SymmetricEigen eigen = symmetric_eigen(covariance);
  return eigen.vectors * eigen.values.cwiseMax(0).cwiseSqrt().asDiagonal();
}

}  // namespace

BootstrapDraws multiplier_draws(const Decomposition& d, const MethodCall& bootstrap) {
  refuse_rule(d);
  const Index B = bootstrap.integer("draws", 999), m = d.estimates.values.size(), G = d.estimates.influence.rows();
  const std::string kind = bootstrap.get("weights", "webb");
  const double root = std::sqrt(d.estimates.factor);
  Matrix psi(G, m + 1);
  psi.leftCols(m) = root * d.estimates.influence * d.estimates.jacobian.transpose();
  psi.col(m) = d.additive ? Vector(root * d.total_influence) : Vector::Zero(G);
  const Matrix squares = psi.leftCols(m).cwiseAbs2();
  const bool noisy = d.estimates.noise.size() > 0;
  const Matrix noise_root = noisy ? root_of(d.estimates.noise) : Matrix();
  BootstrapDraws draws{Matrix(B, m), Matrix(B, m), Vector(B), {}};
  parallel_for(static_cast<std::size_t>((B + kBlock - 1) / kBlock), [&](std::size_t block) {
    const Index first = static_cast<Index>(block) * kBlock, rows = std::min(kBlock, B - first);
    Matrix w(rows, G);
    for (Index b = 0; b < rows; ++b)
      for (Index g = 0; g < G; ++g)
        w(b, g) = weight(
            kind, RandomStream(d.inference.seed, static_cast<std::uint32_t>(first + b), static_cast<std::uint32_t>(g)));
    const Matrix moved = w * psi;
    Matrix variance = w.cwiseAbs2() * squares - moved.leftCols(m).cwiseAbs2() / static_cast<double>(G);
    draws.values.middleRows(first, rows) = moved.leftCols(m).rowwise() + d.estimates.values.transpose();
    draws.totals.segment(first, rows) = moved.col(m).array() + d.total;
    if (noisy) variance.rowwise() += d.estimates.noise.diagonal().transpose();
    draws.std_errors.middleRows(first, rows) = variance.cwiseMax(0).cwiseSqrt();
    for (Index b = 0; noisy && b < rows; ++b) {
      RandomStream random(d.inference.seed, static_cast<std::uint32_t>(first + b), kNoise);
      Vector z(noise_root.cols());
      for (Index j = 0; j < z.size(); ++j) z(j) = random.normal();
      const Vector own = noise_root * z;
      draws.values.row(first + b) += own.transpose();
      draws.totals(first + b) += own.sum();
    }
  });
  if (!d.additive) return draws;
  const double scale = d.tolerance + kIdentity * psi.cwiseAbs().colwise().sum().maxCoeff();
  if (const double gap = (draws.values.rowwise().sum() - draws.totals).cwiseAbs().maxCoeff(); gap > scale)
    throw Error(ErrorKind::numerical, "bootstrap.identity",
                "a replicate of " + d.call + " misses its own total by " + significant(gap, 3) +
                    "; nothing of the bootstrap is shown, please report it with the data");
  return draws;
}

}  // namespace headwater
