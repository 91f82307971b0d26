// The interval for a number that is known to lie in a set with estimated ends.
#pragma once

namespace headwater {

// c of Imbens and Manski (2004, eq. 6-7): low − c · error to high + c · error covers the number, not the set, with the
// level's probability. `error` is the larger of the ends' standard errors.
double interval_reach(double width, double error, double level);

}  // namespace headwater
