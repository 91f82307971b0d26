// Small-sample profiles: which columns count in K, which factor multiplies the meat, which degrees of freedom t uses.
#pragma once

#include <string>

#include "headwater/covariances/covariance.hpp"

namespace headwater {

struct SmallSample {
  double factor = 1;  // on Σψψ' (or, for iid, the divisor's reciprocal times n: V = factor/n · rss · bread)
  double df = 0;
  std::string arithmetic;
};

// `clusters` are the groupings of a cluster rule, empty otherwise.
SmallSample small_sample(const Fit& fit, const MethodCall& rule, const std::string& profile,
                         const std::vector<const Grouping*>& clusters);
// The lag of driscoll_kraay that the profile uses when none is given.
long default_lag(const std::string& profile, std::int64_t periods);
void check_profile(const std::string& profile);

}  // namespace headwater
