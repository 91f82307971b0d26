// This file is compiled without contraction of products and sums (src/CMakeLists.txt): only the fused operations that
// are written here are fused, and errors of rounding come out as written. The compiler turns the loops over a block
// into vector instructions, of the processor at hand where it has a fused multiply-add.
#include "headwater/linalg/compensated.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

constexpr Index kBlockRows = 256;  // of a block
constexpr Index kTaskBlocks = 64;  // of one task
constexpr Index kLanes = 8;        // sums side by side down a column

// high + low, the rounding of high being in low.
struct Twofold {
  double high = 0, low = 0;
};

// An addend with its own error, into a twofold sum.
[[gnu::always_inline]] inline void add(double& high, double& low, double value, double error) {
  const double sum = high + value, back = sum - high;
  low += ((high - (sum - back)) + (value - back)) + error;
  high = sum;
}

// Takes column · b from the twofold numbers of a block.
[[gnu::always_inline]] inline void take_column(const double* column, double b, Index rows, double* high, double* low) {
  for (Index i = 0; i < rows; ++i) {
    const double product = -column[i] * b;
    add(high[i], low[i], product, std::fma(-column[i], b, -product));
  }
}

// Σ column[i] v[i] over a block into kLanes twofold sums.
[[gnu::always_inline]] inline void sum_products(const double* column, const double* v, Index rows, double* high,
                                                double* low) {
  Index i = 0;
  for (; i + kLanes <= rows; i += kLanes)
    for (Index lane = 0; lane < kLanes; ++lane) {
      const double product = column[i + lane] * v[i + lane];
      add(high[lane], low[lane], product, std::fma(column[i + lane], v[i + lane], -product));
    }
  for (; i < rows; ++i) {
    const double product = column[i] * v[i];
    add(high[0], low[0], product, std::fma(column[i], v[i], -product));
  }
}

void take_column_portable(const double* column, double b, Index rows, double* high, double* low) {
  take_column(column, b, rows, high, low);
}
void sum_products_portable(const double* column, const double* v, Index rows, double* high, double* low) {
  sum_products(column, v, rows, high, low);
}

struct Kernels {
  void (*take)(const double*, double, Index, double*, double*) = take_column_portable;
  void (*sum)(const double*, const double*, Index, double*, double*) = sum_products_portable;
};

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void take_column_avx2(const double* column, double b, Index rows, double* high,
                                                          double* low) {
  take_column(column, b, rows, high, low);
}
__attribute__((target("avx2,fma"))) void sum_products_avx2(const double* column, const double* v, Index rows,
                                                           double* high, double* low) {
  sum_products(column, v, rows, high, low);
}

Kernels fastest_kernels() {
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {take_column_avx2, sum_products_avx2};
  return {};
}
#else
Kernels fastest_kernels() { return {}; }
#endif

const Kernels& kernels() {
  static const Kernels chosen = fastest_kernels();
  return chosen;
}

// The rows from `at` on of y − Ab − r.
void residual_block(const Matrix& A, const Matrix& tails, const Vector& b, Index at, Index rows, Vector& result,
                    const Vector& r) {
  std::array<double, kBlockRows> low{};
  double* high = result.data() + at;
  if (r.size() > 0)
    for (Index i = 0; i < rows; ++i) add(high[i], low[static_cast<std::size_t>(i)], -r(at + i), 0);
  for (Index j = 0; j < A.cols(); ++j) kernels().take(A.data() + j * A.rows() + at, b(j), rows, high, low.data());
  for (Index j = 0; j < tails.cols(); ++j)
    for (Index i = 0; i < rows; ++i) add(high[i], low[static_cast<std::size_t>(i)], -tails(at + i, j) * b(j), 0);
  for (Index i = 0; i < rows; ++i) high[i] += low[static_cast<std::size_t>(i)];
}

Twofold column_sum(const Matrix& A, const Matrix& tails, const Vector& v, Index j) {
  std::array<double, kLanes> high{}, low{};
  kernels().sum(A.data() + j * A.rows(), v.data(), A.rows(), high.data(), low.data());
  Twofold sum;
  for (std::size_t lane = 0; lane < high.size(); ++lane) add(sum.high, sum.low, high[lane], low[lane]);
  if (tails.size() > 0)
    for (Index i = 0; i < v.size(); ++i) add(sum.high, sum.low, tails(i, j) * v(i), 0);
  return sum;
}

}  // namespace

Vector compensated_residuals(const Matrix& A, const Matrix& tails, const Vector& y, const Vector& b, const Vector& r) {
  Vector result = y;
  const Index step = kTaskBlocks * kBlockRows;
  parallel_for(static_cast<std::size_t>((y.size() + step - 1) / step), [&](std::size_t task) {
    const Index begin = static_cast<Index>(task) * step, end = std::min(begin + step, y.size());
    for (Index at = begin; at < end; at += kBlockRows)
      residual_block(A, tails, b, at, std::min(kBlockRows, end - at), result, r);
  });
  return result;
}

Vector compensated_products(const Matrix& A, const Matrix& tails, const Vector& v) {
  Vector result(A.cols());
  const auto sum_column = [&](std::size_t j) {
    const Twofold sum = column_sum(A, tails, v, static_cast<Index>(j));
    result(static_cast<Index>(j)) = sum.high + sum.low;
  };
  const auto columns = static_cast<std::size_t>(A.cols());
  if (A.rows() > kTaskBlocks * kBlockRows)
    parallel_for(columns, sum_column);
  else
    for (std::size_t j = 0; j < columns; ++j) sum_column(j);
  return result;
}

}  // namespace headwater
