// Arrow record batches -> columns.
#pragma once

#include <string>

#include "headwater/panel/arrow_c.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {

// Integers, floats, booleans (0 and 1) and decimals become numbers; strings are typed as the cells of a CSV file are;
// categories stay text; dates and timestamps become the text of a date. Nulls are Missing::empty, NaN
// Missing::not_available. A column that cannot be held is left out, and refused when it is asked for. Throws
// Error{data, "arrow.*"} naming the column. `file` is for messages.
RawTable read_arrow_stream(arrow_c::ArrowArrayStream& stream, const std::string& file, const ReadOptions& options);

// The function of the Arrow module, which is opened when it is first asked for: from the folders of
// module_folders(). Throws Error{io, "panel.no_arrow_module"} naming
// `file` and the places searched.
arrow_c::ReadFunction arrow_module(const std::string& file);

}  // namespace headwater
