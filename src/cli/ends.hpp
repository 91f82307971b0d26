// Ends that need no memory.
#pragma once

#include <string_view>

namespace headwater::cli {

// Writes the message to standard error and ends the process with the code of internal failures, without an allocation:
// where memory has run out, or a failure cannot be thrown to where it is told.
[[noreturn]] void end_at_once(std::string_view message);
[[noreturn]] void end_without_memory();

}  // namespace headwater::cli
