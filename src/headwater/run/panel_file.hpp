// A panel as a file that is read again: CSV, or Headwater's HDF5 with the reasons of missing cells.
#pragma once

#include <string>

#include "headwater/panel/panel.hpp"

namespace headwater {

// By the ending of the path. Throws Error{usage, "output.format"} for another ending than .csv and .h5, Error{io}.
void write_panel(const Panel& panel, const std::string& path);

}  // namespace headwater
