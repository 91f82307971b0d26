// UTF-8 that comes from strangers.
#pragma once

#include <string>
#include <string_view>

namespace headwater {

// Length of the well-formed sequence at `at`, 0 when there is none (Unicode table 3-7).
std::size_t utf8_length(std::string_view bytes, std::size_t at);

// The text with what a terminal would obey spelled out: control characters but line ends and tabs, DEL, C1, marks that
// turn the direction of writing, and bytes that are not UTF-8, as \x1b or \u202e.
std::string visible(std::string_view text);

}  // namespace headwater
