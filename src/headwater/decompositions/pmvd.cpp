// Proportional marginal variance decomposition (Feldman 2005; Grömping 2007): the proportional value of the game
// w(S) = v(N) − v(N∖S). R(∅) = 1, R(S) = w(S) / Σ_{i∈S} 1/R(S∖i), φ_i = R(N)/R(N∖i). Equals the mean over all orders
// with Feldman's weights; gives nothing to a player that adds nothing when it comes last. Derivatives by running the
// recursion backwards.
#include <cmath>

#include "headwater/decompositions/importance_metrics.hpp"

namespace headwater {
namespace {

constexpr double kNothing = 1e-14;  // of all that is explained: a player that adds no more last has no share

// The recursion over coalitions of the players that have a share.
class Proportional {
 public:
  Proportional(Vector w, int players) : w_(std::move(w)), q_(players), R_(w_.size()), sum_(w_.size()) {
    R_(0) = 1;
    for (Index S = 1; S < w_.size(); ++S) {
      sum_(S) = 0;
      for (int i = 0; i < q_; ++i)
        if (S >> i & 1) sum_(S) += 1 / R_(without(S, i));
      R_(S) = w_(S) / sum_(S);
    }
  }

  double value(int i) const { return R_(all()) / R_(without(all(), i)); }

  // dφ_i / dw(S) for every S.
  Vector derivative(int player) const {
    Vector on_R = Vector::Zero(w_.size()), on_w = Vector::Zero(w_.size());
    const Index last = without(all(), player);
    on_R(all()) += 1 / R_(last);
    on_R(last) -= R_(all()) / (R_(last) * R_(last));
    for (Index S = all(); S > 0; --S) {
      if (on_R(S) == 0) continue;
      on_w(S) = on_R(S) / sum_(S);
      const double on_sum = -on_R(S) * R_(S) / sum_(S);
      for (int i = 0; i < q_; ++i)
        if (S >> i & 1) on_R(without(S, i)) -= on_sum / (R_(without(S, i)) * R_(without(S, i)));
    }
    return on_w;
  }

 private:
  Index all() const { return w_.size() - 1; }
  static Index without(Index S, int i) { return S & ~(Index{1} << i); }

  Vector w_;
  int q_;
  Vector R_, sum_;
};

}  // namespace

MomentFunctions pmvd(const SubsetGame& game) {
  const Coalitions coalitions = listed(game, "pmvd");
  const Vector& v = coalitions.explained;
  const Index N = v.size() - 1;
  std::vector<int> sharing;
  for (int i = 0; i < static_cast<int>(game.size()); ++i)
    if (v(N) - v(N & ~(Index{1} << i)) > kNothing * v(N)) sharing.push_back(i);
  const auto spread = [&](Index S) {
    Index mask = 0;
    for (std::size_t i = 0; i < sharing.size(); ++i)
      if (S >> i & 1) mask |= Index{1} << sharing[i];
    return mask;
  };
  Vector w(Index{1} << sharing.size());
  for (Index S = 0; S < w.size(); ++S) w(S) = v(N) - v(N & ~spread(S));
  const Proportional proportional(w, static_cast<int>(sharing.size()));
  Vector values = Vector::Zero(static_cast<Index>(game.size()));
  Matrix jacobian = Matrix::Zero(values.size(), v.size());
  for (std::size_t i = 0; i < sharing.size(); ++i) {
    values(sharing[i]) = proportional.value(static_cast<int>(i));
    const Vector in_w = proportional.derivative(static_cast<int>(i));
    for (Index S = 1; S < w.size(); ++S) {
      jacobian(sharing[i], N) += in_w(S);
      jacobian(sharing[i], N & ~spread(S)) -= in_w(S);
    }
  }
  return of_coalitions(coalitions, std::move(values), jacobian);
}

}  // namespace headwater
