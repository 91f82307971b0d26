// The run of a fit, asked something else on the same data: another covariance, a test, decompositions.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "headwater/run/config.hpp"

namespace headwater {

struct Question {
  std::string model;                                         // of RunConfig::models; "": all of them
  std::string covariance, profile;                           // "": as before
  std::vector<std::string> tests;                            // after those there are
  std::vector<std::string> use;                              // the decompositions; those of before are left out
  std::vector<std::pair<std::string, std::string>> drivers;  // in the place of the old ones, unless empty
};

// Nothing of it is written. The other models are left out where they do not decide which rows are used.
RunConfig asked_again(RunConfig config, const Question& question);

}  // namespace headwater
