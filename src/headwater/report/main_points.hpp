// The answer first: what changed, what goes with it, what could have gone unseen, what cannot be said. Templates over
// the result; a part that the result does not speak of has no sentence.
#pragma once

#include <string>
#include <vector>

#include "headwater/report/claims.hpp"
#include "headwater/report/payload_parts.hpp"

namespace headwater {

struct MainPoints {
  std::string headline;  // "" where the result holds no change
  std::vector<std::string> points;
  bool headline_by_author = false, points_by_author = false;
};

// [report] headline and summary take the place of what is generated.
MainPoints main_points(const PayloadContext& c);

// What became of a falsification test, in one sentence.
std::string verdict_sentence(const PayloadContext& c, const std::string& driver, const FalsificationTest& test);

}  // namespace headwater
