// X'WY in one pass: blocks of kRows rows are packed side by side, and a tile of kLeft × kRight sums stays in registers
// while it runs down a block. The compiler turns the same code into the instructions of three processors; which one
// runs is asked at run time.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "headwater/core/threads.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr Index kRows = 512;            // of a block
constexpr Index kBlocks = 32;           // that one task sums
constexpr Index kWidest = 8;            // lanes of the widest register
constexpr Index kLeft = 4, kRight = 3;  // columns of a tile: with one factor, what sixteen registers hold

// Columns of a block, each in `stride` consecutive numbers, zeros behind the last row and the last column.
using Packed = std::vector<double>;

Index padded(Index columns, Index tile) { return (columns + tile - 1) / tile * tile; }

void pack(const Matrix& X, const Vector& weights, Index begin, Index stride, Packed& packed) {
  const Index rows = std::min(stride, X.rows() - begin);
  for (Index j = 0; j < X.cols(); ++j) {
    const double* from = X.data() + j * X.rows() + begin;
    double* to = packed.data() + j * stride;
    if (weights.size() > 0)
      for (Index i = 0; i < rows; ++i) to[i] = from[i] * weights(begin + i);
    else
      std::copy(from, from + rows, to);
    std::fill(to + rows, to + stride, 0.0);
  }
}

using Tile = std::array<double, kLeft * kRight>;

template <int lanes>
struct Register {
  typedef double type __attribute__((vector_size(8 * lanes)));  // NOLINT(modernize-use-using)
};

// Sums of products of kLeft columns with kRight others over a block, as many rows at a time as a register has lanes.
template <int lanes>
[[gnu::always_inline]] inline void sum_tile(const double* left, const double* right, Index stride, Tile& tile) {
  using Lanes = typename Register<lanes>::type;
  Lanes sums[kLeft * kRight] = {};
  for (Index at = 0; at < stride; at += lanes) {
    Lanes a, b0, b1, b2;
    std::memcpy(&b0, right + at, sizeof(Lanes));
    std::memcpy(&b1, right + stride + at, sizeof(Lanes));
    std::memcpy(&b2, right + 2 * stride + at, sizeof(Lanes));
#pragma GCC unroll 4
    for (Index i = 0; i < kLeft; ++i) {
      std::memcpy(&a, left + i * stride + at, sizeof(Lanes));
      sums[i * kRight] += a * b0;
      sums[i * kRight + 1] += a * b1;
      sums[i * kRight + 2] += a * b2;
    }
  }
  for (std::size_t s = 0; s < tile.size(); ++s) {
    tile[s] = 0;
    for (int lane = 0; lane < lanes; ++lane) tile[s] += sums[s][lane];
  }
}

using SumTile = void (*)(const double* left, const double* right, Index stride, Tile& tile);

void sum_tile_portable(const double* left, const double* right, Index stride, Tile& tile) {
  sum_tile<2>(left, right, stride, tile);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void sum_tile_avx2(const double* left, const double* right, Index stride,
                                                       Tile& tile) {
  sum_tile<4>(left, right, stride, tile);
}
__attribute__((target("avx512f,avx512dq,fma"))) void sum_tile_avx512(const double* left, const double* right,
                                                                     Index stride, Tile& tile) {
  sum_tile<8>(left, right, stride, tile);
}

SumTile fastest() {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return sum_tile_avx512;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? sum_tile_avx2 : sum_tile_portable;
}
#else
SumTile fastest() { return sum_tile_portable; }
#endif

// Adds what comes in a pairwise tree: sums of 1, 2, 4, ... blocks wait for their like.
class PairwiseSum {
 public:
  void add(Matrix sum) {
    for (std::uint64_t bit = count_++; bit & 1; bit >>= 1) {
      sum += waiting_.back();
      waiting_.pop_back();
    }
    waiting_.push_back(std::move(sum));
  }
  Matrix total(Index rows, Index columns) {
    Matrix sum = Matrix::Zero(rows, columns);
    for (; !waiting_.empty(); waiting_.pop_back()) sum += waiting_.back();
    return sum;
  }

 private:
  std::uint64_t count_ = 0;
  std::vector<Matrix> waiting_;
};

// The products of the blocks of one task.
Matrix task_product(const Matrix& X, const Matrix& Y, const Vector& weights, Index begin) {
  static const SumTile sum = fastest();
  const bool symmetric = &X == &Y;
  const Index p = padded(X.cols(), kLeft), q = padded(Y.cols(), kRight);
  const Index stride = std::min(kRows, (X.rows() + kWidest - 1) / kWidest * kWidest);
  Packed left(static_cast<std::size_t>(std::max(p, q) * stride)), other;
  if (!symmetric || weights.size() > 0) other.resize(static_cast<std::size_t>(q * stride));
  const Packed& right = other.empty() ? left : other;
  PairwiseSum sums;
  Tile tile;
  for (Index at = begin; at < std::min(begin + kBlocks * kRows, X.rows()); at += stride) {
    pack(X, weights, at, stride, left);
    if (!other.empty()) pack(Y, Vector(), at, stride, other);
    Matrix block = Matrix::Zero(p, q);
    for (Index j = 0; j < q; j += kRight)
      for (Index i = 0; i < (symmetric ? std::min(j + kRight, p) : p); i += kLeft) {
        sum(left.data() + i * stride, right.data() + j * stride, stride, tile);
        for (Index c = 0; c < kRight; ++c)
          for (Index r = 0; r < kLeft; ++r) block(i + r, j + c) = tile[static_cast<std::size_t>(r * kRight + c)];
      }
    sums.add(std::move(block));
  }
  return sums.total(p, q);
}

}  // namespace

Matrix cross_product(const Matrix& X, const Vector& weights) { return cross_product(X, X, weights); }

Matrix cross_product(const Matrix& X, const Matrix& Y, const Vector& weights) {
  const Index step = kBlocks * kRows, tasks = (X.rows() + step - 1) / step;
  std::vector<Matrix> parts(static_cast<std::size_t>(tasks));
  parallel_for(parts.size(),
               [&](std::size_t t) { parts[t] = task_product(X, Y, weights, static_cast<Index>(t) * step); });
  PairwiseSum sums;
  for (Matrix& part : parts) sums.add(std::move(part));
  Matrix product = sums.total(padded(X.cols(), kLeft), padded(Y.cols(), kRight)).topLeftCorner(X.cols(), Y.cols());
  if (&X == &Y)
    for (Index j = 0; j < product.cols(); ++j)
      for (Index i = j + 1; i < product.rows(); ++i) product(i, j) = product(j, i);
  return product;
}

}  // namespace headwater
