// A linear form of weights that take few values is a sum of table entries: clusters are put in groups (six signs, two
// of Webb's), every group has a table with what each combination of its values contributes to eight rows of M, and a
// draw is a sum of as many entries as there are groups. Rademacher (1919); Mammen (1993); Webb (2014, eq. 6).
#include "headwater/diagnostics/wild_draws.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

constexpr std::size_t kRows = 8;      // of M at a time
constexpr std::size_t kBlock = 1024;  // draws a thread takes
constexpr std::uint32_t kWord = 32;   // clusters whose weights one stream gives

std::vector<double> values_of(const std::string& weights) {
  const double root = std::sqrt(5.0);
  if (weights == "mammen") return {(1 - root) / 2, (1 + root) / 2};
  if (weights == "webb") return {-std::sqrt(1.5), -1, -std::sqrt(0.5), std::sqrt(0.5), 1, std::sqrt(1.5)};
  return {-1, 1};
}

// Which value: of two the first with probability `first`.
std::uint16_t pick(RandomStream& random, std::size_t values, double first) {
  if (values > 2) return static_cast<std::uint16_t>(random.below(static_cast<std::uint32_t>(values)));
  return random.uniform() < first ? 0 : 1;
}

std::size_t power(std::size_t base, std::size_t exponent) {
  std::size_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= base;
  return result;
}

// Entries of one group for the rows [from, from + kRows) of M: combinations × kRows.
void fill_table(const Matrix& M, Index from, std::size_t first_cluster, std::size_t group,
                const std::vector<double>& values, double* table) {
  const std::size_t combinations = power(values.size(), group);
  const Index rows = std::min<Index>(kRows, M.rows() - from);
  for (std::size_t code = 0; code < combinations; ++code) {
    double* entry = table + code * kRows;
    std::fill_n(entry, kRows, 0.0);
    std::size_t left = code;
    for (std::size_t j = 0; j < group; ++j, left /= values.size()) {
      const auto cluster = static_cast<Index>(first_cluster + j);
      if (cluster >= M.cols()) break;
      for (Index r = 0; r < rows; ++r) entry[r] += values[left % values.size()] * M(from + r, cluster);
    }
  }
}

}  // namespace

WildDraws::WildDraws(const std::string& weights, std::size_t clusters, std::size_t replicates, std::uint64_t seed)
    : values_(values_of(weights)), group_(values_.size() == 2 ? 6 : 2), groups_((clusters + group_ - 1) / group_) {
  enumerated_ = weights == "rademacher" && clusters < 20 && (std::size_t{1} << clusters) <= replicates;
  draws_ = enumerated_ ? std::size_t{1} << clusters : replicates;
  code_.assign(draws_ * groups_, 0);
  if (enumerated_)
    enumerate(clusters);
  else
    draw(clusters, seed);
}

void WildDraws::enumerate(std::size_t clusters) {
  for (std::size_t b = 0; b < draws_; ++b)
    for (std::size_t g = 0; g < clusters; ++g)
      if (b >> g & 1) code_[b * groups_ + g / group_] |= static_cast<std::uint16_t>(1U << (g % group_));
}

void WildDraws::draw(std::size_t clusters, std::uint64_t seed) {
  const bool signs = values_.front() == -1 && values_.size() == 2;
  const double first = (std::sqrt(5.0) + 1) / (2 * std::sqrt(5.0));
  parallel_for((draws_ + kBlock - 1) / kBlock, [&](std::size_t block) {
    for (std::size_t b = block * kBlock; b < std::min(draws_, (block + 1) * kBlock); ++b)
      for (std::size_t from = 0; from < clusters; from += kWord) {
        RandomStream random(seed, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(from));
        const std::uint32_t word = signs ? random.bits() : 0;
        for (std::size_t g = from; g < std::min<std::size_t>(clusters, from + kWord); ++g) {
          const std::size_t value = signs ? word >> (g - from) & 1U : pick(random, values_.size(), first);
          code_[b * groups_ + g / group_] =
              static_cast<std::uint16_t>(code_[b * groups_ + g / group_] + value * power(values_.size(), g % group_));
        }
      }
  });
}

std::vector<Vector> WildDraws::inner_products(const std::vector<Matrix>& matrices,
                                              const std::vector<Pair>& pairs) const {
  const std::size_t combinations = power(values_.size(), group_), table = groups_ * combinations * kRows;
  std::vector<Vector> sums(pairs.size(), Vector::Zero(static_cast<Index>(draws_)));
  std::vector<std::vector<double>> tables(matrices.size(), std::vector<double>(table));
  for (Index from = 0; from < matrices.front().rows(); from += kRows) {
    for (std::size_t m = 0; m < matrices.size(); ++m)
      for (std::size_t g = 0; g < groups_; ++g)
        fill_table(matrices[m], from, g * group_, group_, values_, tables[m].data() + g * combinations * kRows);
    parallel_for((draws_ + kBlock - 1) / kBlock, [&](std::size_t block) {
      std::vector<Eigen::Array<double, kRows, 1>> form(matrices.size());
      for (std::size_t b = block * kBlock; b < std::min(draws_, (block + 1) * kBlock); ++b) {
        const std::uint16_t* code = code_.data() + b * groups_;
        for (std::size_t m = 0; m < matrices.size(); ++m) {
          Eigen::Array<double, kRows, 1> sum = Eigen::Array<double, kRows, 1>::Zero();
          const double* entries = tables[m].data();
          for (std::size_t g = 0; g < groups_; ++g, entries += combinations * kRows)
            sum += Eigen::Map<const Eigen::Array<double, kRows, 1>>(entries + code[g] * kRows);
          form[m] = sum;
        }
        for (std::size_t p = 0; p < pairs.size(); ++p)
          sums[p](static_cast<Index>(b)) += (form[pairs[p].first] * form[pairs[p].second]).sum();
      }
    });
  }
  return sums;
}

Vector WildDraws::products(const Vector& m) const {
  const std::size_t combinations = power(values_.size(), group_);
  std::vector<double> table(groups_ * combinations * kRows);
  for (std::size_t g = 0; g < groups_; ++g)
    fill_table(m.transpose(), 0, g * group_, group_, values_, table.data() + g * combinations * kRows);
  Vector result = Vector::Zero(static_cast<Index>(draws_));
  for (std::size_t b = 0; b < draws_; ++b)
    for (std::size_t g = 0; g < groups_; ++g)
      result(static_cast<Index>(b)) += table[(g * combinations + code_[b * groups_ + g]) * kRows];
  return result;
}

}  // namespace headwater
