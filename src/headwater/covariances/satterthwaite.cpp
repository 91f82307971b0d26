// Question: how many degrees of freedom has a variance that is a sum of squares over few, unequal clusters?
// The estimate is V = Σ_g (u_g'e_g)², u = A'W X̃ B c, and e = (I − H)y. Under independent errors of one variance it is
// ε'(Σ p_g p_g')ε with p_g = (I − H)_g' u_g, so with P_gh = p_g'p_h
//     df = (Σ_g P_gg)² / Σ_gh P_gh²      (Satterthwaite 1946; Bell and McCaffrey 2002, eq. 11),
// and for q contrasts, scaled so that Σ_g P_gg^st is 1 for s = t and 0 elsewhere,
//     η = q(q + 1) / Σ_gh [(Σ_s P_gh^ss)² + Σ_st P_gh^st P_gh^ts]   (Pustejovsky and Tipton 2018, eq. 13: HTZ).
// With D = [E, X̃], T = D(D'WD)⁻D': (I − H)(I − H)' = I − TW − WT + TW²T. In the coordinates of effects_hat.hpp, a_g on
// the levels of the largest effect and b_g in the basis [F, X̃] with M = diag(S⁻, B), where weights are one,
//     P_gh = [g = h] u_g'u_h − a_g'N⁻¹a_h − b_g'M b_h;
// with weights, a and b of Wu written α and β, K = E₁'W²[F, X̃], N₂ = E₁'W²E₁, G₂ = [F, X̃]'W²[F, X̃], r = β − K'N⁻¹a:
//     P_gh = [g = h] u_g'u_h − a_g'N⁻¹α_h − α_g'N⁻¹a_h + a_g'N⁻¹N₂N⁻¹a_h − b_g'M r_h − r_g'M b_h + b_g'MG₂M b_h.
// P is thus diagonal + sparse + low rank. Few clusters have it entry by entry; many have the sums of its squares from
// the parts. Equals clubSandwich's Satterthwaite and HTZ on explicit dummies to 1e-9.
#include "headwater/covariances/satterthwaite.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/threads.hpp"
#include "headwater/linalg/matrix_power.hpp"

namespace headwater {
namespace {

constexpr std::size_t kFormedClusters = 150;  // whose G × G matrix is formed

struct ClusterImage {
  std::vector<Index> column;    // of the largest effect, level·width + column
  RowMatrix own, own_weighted;  // a, α: column.size() × q
  Matrix squares;               // u'u, q × q
};

// One entry of a row of P's sparse part.
struct Entry {
  std::size_t cluster;
  double value;
};

class Products {
 public:
  Products(const Hat& hat, const Matrix& u, const std::vector<Hat::Block>& clusters)
      : hat_(hat), q_(u.cols()), images_(clusters.size()) {
    const Index pieces = hat.equal_weights() ? 1 : 2, basis = hat.basis();
    rows_.assign(static_cast<std::size_t>(q_), Matrix(static_cast<Index>(clusters.size()), pieces * basis));
    parallel_for(clusters.size(), [&](std::size_t g) { add(g, clusters[g], u(clusters[g].rows, Eigen::all)); });
    find_sharers();
    const Matrix M = hat.solve(Matrix::Identity(basis, basis));
    if (hat.equal_weights()) {
      middle_ = -hat.weights()(0) * M;
      return;
    }
    middle_ = Matrix::Zero(2 * basis, 2 * basis);
    middle_.topLeftCorner(basis, basis) = M * hat.second_rest() * M;
    middle_.topRightCorner(basis, basis) = middle_.bottomLeftCorner(basis, basis) = -M;
  }

  // Σ_g P_gg, q × q.
  Matrix trace() const {
    Matrix sum = Matrix::Zero(q_, q_);
    for (std::size_t g = 0; g < images_.size(); ++g)
      for (Index s = 0; s < q_; ++s)
        for (Index t = 0; t < q_; ++t) {
          const auto at = static_cast<Index>(g);
          sum(s, t) += images_[g].squares(s, t) + sparse(g, g, s, t) +
                       rows_of(s).row(at) * middle_ * rows_of(t).row(at).transpose();
        }
    return sum;
  }

  // Σ_gh (Σ_s P^ss)² + Σ_st P^st P^ts.
  double total_variance() const { return images_.size() <= kFormedClusters ? entry_by_entry() : by_parts(); }

 private:
  const Matrix& rows_of(Index s) const { return rows_[static_cast<std::size_t>(s)]; }

  void add(std::size_t g, const Hat::Block& block, const Matrix& u) {
    const Hat::Image image = hat_.image(block, u);
    ClusterImage& to = images_[g];
    for (const Index level : block.level)
      for (Index c = 0; c < hat_.width(); ++c) to.column.push_back(level * hat_.width() + c);
    to.own = image.own;
    to.squares = u.transpose() * u;
    Matrix low = image.rest;
    if (!hat_.equal_weights()) {
      const Hat::Image weighted = hat_.image(block, hat_.weights()(block.rows).asDiagonal() * u);
      to.own_weighted = weighted.own;
      low.conservativeResize(2 * image.rest.rows(), Eigen::NoChange);
      low.bottomRows(image.rest.rows()) = weighted.rest - hat_.cross(block, hat_.over_norms(block, image.own));
    }
    for (Index s = 0; s < q_; ++s) rows_[static_cast<std::size_t>(s)].row(static_cast<Index>(g)) = low.col(s);
  }

  void find_sharers() {
    sharers_.resize(static_cast<std::size_t>(hat_.inverse_norms().size()));
    for (std::size_t g = 0; g < images_.size(); ++g)
      for (std::size_t l = 0; l < images_[g].column.size(); ++l)
        sharers_[static_cast<std::size_t>(images_[g].column[l])].push_back({g, l});
  }

  // What one column of the largest effect gives P_gh.
  double through(Index column, const ClusterImage& a, Index la, const ClusterImage& b, Index lb, Index s,
                 Index t) const {
    const double inverse = hat_.inverse_norms()(column);
    if (hat_.equal_weights()) return -hat_.weights()(0) * a.own(la, s) * inverse * b.own(lb, t);
    return inverse * (a.own(la, s) * hat_.second_own()(column) * inverse * b.own(lb, t) -
                      a.own(la, s) * b.own_weighted(lb, t) - a.own_weighted(la, s) * b.own(lb, t));
  }

  double sparse(std::size_t g, std::size_t h, Index s, Index t) const {
    const ClusterImage &a = images_[g], &b = images_[h];
    double sum = 0;
    for (std::size_t i = 0, j = 0; i < a.column.size() && j < b.column.size();) {
      if (a.column[i] == b.column[j]) {
        sum += through(a.column[i], a, static_cast<Index>(i), b, static_cast<Index>(j), s, t);
        ++i, ++j;
      } else if (a.column[i] < b.column[j]) {
        ++i;
      } else {
        ++j;
      }
    }
    return sum;
  }

  // Row g of diagonal + sparse.
  std::vector<Entry> sparse_row(std::size_t g, Index s, Index t, std::vector<double>& sum) const {
    const ClusterImage& a = images_[g];
    std::vector<std::size_t> touched = {g};
    sum[g] = a.squares(s, t);
    for (std::size_t l = 0; l < a.column.size(); ++l)
      for (const auto& [h, m] : sharers_[static_cast<std::size_t>(a.column[l])]) {
        if (sum[h] == 0) touched.push_back(h);
        sum[h] += through(a.column[l], a, static_cast<Index>(l), images_[h], static_cast<Index>(m), s, t);
      }
    std::vector<Entry> entries;
    for (const std::size_t h : touched)
      if (sum[h] != 0) {
        entries.push_back({h, sum[h]});
        sum[h] = 0;
      }
    return entries;
  }

  Matrix entries(Index s, Index t) const {
    Matrix P = rows_of(s) * middle_ * rows_of(t).transpose();
    std::vector<double> sum(images_.size(), 0.0);
    for (std::size_t g = 0; g < images_.size(); ++g)
      for (const Entry& entry : sparse_row(g, s, t, sum))
        P(static_cast<Index>(g), static_cast<Index>(entry.cluster)) += entry.value;
    return P;
  }

  double entry_by_entry() const {
    const auto G = static_cast<Index>(images_.size());
    Matrix traces = Matrix::Zero(G, G);
    double sum = 0;
    for (Index s = 0; s < q_; ++s)
      for (Index t = s; t < q_; ++t) {
        const Matrix P = entries(s, t);  // P^ts is its transpose
        sum += (s == t ? 1 : 2) * P.cwiseProduct(P.transpose()).sum();
        if (s == t) traces += P;
      }
    return sum + traces.squaredNorm();
  }

  // ⟨P^st, P^uv⟩ = Σ_gh P^st_gh P^uv_gh of two matrices sparse + Z_s C Z_t'.
  double inner(Index s, Index t, Index u, Index v) const {
    const Matrix &C = middle_, left = rows_of(s).transpose() * rows_of(u), right = rows_of(t).transpose() * rows_of(v);
    double sum = (C.transpose() * left * C).cwiseProduct(right).sum();
    const Matrix Zt = rows_of(t) * C.transpose(), Zv = rows_of(v) * C.transpose();
    std::vector<double> first(images_.size(), 0.0), second(images_.size(), 0.0);
    for (std::size_t g = 0; g < images_.size(); ++g) {
      const auto at = static_cast<Index>(g);
      const std::vector<Entry> one = sparse_row(g, s, t, first), two = sparse_row(g, u, v, second);
      for (const Entry& entry : one) first[entry.cluster] = entry.value;
      for (const Entry& entry : two) {
        sum += entry.value * (first[entry.cluster] + rows_of(s).row(at).dot(Zt.row(static_cast<Index>(entry.cluster))));
      }
      for (const Entry& entry : one) {
        sum += entry.value * rows_of(u).row(at).dot(Zv.row(static_cast<Index>(entry.cluster)));
        first[entry.cluster] = 0;
      }
    }
    return sum;
  }

  double by_parts() const {
    double sum = 0;
    for (Index s = 0; s < q_; ++s)
      for (Index t = 0; t < q_; ++t) sum += inner(s, s, t, t) + inner(s, t, t, s);
    return sum;
  }

  const Hat& hat_;
  Index q_;
  std::vector<ClusterImage> images_;
  std::vector<Matrix> rows_;  // of each contrast: G × z, [b] or [b, r]
  Matrix middle_;             // z × z
  struct Sharer {
    std::size_t cluster, at;
  };
  std::vector<std::vector<Sharer>> sharers_;  // of each column of the largest effect
};

class Satterthwaite : public ContrastDegrees {
 public:
  Satterthwaite(std::shared_ptr<const Hat> hat, Matrix responses, std::vector<Hat::Block> clusters)
      : hat_(std::move(hat)), responses_(std::move(responses)), clusters_(std::move(clusters)) {}

  double of(const Matrix& contrasts) const override {
    Matrix u = responses_ * contrasts;
    for (Index s = 0; s < u.cols(); ++s) u.col(s) /= u.col(s).norm();
    if (!u.allFinite()) return std::nan("");
    const auto q = static_cast<double>(u.cols());
    const Products raw(*hat_, u, clusters_);
    const Matrix mean = raw.trace();
    if (u.cols() == 1) return 2 * mean(0, 0) * mean(0, 0) / raw.total_variance();
    const Matrix root = symmetric_power(0.5 * (mean + mean.transpose()), -0.5);
    return q * (q + 1) / Products(*hat_, u * root, clusters_).total_variance();
  }

 private:
  std::shared_ptr<const Hat> hat_;
  Matrix responses_;
  std::vector<Hat::Block> clusters_;
};

}  // namespace

std::shared_ptr<const ContrastDegrees> satterthwaite(std::shared_ptr<const Hat> hat, Matrix responses,
                                                     std::vector<Hat::Block> clusters) {
  return std::make_shared<const Satterthwaite>(std::move(hat), std::move(responses), std::move(clusters));
}

}  // namespace headwater
