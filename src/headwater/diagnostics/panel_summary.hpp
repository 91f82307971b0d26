// Question: what is in the panel, before any model? Units, periods, balance, gaps, entries and exits; what each column
// was read as and why; how much of it varies between units and within them, and how many units ever change a category.
#pragma once

#include "headwater/panel/panel.hpp"

namespace headwater {

// Attributes and axes as SCHEMA.md lists them under /panel.
Tree panel_summary(const Panel& panel);

}  // namespace headwater
