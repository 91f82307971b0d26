// Counter-based random numbers (Philox 4×32-10, Salmon et al. 2011): a draw depends on (seed, stream, replicate, unit,
// position) alone, never on thread count or call order.
#pragma once

#include <array>
#include <cstdint>

namespace headwater {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

class RandomStream {
 public:
  // One stream for each (seed, replicate, unit); positions advance by call.
  RandomStream(std::uint64_t seed, std::uint32_t replicate, std::uint32_t unit);

  std::uint32_t bits();
  double uniform();            // in (0, 1), 53 bits
  double normal();             // standard normal, by inversion
  double student(double df);   // scaled normal: t with df degrees of freedom
  double exponential();        // mean 1
  double gamma(double shape);  // scale 1
  double beta(double a, double b);
  std::uint32_t below(std::uint32_t bound);  // in 0..bound-1, unbiased

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace headwater
