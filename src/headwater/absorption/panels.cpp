#include "headwater/absorption/panels.hpp"

#include <algorithm>
#include <array>

namespace headwater {
namespace {

constexpr Index kRowsTogether = 2048;

template <int P>
using Columns = std::array<const double*, P>;

template <int P>
double* row_of(RowMatrix& sums, Index column) {
  return sums.data() + column * P;
}

// Rows begin..end of an effect of levels only. Consecutive rows of one level are summed before they are stored.
template <int P>
void gather_levels(const EffectColumns& effect, const Columns<P>& v, const double* w, Index begin, Index end,
                   RowMatrix& sums) {
  const std::int32_t* code = effect.code().data();
  std::array<double, P> own{};
  std::int32_t level = code[begin];
  const auto store = [&] {
    double* at = row_of<P>(sums, level);
    for (std::size_t p = 0; p < P; ++p) at[p] += own[p];
  };
  for (Index i = begin; i < end; ++i) {
    if (code[i] != level) {
      store();
      own = {};
      level = code[i];
    }
    if (w)
      for (std::size_t p = 0; p < P; ++p) own[p] += w[i] * v[p][i];
    else
      for (std::size_t p = 0; p < P; ++p) own[p] += v[p][i];
  }
  store();
}

template <int P>
void gather_slopes(const EffectColumns& effect, const Columns<P>& v, const double* w, Index begin, Index end,
                   RowMatrix& sums) {
  for (Index i = begin; i < end; ++i)
    for (Index c = 0; c < effect.width(); ++c) {
      const double x = effect.value(i, c) * (w ? w[i] : 1.0);
      double* at = row_of<P>(sums, effect.level(i) * effect.width() + c);
      for (std::size_t p = 0; p < P; ++p) at[p] += x * v[p][i];
    }
}

template <int P>
void add_squares(const Columns<P>& v, const double* w, Index begin, Index end, Vector& squares) {
  for (std::size_t p = 0; p < P; ++p) {
    double sum = 0;
    for (Index i = begin; i < end; ++i) sum += (w ? w[i] : 1.0) * v[p][i] * v[p][i];
    squares(static_cast<Index>(p)) += sum;
  }
}

template <int P>
Gathered gather_panel(const std::vector<EffectColumns>& effects, const Eigen::Ref<const Matrix>& V,
                      const Vector& weights) {
  Gathered result{{}, Vector::Zero(P)};
  for (const EffectColumns& effect : effects) result.sums.emplace_back(RowMatrix::Zero(effect.size(), P));
  const double* w = weights.size() > 0 ? weights.data() : nullptr;
  Columns<P> v;
  for (std::size_t p = 0; p < P; ++p) v[p] = V.col(static_cast<Index>(p)).data();
  for (Index begin = 0; begin < V.rows(); begin += kRowsTogether) {
    const Index end = std::min(V.rows(), begin + kRowsTogether);
    for (std::size_t q = 0; q < effects.size(); ++q)
      if (effects[q].simple())
        gather_levels<P>(effects[q], v, w, begin, end, result.sums[q]);
      else
        gather_slopes<P>(effects[q], v, w, begin, end, result.sums[q]);
    add_squares<P>(v, w, begin, end, result.squared_norms);
  }
  return result;
}

template <int P>
void subtract_panel(const std::vector<EffectColumns>& effects, const std::vector<RowMatrix>& coefficients,
                    Eigen::Ref<Matrix> V) {
  std::array<double*, P> v;
  for (std::size_t p = 0; p < P; ++p) v[p] = V.col(static_cast<Index>(p)).data();
  for (Index begin = 0; begin < V.rows(); begin += kRowsTogether) {
    const Index end = std::min(V.rows(), begin + kRowsTogether);
    for (std::size_t q = 0; q < effects.size(); ++q) {
      const EffectColumns& effect = effects[q];
      const double* a = coefficients[q].data();
      for (Index i = begin; i < end; ++i)
        for (Index c = 0; c < effect.width(); ++c) {
          const double x = effect.value(i, c);
          const double* own = a + (effect.level(i) * effect.width() + c) * P;
          for (std::size_t p = 0; p < P; ++p) v[p][i] -= x * own[p];
        }
    }
  }
}

}  // namespace

Gathered gather(const std::vector<EffectColumns>& effects, const Eigen::Ref<const Matrix>& V, const Vector& weights) {
  switch (V.cols()) {
    case 1: return gather_panel<1>(effects, V, weights);
    case 2: return gather_panel<2>(effects, V, weights);
    case 3: return gather_panel<3>(effects, V, weights);
    default: return gather_panel<4>(effects, V, weights);
  }
}

void subtract(const std::vector<EffectColumns>& effects, const std::vector<RowMatrix>& coefficients,
              Eigen::Ref<Matrix> V) {
  switch (V.cols()) {
    case 1: return subtract_panel<1>(effects, coefficients, V);
    case 2: return subtract_panel<2>(effects, coefficients, V);
    case 3: return subtract_panel<3>(effects, coefficients, V);
    default: return subtract_panel<4>(effects, coefficients, V);
  }
}

}  // namespace headwater
