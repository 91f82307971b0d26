#include "headwater/linalg/sparse_factor.hpp"

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>
#include <cmath>

namespace headwater {
namespace {

constexpr double kSparseNoise = 1e-14;    // share of a squared norm that rounding alone leaves
constexpr double kSparseDoubtful = 1e-6;  // pivots below have lost half their digits or more

using Pattern = Eigen::SparseMatrix<double, Eigen::ColMajor, std::int32_t>;

std::vector<std::int32_t> minimum_degree(const SparseSymmetric& matrix) {
  std::vector<std::int32_t> starts(matrix.start.begin(), matrix.start.end());
  const Eigen::Map<const Pattern> lower(matrix.size, matrix.size, static_cast<Index>(matrix.row.size()), starts.data(),
                                        matrix.row.data(), matrix.value.data());
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, std::int32_t> permutation;
  Eigen::AMDOrdering<std::int32_t> amd;
  const Pattern copy = lower;
  amd(copy.selfadjointView<Eigen::Lower>(), permutation);
  return {permutation.indices().data(), permutation.indices().data() + matrix.size};
}

// Entries of A above the diagonal in the order of elimination, by column: what row k of the factor starts from.
struct UpperEntries {
  std::vector<Index> start;
  std::vector<std::int32_t> row;
  std::vector<double> value;
  Vector diagonal;
};

UpperEntries permuted_upper(const SparseSymmetric& matrix, const std::vector<std::int32_t>& order,
                            const std::vector<bool>& left_out) {
  const auto m = static_cast<std::size_t>(matrix.size);
  std::vector<std::int32_t> place(m);
  for (std::size_t k = 0; k < m; ++k) place[static_cast<std::size_t>(order[k])] = static_cast<std::int32_t>(k);
  UpperEntries upper{std::vector<Index>(m + 1, 0), {}, {}, Vector::Zero(matrix.size)};
  const auto each = [&](const auto& take) {
    for (std::size_t j = 0; j < m; ++j)
      for (Index e = matrix.start[j]; e < matrix.start[j + 1]; ++e) {
        const auto i = static_cast<std::size_t>(matrix.row[static_cast<std::size_t>(e)]);
        if (!left_out.empty() && (left_out[i] || left_out[j])) continue;
        take(std::min(place[i], place[j]), std::max(place[i], place[j]), matrix.value[static_cast<std::size_t>(e)]);
      }
  };
  each([&](std::int32_t a, std::int32_t b, double v) {
    if (a == b)
      upper.diagonal(a) = v;
    else
      ++upper.start[static_cast<std::size_t>(b) + 1];
  });
  for (std::size_t k = 0; k < m; ++k) upper.start[k + 1] += upper.start[k];
  upper.row.resize(static_cast<std::size_t>(upper.start[m]));
  upper.value.resize(upper.row.size());
  std::vector<Index> next(upper.start.begin(), upper.start.end() - 1);
  each([&](std::int32_t a, std::int32_t b, double v) {
    if (a == b) return;
    const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(b)]++);
    upper.row[at] = a;
    upper.value[at] = v;
  });
  return upper;
}

}  // namespace

EliminationPlan plan_elimination(const SparseSymmetric& matrix, const std::vector<bool>& known_redundant,
                                 Index most_entries) {
  EliminationPlan plan;
  plan.order = minimum_degree(matrix);
  const UpperEntries upper = permuted_upper(matrix, plan.order, known_redundant);
  const auto m = static_cast<std::size_t>(matrix.size);
  plan.parent.assign(m, -1);
  plan.count.assign(m, 0);
  std::vector<std::int32_t> seen(m, -1);
  for (std::size_t k = 0; k < m && plan.entries <= most_entries; ++k) {
    const auto at = static_cast<std::int32_t>(k);
    seen[k] = at;
    for (Index e = upper.start[k]; e < upper.start[k + 1]; ++e)
      for (std::int32_t i = upper.row[static_cast<std::size_t>(e)]; seen[static_cast<std::size_t>(i)] != at;
           i = plan.parent[static_cast<std::size_t>(i)]) {
        const auto node = static_cast<std::size_t>(i);
        if (plan.parent[node] < 0) plan.parent[node] = at;
        ++plan.count[node];
        ++plan.entries;
        seen[node] = at;
      }
  }
  for (const Index count : plan.count) plan.work += static_cast<double>(count) * static_cast<double>(count);
  return plan;
}

SparseFactor::SparseFactor(const SparseSymmetric& matrix, EliminationPlan plan, std::vector<bool> known_redundant,
                           const Vector& squared_norms, const GramFactor::RemainderOf& remainder, double tolerance)
    : plan_(std::move(plan)), redundant_(std::move(known_redundant)) {
  const auto m = static_cast<std::size_t>(matrix.size);
  redundant_.resize(m, false);
  const UpperEntries upper = permuted_upper(matrix, plan_.order, redundant_);
  skipped_.assign(m, false);
  start_.assign(m + 1, 0);
  for (std::size_t k = 0; k < m; ++k) start_[k + 1] = start_[k] + plan_.count[k];
  filled_.assign(start_.begin(), start_.end() - 1);
  row_.resize(static_cast<std::size_t>(start_[m]));
  value_.resize(row_.size());
  pivot_ = Vector::Ones(matrix.size);
  Vector work = Vector::Zero(matrix.size);
  std::vector<std::int32_t> seen(m, -1), pattern(m), path;
  for (std::size_t k = 0; k < m; ++k) {
    const auto at = static_cast<std::int32_t>(k);
    const auto column = static_cast<std::size_t>(plan_.order[k]);
    if (redundant_[column]) {
      skipped_[k] = true;
      continue;
    }
    // The columns of row k of L, in an order in which each comes before those it changes.
    std::size_t top = m;
    seen[k] = at;
    for (Index e = upper.start[k]; e < upper.start[k + 1]; ++e) {
      std::int32_t i = upper.row[static_cast<std::size_t>(e)];
      work(i) += upper.value[static_cast<std::size_t>(e)];
      path.clear();
      for (; seen[static_cast<std::size_t>(i)] != at; i = plan_.parent[static_cast<std::size_t>(i)]) {
        path.push_back(i);
        seen[static_cast<std::size_t>(i)] = at;
      }
      while (!path.empty()) {
        pattern[--top] = path.back();
        path.pop_back();
      }
    }
    double pivot = upper.diagonal(at);
    for (std::size_t p = top; p < m; ++p) {
      const auto i = static_cast<std::size_t>(pattern[p]);
      const double y = work(pattern[p]);
      for (Index e = start_[i]; e < filled_[i]; ++e)
        work(row_[static_cast<std::size_t>(e)]) -= value_[static_cast<std::size_t>(e)] * y;
      const double entry = skipped_[i] ? 0 : y / pivot_(pattern[p]);
      pivot -= entry * y;
      work(pattern[p]) = entry;
    }
    const double norm = squared_norms(plan_.order[k]), share = std::abs(pivot) / norm;
    const std::vector<std::int32_t> reach(pattern.begin() + static_cast<std::ptrdiff_t>(top), pattern.end());
    if (remainder && share > kSparseNoise && share < kSparseDoubtful) pivot = settled_pivot(at, reach, work, remainder);
    const bool keep = pivot > tolerance * norm;
    for (const std::int32_t i : reach) {
      const auto slot = static_cast<std::size_t>(filled_[static_cast<std::size_t>(i)]++);
      row_[slot] = at;
      value_[slot] = keep ? work(i) : 0.0;
      work(i) = 0;
    }
    if (keep) {
      pivot_(at) = pivot;
      ++rank_;
    } else {
      redundant_[column] = skipped_[k] = true;
    }
  }
}

// Rows below `below` of L x = b, in place; the factor may hold fewer rows than that while it is being made.
void SparseFactor::lower_solve(Vector& x, Index below) const {
  for (Index k = 0; k < below; ++k) {
    const auto c = static_cast<std::size_t>(k);
    const double v = x(k);
    if (v == 0) continue;
    for (Index e = start_[c]; e < filled_[c]; ++e) {
      const std::int32_t r = row_[static_cast<std::size_t>(e)];
      if (r < below) x(r) -= value_[static_cast<std::size_t>(e)] * v;
    }
  }
}

void SparseFactor::upper_solve(Vector& x, Index below) const {
  for (Index k = below; k-- > 0;) {
    const auto c = static_cast<std::size_t>(k);
    double sum = x(k);
    for (Index e = start_[c]; e < filled_[c]; ++e) {
      const std::int32_t r = row_[static_cast<std::size_t>(e)];
      if (r < below) sum -= value_[static_cast<std::size_t>(e)] * x(r);
    }
    x(k) = sum;
  }
}

// The squared norm of the k-th column less its projection on those before, with one step of refinement.
double SparseFactor::settled_pivot(Index k, const std::vector<std::int32_t>& pattern, const Vector& row,
                                   const GramFactor::RemainderOf& remainder) const {
  Vector head = Vector::Zero(pivot_.size());
  for (const std::int32_t i : pattern) head(i) = -row(i);
  upper_solve(head, k);
  head(k) = 1;
  const auto unpermuted = [&] {
    Vector a(head.size());
    for (Index i = 0; i < head.size(); ++i) a(plan_.order[static_cast<std::size_t>(i)]) = head(i);
    return a;
  };
  const Vector products = remainder(unpermuted()).products;
  Vector step = Vector::Zero(head.size());
  for (Index i = 0; i < k; ++i)
    if (!skipped_[static_cast<std::size_t>(i)]) step(i) = products(plan_.order[static_cast<std::size_t>(i)]);
  lower_solve(step, k);
  for (Index i = 0; i < k; ++i) step(i) = skipped_[static_cast<std::size_t>(i)] ? 0 : step(i) / pivot_(i);
  upper_solve(step, k);
  head.head(k) -= step.head(k);
  return remainder(unpermuted()).squared_norm;
}

Matrix SparseFactor::solve(const Matrix& b) const {
  Matrix x(b.rows(), b.cols());
  Vector own(b.rows());
  for (Index j = 0; j < b.cols(); ++j) {
    for (Index k = 0; k < b.rows(); ++k)
      own(k) = skipped_[static_cast<std::size_t>(k)] ? 0 : b(plan_.order[static_cast<std::size_t>(k)], j);
    lower_solve(own, b.rows());
    for (Index k = 0; k < b.rows(); ++k) own(k) = skipped_[static_cast<std::size_t>(k)] ? 0 : own(k) / pivot_(k);
    upper_solve(own, b.rows());
    for (Index k = 0; k < b.rows(); ++k) x(plan_.order[static_cast<std::size_t>(k)], j) = own(k);
  }
  return x;
}

}  // namespace headwater
