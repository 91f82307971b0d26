// Question: what does a test say that does not lean on many clusters?
// Model: y = Xβ + Ea + e with errors that go together within clusters. Under the null c'β = r the residuals ẽ of the
// restricted fit are given a random sign (or other weight) v_g cluster by cluster, y* = fitted + v ẽ, and the t
// statistic of each y* is compared with that of y (Cameron, Gelbach and Miller 2008; MacKinnon, Nielsen and Webb 2023:
// WCR, and WCU where the residuals are those of the unrestricted fit and t* is about the estimate). Estimator: with u =
// W X̃ B c, s_g = u_g'ẽ_g and H the hat matrix of the full model, effects among it,
//     c'β* − r = Σ_g v_g s_g,     u_h'e*_h = (S v)_h,  S_hg = [g = h] s_g − u_h'(D(D'WD)⁻D')_hg W_g ẽ_g,
// so t* = s'v / ‖Sv‖: nothing is refitted, and S comes from sums over clusters in the coordinates of effects_hat.hpp.
// ẽ = ê + (c'β − r) f with f = X̃Bc/(c'Bc): s and S are linear in r, so five numbers a draw give t* under every null,
// and the interval is the set of r that are not rejected, found by bisection between 257 points; it may be unbounded or
// in pieces. p of all sign vectors is the share with |t*| ≥ |t|; of B draws (1 + number)/(B + 1). Small-sample factors
// cancel. Equals enumeration with refits to the last count.
#include "headwater/diagnostics/wild_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/covariances/hat.hpp"
#include "headwater/covariances/rules.hpp"

namespace headwater {
namespace wild_bootstrap_parts {

// s and S of one vector of residuals.
struct Sums {
  Vector s;  // G
  Matrix S;  // G × G
};

class Clusters {
 public:
  Clusters(const Fit& fit, const Grouping& groups) : hat_(fit, "wild"), blocks_(hat_.blocks(groups)) {}

  const Hat& hat() const { return hat_; }
  std::size_t count() const { return blocks_.size(); }
  Sums sums(const Vector& u, const Vector& errors) const;

 private:
  Hat hat_;
  std::vector<Hat::Block> blocks_;
};

// The hat matrix between clusters: Σ over the levels of the largest effect that two of them share, and the basis.
Sums Clusters::sums(const Vector& u, const Vector& errors) const {
  const auto G = static_cast<Index>(blocks_.size());
  Sums result{Vector(G), Matrix::Zero(G, G)};
  Matrix of_u(hat_.basis(), G), of_errors(hat_.basis(), G);
  struct Share {
    Index cluster;
    double value;
  };
  std::vector<std::vector<Share>> left(static_cast<std::size_t>(hat_.inverse_norms().size()));
  std::vector<Hat::Image> images(blocks_.size());
  const Vector weighted = errors.cwiseProduct(hat_.weights());
  for (Index g = 0; g < G; ++g) {
    const Hat::Block& block = blocks_[static_cast<std::size_t>(g)];
    Matrix both(static_cast<Index>(block.rows.size()), 2);
    both << u(block.rows), weighted(block.rows);
    result.s(g) = u(block.rows).dot(errors(block.rows));
    Hat::Image& image = images[static_cast<std::size_t>(g)];
    image = hat_.image(block, both);
    of_u.col(g) = image.rest.col(0);
    of_errors.col(g) = image.rest.col(1);
    for (Index l = 0; l < image.own.rows(); ++l)
      left[static_cast<std::size_t>(block.level[static_cast<std::size_t>(l / hat_.width())] * hat_.width() +
                                    l % hat_.width())]
          .push_back({g, image.own(l, 1)});
  }
  result.S = -of_u.transpose() * hat_.solve(of_errors);
  for (Index h = 0; h < G; ++h) {
    const Hat::Block& block = blocks_[static_cast<std::size_t>(h)];
    const RowMatrix& own = images[static_cast<std::size_t>(h)].own;
    for (Index l = 0; l < own.rows(); ++l) {
      const Index column = block.level[static_cast<std::size_t>(l / hat_.width())] * hat_.width() + l % hat_.width();
      for (const Share& share : left[static_cast<std::size_t>(column)])
        result.S(h, share.cluster) -= own(l, 0) * hat_.inverse_norms()(column) * share.value;
    }
    result.S(h, h) += result.s(h);
  }
  return result;
}

}  // namespace wild_bootstrap_parts

using wild_bootstrap_parts::Clusters;
using wild_bootstrap_parts::Sums;

namespace {

constexpr double kTied = 1e-9;
constexpr int kHalfPoints = 128, kBisections = 48;
constexpr double kFarthest = 1e4;  // standard errors from the estimate

// t* of every draw as a function of d = c'β − r: (n₀ + d n₁)/√(A + 2dB + d²C); without the null imposed d has no part.
struct Forms {
  Eigen::ArrayXd n0, n1, A, B, C;
  bool imposed;

  Eigen::ArrayXd numerator(double d) const { return imposed ? (n0 + d * n1).eval() : n0; }
  Eigen::ArrayXd root(double d) const {
    return imposed ? (A + d * (2 * B + d * C)).max(0.0).sqrt().eval() : A.sqrt().eval();
  }
};

struct Inversion {
  const Forms& forms;
  double error;  // of c'β, without a small-sample factor
  bool enumerated, equal_tail;

  double share(Eigen::Index number) const {
    const auto draws = static_cast<double>(forms.n0.size()), count = static_cast<double>(number);
    return enumerated ? count / draws : (count + 1) / (draws + 1);
  }
  // Of the null at distance d from the estimate. A draw without variance speaks against rejection.
  double p(double d) const {
    const double t = d / error, near = kTied * std::max(1.0, std::abs(t));
    const Eigen::ArrayXd numerator = forms.numerator(d), root = forms.root(d);
    if (!equal_tail) return share((numerator.abs() >= (std::abs(t) - near) * root).count());
    const double above = share((numerator >= (t - near) * root).count()),
                 below = share((numerator <= (t + near) * root).count());
    return std::min(1.0, 2 * std::min(above, below));
  }
};

// Where p passes `alpha` between a point that is in the set and one that is not.
double boundary(const Inversion& wild, double in, double out, double alpha) {
  for (int i = 0; i < kBisections && std::abs(out - in) > 1e-11 * (std::abs(in) + wild.error); ++i) {
    const double middle = 0.5 * (in + out);
    (wild.p(middle) > alpha ? in : out) = middle;
  }
  return 0.5 * (in + out);
}

// Distances from the estimate at which the set is looked for: dense within ten standard errors, then wider and wider.
std::vector<double> distances(double error) {
  std::vector<double> points;
  for (int i = -kHalfPoints; i <= kHalfPoints; ++i) {
    const double x = std::abs(static_cast<double>(i)) / kHalfPoints;
    points.push_back(std::copysign(error * (10 * x + (kFarthest - 10) * std::pow(x, 24)), i));
  }
  return points;
}

// The nulls r that are not rejected; d = c'β − r, so ends change places.
std::vector<std::pair<double, double>> confidence_set(const Inversion& wild, double estimate, double level) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double alpha = 1 - level;
  const std::vector<double> points = distances(wild.error);
  std::vector<std::pair<double, double>> pieces;
  double from = -kInfinity;
  bool inside = false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool now = wild.p(points[i]) > alpha;
    if (now && !inside) from = i == 0 ? -kInfinity : boundary(wild, points[i], points[i - 1], alpha);
    if (!now && inside) pieces.emplace_back(from, boundary(wild, points[i - 1], points[i], alpha));
    inside = now;
  }
  if (inside) pieces.emplace_back(from, kInfinity);
  std::vector<std::pair<double, double>> set;
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece)
    set.emplace_back(estimate - piece->second, estimate - piece->first);
  return set;
}

const Grouping& clusters_of(const Fit& fit, const Covariance& covariance) {
  if (covariance.gathers != Gathers::clusters || covariance.clusters.size() != 1)
    throw Error(ErrorKind::usage, "wild.clusters",
                "a wild bootstrap draws a sign for each cluster of one column and needs covariance = cluster(one "
                "column), not " +
                    covariance.text);
  return *cluster_groupings(covariance.rule, fit.atoms).front();
}

std::size_t replicates_of(const MethodCall& call) {
  const long replicates = call.integer("replicates", 9999);
  if (replicates < 99 || replicates > 9'999'999)
    throw Error(ErrorKind::usage, "wild.replicates",
                call.method + " has replicates = " + std::to_string(replicates) + "; it takes 99 to 9999999");
  return static_cast<std::size_t>(replicates);
}

}  // namespace

struct WildBootstrap::State {
  State(const Fit& model, const Covariance& covariance, const MethodCall& call)
      : fit(model),
        clusters(model, clusters_of(model, covariance)),
        weights(call.get("weights", "rademacher")),
        draws(weights, clusters.count(), replicates_of(call), model.design->spec.seed),
        imposed(call.get("null", "imposed") == "imposed"),
        equal_tail(call.get("p", "symmetric") == "equal_tail") {}

  Vector response(const LinearNull& null) const { return clusters.hat().responses() * null.weights; }
  double distance(const LinearNull& null) const { return null.weights.dot(fit.coefficients) - null.value; }
  // What the null at distance one adds to the residuals.
  Vector moved(const LinearNull& null) const {
    return response(null).cwiseQuotient(clusters.hat().weights()) / null.weights.dot(fit.bread * null.weights);
  }
  Sums base(const LinearNull& null) const { return clusters.sums(response(null), fit.linear->residuals); }

  const Fit& fit;
  Clusters clusters;
  std::string weights;
  WildDraws draws;
  bool imposed, equal_tail;
};

WildBootstrap::WildBootstrap(const Fit& fit, const Covariance& covariance, const MethodCall& call)
    : state_(std::make_unique<State>(fit, covariance, call)) {}
WildBootstrap::~WildBootstrap() = default;

bool WildBootstrap::enumerated() const { return state_->draws.enumerated(); }
std::size_t WildBootstrap::draws() const { return state_->draws.draws(); }

std::string WildBootstrap::words() const {
  return std::string(state_->imposed ? "restricted" : "unrestricted") + " wild, " + state_->weights + ", " +
         (enumerated() ? "all " + std::to_string(draws()) + " sign vectors" : std::to_string(draws()) + " draws") +
         (state_->equal_tail ? ", equal-tail" : "");
}

double WildBootstrap::statistic(const LinearNull& null) const {
  return state_->distance(null) / state_->base(null).s.norm();
}

Vector WildBootstrap::statistics(const LinearNull& null) const {
  Sums sums = state_->base(null);
  if (state_->imposed) {
    const Sums moved = state_->clusters.sums(state_->response(null), state_->moved(null));
    sums.s += state_->distance(null) * moved.s;
    sums.S += state_->distance(null) * moved.S;
  }
  const Vector square = state_->draws.inner_products({sums.S}, {{0, 0}}).front();
  return (square.array() > 0).select(state_->draws.products(sums.s).array() / square.array().sqrt(), 0.0);
}

WildBootstrap::Answer WildBootstrap::test(const LinearNull& null) const {
  const Sums base = state_->base(null);
  Forms forms{state_->draws.products(base.s), {}, {}, {}, {}, state_->imposed};
  if (state_->imposed) {
    const Sums moved = state_->clusters.sums(state_->response(null), state_->moved(null));
    const std::vector<Vector> squares = state_->draws.inner_products({base.S, moved.S}, {{0, 0}, {0, 1}, {1, 1}});
    forms.n1 = state_->draws.products(moved.s);
    forms.A = squares[0];
    forms.B = squares[1];
    forms.C = squares[2];
  } else {
    forms.A = state_->draws.inner_products({base.S}, {{0, 0}}).front();
  }
  const Inversion inversion{forms, base.s.norm(), enumerated(), state_->equal_tail};
  return {inversion.p(state_->distance(null)),
          confidence_set(inversion, null.weights.dot(state_->fit.coefficients), state_->fit.design->spec.level)};
}

std::vector<Test> wild_tests(const Asked& asked, const MethodCall& call) {
  const WildBootstrap bootstrap(asked.fit, asked.covariance, call);
  std::vector<Test> tests;
  for (const LinearNull& null : asked.nulls) {
    Test test = linear_test(asked.fit, asked.covariance, null);
    test.name = "wild";
    test.distribution = bootstrap.words();
    test.df2 = test.mde = std::nan("");
    test.p_value = std::nan("");
    test.set.clear();
    if (!std::isnan(test.std_error)) {
      WildBootstrap::Answer answer = bootstrap.test(null);
      test.p_value = answer.p;
      test.set = std::move(answer.set);
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace headwater
