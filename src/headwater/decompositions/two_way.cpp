// y = α_first + ψ_second + e on matches m with w rows. P_m is the match's leverage and B_m the weight of its noise in
// the estimated variance; all follow from Λ (two_way_laplacian.hpp), d = e_second − a, a = W_first·/n_first:
//   P   = w (1/n + d'Λd)
//   B_ψ = w [d'ΛSΛd − (s'Λd)²/N]
//   B_αψ = w [a'Λd − d'ΛKΛd − s'Λd (1 − s'Λd)/N]
//   B_α = w [1/n − 2a'Λd + d'ΛKΛd − (1 − s'Λd)²/N]
// Corrected variance: plug-in less Σ_m B_m σ̂²_m/(N − 1), σ̂²_m = w (ȳ_m − ȳ) e_m/(1 − P_m). A first unit with one match
// has P = 1: its σ̂² is the variance of its rows, each set against the mean of the others.
#include "headwater/decompositions/two_way.hpp"

#include <map>
#include <string>

#include "headwater/core/error.hpp"
#include "headwater/decompositions/two_way_laplacian.hpp"

namespace headwater {
namespace {

constexpr std::int32_t kLargest = 4000;  // second units: the inverse is dense

// d and a of one match on the second units of its first unit.
struct Direction {
  std::vector<Index> at;
  Vector d, a;
};

double form(const Matrix& M, const Direction& x, const Vector& left, const Vector& right) {
  double sum = 0;
  for (std::size_t i = 0; i < x.at.size(); ++i)
    for (std::size_t j = 0; j < x.at.size(); ++j)
      sum += left(static_cast<Index>(i)) * M(x.at[i], x.at[j]) * right(static_cast<Index>(j));
  return sum;
}

void solve_effects(TwoWay& result, const Matches& m, const Laplacian& l) {
  const ByUnit effects = solved(l, m, sums_by_unit(m, m.count.cwiseProduct(m.mean)));
  const auto centred = [&](const Vector& values) { return Vector(values.array() - m.count.dot(values) / m.rows); };
  const auto over_rows = [&](const Vector& a, const Vector& b) {
    return m.count.dot(a.cwiseProduct(b)) / (m.rows - 1);
  };
  result.first = centred(at_matches(effects.first, m.first));
  result.second = centred(at_matches(effects.second, m.second));
  result.residual = (m.mean - result.first - result.second).array() - m.grand_mean;
  result.plug_in.resize(kTwoWayParts);
  result.plug_in << over_rows(result.first, result.first), over_rows(result.second, result.second),
      over_rows(result.first, result.second);
}

// Leverage of one match and the weight of its noise in each variance.
void weigh_noise(TwoWay& result, const Matches& m, const Laplacian& l, Index k, const Direction& x) {
  const double w = m.count(k), n = l.n(m.first.code[static_cast<std::size_t>(k)]);
  const double dLd = form(l.inverse, x, x.d, x.d), aLd = form(l.inverse, x, x.a, x.d),
               dSd = form(l.by_size, x, x.d, x.d), dKd = form(l.by_overlap, x, x.d, x.d);
  double sLd = 0;
  for (std::size_t i = 0; i < x.at.size(); ++i) sLd += l.through(x.at[i]) * x.d(static_cast<Index>(i));
  result.leverage(k) = w * (1 / n + dLd);
  const double scale = w / (m.rows - 1);
  result.noise_weight(k, kFirst) = scale * (1 / n - 2 * aLd + dKd - (1 - sLd) * (1 - sLd) / m.rows);
  result.noise_weight(k, kSecond) = scale * (dSd - sLd * sLd / m.rows);
  result.noise_weight(k, kCovariance) = scale * (aLd - dKd - sLd * (1 - sLd) / m.rows);
}

Vector variance_of_rows(const Matches& m) {
  Vector variance = Vector::Zero(m.count.size());
  for (Index i = 0; i < m.deviation.size(); ++i) {
    const Index k = m.match[static_cast<std::size_t>(i)];
    if (m.count(k) > 1) variance(k) += m.deviation(i) * m.deviation(i) / (m.count(k) - 1);
  }
  return variance;
}

}  // namespace

Index end_of_first(const Matches& m, Index from) {
  Index to = from;
  while (to < m.count.size() &&
         m.first.code[static_cast<std::size_t>(to)] == m.first.code[static_cast<std::size_t>(from)])
    ++to;
  return to;
}

Matches matches(const Vector& y, const Grouping& first, const Grouping& second) {
  Matches m;
  m.first.count = first.count;
  m.second.count = second.count;
  m.rows = static_cast<double>(y.size());
  m.grand_mean = y.mean();
  m.match.resize(static_cast<std::size_t>(y.size()));
  m.deviation.resize(y.size());
  std::map<std::pair<std::int32_t, std::int32_t>, std::vector<Index>> rows;
  for (Index i = 0; i < y.size(); ++i)
    rows[{first.code[static_cast<std::size_t>(i)], second.code[static_cast<std::size_t>(i)]}].push_back(i);
  m.count.resize(static_cast<Index>(rows.size()));
  m.mean = Vector::Zero(m.count.size());
  Index k = 0;
  for (const auto& [pair, own] : rows) {
    m.first.code.push_back(pair.first);
    m.second.code.push_back(pair.second);
    m.count(k) = static_cast<double>(own.size());
    for (const Index i : own) m.mean(k) += y(i) / m.count(k);
    for (const Index i : own) {
      m.match[static_cast<std::size_t>(i)] = k;
      m.deviation(i) = y(i) - m.mean(k);
    }
    ++k;
  }
  return m;
}

TwoWay two_way(const Matches& m) {
  if (m.second.count > kLargest)
    throw Error(ErrorKind::usage, "leave_out.too_large",
                "the second effect has " + std::to_string(m.second.count) +
                    " levels, and the exact correction inverts a "
                    "matrix of that size, up to " +
                    std::to_string(kLargest) + "; use coarser levels");
  const Laplacian l = laplacian(m);
  TwoWay result;
  solve_effects(result, m, l);
  result.leverage.resize(m.count.size());
  result.noise_weight.resize(m.count.size(), kTwoWayParts);
  result.noise = variance_of_rows(m);
  for (Index from = 0; from < m.count.size();) {
    const Index to = end_of_first(m, from);
    Direction x{{}, Vector(), Vector(to - from)};
    for (Index k = from; k < to; ++k) {
      x.at.push_back(m.second.code[static_cast<std::size_t>(k)]);
      x.a(k - from) = m.count(k) / l.n(m.first.code[static_cast<std::size_t>(from)]);
    }
    for (Index k = from; k < to; ++k) {
      x.d = -x.a;
      x.d(k - from) += 1;
      weigh_noise(result, m, l, k, x);
      if (to - from > 1)
        result.noise(k) = m.count(k) * (m.mean(k) - m.grand_mean) * result.residual(k) / (1 - result.leverage(k));
    }
    from = to;
  }
  result.corrected = result.plug_in - result.noise_weight.transpose() * result.noise;
  result.errors = two_way_errors(l, m, result);
  return result;
}

}  // namespace headwater
