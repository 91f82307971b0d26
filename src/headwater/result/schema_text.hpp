// schema.tsv, byte for byte.
#pragma once

#include <string_view>

namespace headwater {

std::string_view schema_text();

}  // namespace headwater
