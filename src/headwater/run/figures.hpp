// One figure of many units, seen again and again: in vintages, in periods, or once with its standard error.
#pragma once

#include <string>

#include "headwater/run/config.hpp"
#include "headwater/sources/typed_source.hpp"

namespace headwater {

struct FigureQuestion {
  std::string file;                            // data, or a configuration whose sources declare their vintages
  std::string value;                           // the column
  std::string unit, time, vintage, error, by;  // columns of a data file; "": none. `error` and `by` of either
  std::string period;                          // one of them; "": the latest that can be used
  std::string national;                        // a number that units are set against; "": their mean
  std::string autocorrelation;                 // of noise over periods; "": estimated
  std::string ranks;                           // as provider takes it; "": none
  double level = 0.95;
};

// The rows of the question with the columns value, error and by, as one source whose vintages are all there.
// Throws Error{usage | data | io}.
TypedSource read_figures(const FigureQuestion& question);

}  // namespace headwater
