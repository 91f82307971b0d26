// Wild cluster bootstrap t statistics, for single tests and for families of them.
#pragma once

#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/diagnostics/wild_draws.hpp"

namespace headwater {

// Statistics of several nulls under the same draws of weights.
class WildBootstrap {
 public:
  // Throws Error{usage, "wild.clusters"} and "wild.replicates".
  WildBootstrap(const Fit& fit, const Covariance& covariance, const MethodCall& call);
  ~WildBootstrap();
  WildBootstrap(const WildBootstrap&) = delete;
  WildBootstrap& operator=(const WildBootstrap&) = delete;

  bool enumerated() const;
  std::size_t draws() const;
  std::string words() const;  // "restricted wild, rademacher, 9999 draws"
  // t of the data and t* of every draw, small-sample factors apart.
  double statistic(const LinearNull& null) const;
  Vector statistics(const LinearNull& null) const;

  struct Answer {
    double p;
    std::vector<std::pair<double, double>> set;
  };
  Answer test(const LinearNull& null) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headwater
