// y = α_first + ψ_second + e on matches m with w rows. P_m is the match's leverage and B_m the weight of its noise in
// the estimated variance; all follow from Λ = L⁻¹, L = diag(s) − W' diag(1/n) W the Laplacian of the second units with
// one grounded (W rows by pair, n and s its sums), d = e_second − a, a = W_first·/n_first:
//   P   = w (1/n + d'Λd)
//   B_ψ = w [d'ΛSΛd − (s'Λd)²/N]
//   B_αψ = w [a'Λd − d'ΛKΛd − s'Λd (1 − s'Λd)/N],  K = W' diag(1/n) W, S = diag(s)
//   B_α = w [1/n − 2a'Λd + d'ΛKΛd − (1 − s'Λd)²/N]
// Corrected variance: plug-in less Σ_m B_m σ̂²_m/(N − 1), σ̂²_m = w (ȳ_m − ȳ) e_m/(1 − P_m). A first unit with one match
// has P = 1: its σ̂² is the mean over its rows of (y − ȳ)(y − mean of its other rows).
#include "headwater/decompositions/two_way.hpp"

#include <map>
#include <string>

#include "headwater/core/error.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr std::int32_t kLargest = 4000;  // second units: the inverse is dense

// The Laplacian of the second units with the last one grounded, and what hangs on its inverse.
struct Laplacian {
  Matrix inverse;              // J × J, zero in the grounded row and column
  Matrix by_size, by_overlap;  // ΛSΛ, ΛKΛ
  Vector through;              // Λs
  Vector n, s;                 // rows of first and second units
};

Laplacian laplacian(const Matches& m) {
  const Index J = m.seconds;
  Laplacian l{Matrix::Zero(J, J), {}, {}, {}, Vector::Zero(m.firsts), Vector::Zero(J)};
  for (Index k = 0; k < m.count.size(); ++k) {
    l.n(m.first[static_cast<std::size_t>(k)]) += m.count(k);
    l.s(m.second[static_cast<std::size_t>(k)]) += m.count(k);
  }
  Matrix K = Matrix::Zero(J, J);
  for (Index from = 0; from < m.count.size();) {  // matches are sorted by first unit
    Index to = from;
    while (to < m.count.size() && m.first[static_cast<std::size_t>(to)] == m.first[static_cast<std::size_t>(from)])
      ++to;
    for (Index a = from; a < to; ++a)
      for (Index b = from; b < to; ++b)
        K(m.second[static_cast<std::size_t>(a)], m.second[static_cast<std::size_t>(b)]) +=
            m.count(a) * m.count(b) / l.n(m.first[static_cast<std::size_t>(from)]);
    from = to;
  }
  if (J > 1) {
    Matrix L = -K;
    L.diagonal() += l.s;
    l.inverse.topLeftCorner(J - 1, J - 1) = inverse_definite(L.topLeftCorner(J - 1, J - 1));
  }
  l.by_size = l.inverse * l.s.asDiagonal() * l.inverse;
  l.by_overlap = l.inverse * K * l.inverse;
  l.through = l.inverse * l.s;
  return l;
}

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

double over_rows(const Vector& values, const Vector& others, const Matches& m, const std::vector<std::int32_t>& of,
                 const std::vector<std::int32_t>& of_others) {
  double mean = 0, mean_others = 0, sum = 0;
  for (Index k = 0; k < m.count.size(); ++k) {
    mean += m.count(k) * values(of[static_cast<std::size_t>(k)]) / m.rows;
    mean_others += m.count(k) * others(of_others[static_cast<std::size_t>(k)]) / m.rows;
  }
  for (Index k = 0; k < m.count.size(); ++k)
    sum += m.count(k) * (values(of[static_cast<std::size_t>(k)]) - mean) *
           (others(of_others[static_cast<std::size_t>(k)]) - mean_others);
  return sum / (m.rows - 1);
}

void solve_effects(TwoWay& result, const Matches& m, const Laplacian& l) {
  Vector mean_of_first = Vector::Zero(m.firsts), right = Vector::Zero(m.seconds);
  for (Index k = 0; k < m.count.size(); ++k) {
    const std::int32_t i = m.first[static_cast<std::size_t>(k)];
    mean_of_first(i) += m.count(k) * m.mean(k) / l.n(i);
  }
  for (Index k = 0; k < m.count.size(); ++k)
    right(m.second[static_cast<std::size_t>(k)]) +=
        m.count(k) * (m.mean(k) - mean_of_first(m.first[static_cast<std::size_t>(k)]));
  result.second = l.inverse * right;
  result.second.array() -= l.s.dot(result.second) / m.rows;
  result.first = mean_of_first;
  for (Index k = 0; k < m.count.size(); ++k) {
    const std::int32_t i = m.first[static_cast<std::size_t>(k)];
    result.first(i) -= m.count(k) / l.n(i) * result.second(m.second[static_cast<std::size_t>(k)]);
  }
}

// Takes the noise of one match out of the plug-in variances.
void correct(TwoWay& result, const Matches& m, const Laplacian& l, Index k, const Direction& x) {
  const double w = m.count(k), n = l.n(m.first[static_cast<std::size_t>(k)]);
  const double dLd = form(l.inverse, x, x.d, x.d), aLd = form(l.inverse, x, x.a, x.d),
               dSd = form(l.by_size, x, x.d, x.d), dKd = form(l.by_overlap, x, x.d, x.d);
  double sLd = 0;
  for (std::size_t i = 0; i < x.at.size(); ++i) sLd += l.through(x.at[i]) * x.d(static_cast<Index>(i));
  const double leverage = result.leverage(k) = w * (1 / n + dLd);
  const double residual = m.mean(k) - result.first(m.first[static_cast<std::size_t>(k)]) -
                          result.second(m.second[static_cast<std::size_t>(k)]);
  const double noise = x.at.size() == 1 ? m.spare(k) : w * (m.mean(k) - m.grand_mean) * residual / (1 - leverage);
  const double scale = w * noise / (m.rows - 1);
  result.corrected.second -= scale * (dSd - sLd * sLd / m.rows);
  result.corrected.covariance -= scale * (aLd - dKd - sLd * (1 - sLd) / m.rows);
  result.corrected.first -= scale * (1 / n - 2 * aLd + dKd - (1 - sLd) * (1 - sLd) / m.rows);
}

}  // namespace

Matches matches(const Vector& y, const Grouping& first, const Grouping& second) {
  Matches m;
  m.firsts = first.count;
  m.seconds = second.count;
  m.rows = static_cast<double>(y.size());
  m.grand_mean = y.mean();
  std::map<std::pair<std::int32_t, std::int32_t>, std::vector<Index>> rows;
  for (Index i = 0; i < y.size(); ++i)
    rows[{first.code[static_cast<std::size_t>(i)], second.code[static_cast<std::size_t>(i)]}].push_back(i);
  const auto count = static_cast<Index>(rows.size());
  m.count.resize(count);
  m.mean = m.spare = Vector::Zero(count);
  Index k = 0;
  for (const auto& [pair, own] : rows) {
    m.first.push_back(pair.first);
    m.second.push_back(pair.second);
    const double w = m.count(k) = static_cast<double>(own.size());
    for (const Index i : own) m.mean(k) += y(i) / w;
    if (own.size() > 1)
      for (const Index i : own) m.spare(k) += (y(i) - m.grand_mean) * (y(i) - m.mean(k)) / (w - 1);
    ++k;
  }
  return m;
}

TwoWay two_way(const Matches& m) {
  if (m.seconds > kLargest)
    throw Error(ErrorKind::usage, "leave_out.too_large",
                "the second effect has " + std::to_string(m.seconds) +
                    " levels, and the exact correction inverts a "
                    "matrix of that size, up to " +
                    std::to_string(kLargest) + "; use coarser levels");
  const Laplacian l = laplacian(m);
  TwoWay result;
  solve_effects(result, m, l);
  result.leverage.resize(m.count.size());
  result.plug_in = {over_rows(result.first, result.first, m, m.first, m.first),
                    over_rows(result.second, result.second, m, m.second, m.second),
                    over_rows(result.first, result.second, m, m.first, m.second)};
  result.corrected = result.plug_in;
  for (Index from = 0; from < m.count.size();) {
    Index to = from;
    while (to < m.count.size() && m.first[static_cast<std::size_t>(to)] == m.first[static_cast<std::size_t>(from)])
      ++to;
    Direction x{{}, Vector(), Vector(to - from)};
    for (Index k = from; k < to; ++k) {
      x.at.push_back(m.second[static_cast<std::size_t>(k)]);
      x.a(k - from) = m.count(k) / l.n(m.first[static_cast<std::size_t>(from)]);
    }
    for (Index k = from; k < to; ++k) {
      x.d = -x.a;
      x.d(k - from) += 1;
      correct(result, m, l, k, x);
    }
    from = to;
  }
  return result;
}

}  // namespace headwater
