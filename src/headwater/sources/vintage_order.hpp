// The vintages of a source, from the first published to the last: by the date in their text where each has one, else as
// people sort names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headwater/sources/typed_source.hpp"

namespace headwater {

struct Vintage {
  std::string text;
  std::optional<std::int64_t> day;  // since 1970
};

std::vector<Vintage> vintages_in_order(const TypedSource& source);

}  // namespace headwater
