// Result trees as a stranger could make them: a sound one with a few things changed.
#pragma once

#include "bytes.hpp"
#include "headwater/core/labelled.hpp"

namespace headwater::fuzz {

// Axes swapped, lengths changed (with everything along the axis, or not), codes out of range, NaN, kinds changed, items
// removed, added, renamed.
void mutate(Tree& root, Bytes& bytes);

}  // namespace headwater::fuzz
