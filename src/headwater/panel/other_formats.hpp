// Files of another program or kind: told by their first bytes or by the ending of their name, and answered with what
// to convert them to.
#pragma once

#include <string>
#include <string_view>

namespace headwater {

// Throws Error{data, "data.other_format"} where the name ends as data of Stata, SPSS, SAS, R and the like do.
void refuse_endings_of_other_programs(const std::string& path);

// Throws Error{data, "csv.other_format"} where bytes that should be a CSV begin as another kind of file does.
void refuse_other_formats(std::string_view bytes, const std::string& file);

// Throws Error{data, "arrow.other_format"} where a file named as Parquet, Feather or Arrow begins as none of them.
void require_arrow_signature(const std::string& path);

}  // namespace headwater
