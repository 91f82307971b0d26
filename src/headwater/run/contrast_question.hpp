// The text of a contrast as weights on the components of decompositions.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

// A decomposition of the result under the name it has in messages.
struct NamedDecomposition {
  std::string path;  // "workforce/1_change"
  const Tree* node;
};

struct ContrastQuestion {
  struct Part {
    NamedDecomposition decomposition;
    Vector gradient;  // one weight a component
  };
  std::vector<Part> parts;  // one a decomposition, in the order first named
  double value = 0;         // left-hand side less right-hand side
  bool shares = false;      // a share was asked for: linear to first order only
};

ContrastQuestion parse_contrast(const Tree& result, const std::string& text);

}  // namespace headwater
