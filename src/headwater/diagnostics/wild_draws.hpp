// Weights of a wild cluster bootstrap, and linear forms of them for all draws at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Every draw gives each cluster one of a few values; what is stored is which.
class WildDraws {
 public:
  // "rademacher" (±1; all 2^G sign vectors where these are no more than the replicates), "mammen" (two points with
  // the third moment of one), "webb" (six points). A draw depends on (seed, replicate, cluster) alone.
  WildDraws(const std::string& weights, std::size_t clusters, std::size_t replicates, std::uint64_t seed);

  std::size_t draws() const { return draws_; }
  bool enumerated() const { return enumerated_; }

  // Calls for blocks of rows of M (rows × clusters): adds Σ_h (M v)_h (N v)_h to the pair's sum, draw by draw. `pairs`
  // name matrices by position.
  struct Pair {
    std::size_t first, second;
  };
  std::vector<Vector> inner_products(const std::vector<Matrix>& matrices, const std::vector<Pair>& pairs) const;
  // m'v of every draw.
  Vector products(const Vector& m) const;

 private:
  void enumerate(std::size_t clusters);
  void draw(std::size_t clusters, std::uint64_t seed);

  std::vector<double> values_;  // what a weight can be
  std::size_t group_ = 1;       // clusters whose values are told by one code
  std::size_t groups_ = 0;
  std::size_t draws_ = 0;
  bool enumerated_ = false;
  std::vector<std::uint16_t> code_;  // draws × groups: Σ_j value index · values^j
};

}  // namespace headwater
