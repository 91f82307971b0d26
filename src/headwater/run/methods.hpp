// Every method there is, from the registries, under the headings a reader sees.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/method.hpp"

namespace headwater {

struct MethodSection {
  std::string title;
  std::vector<const MethodCard*> cards;
};

std::vector<MethodSection> all_methods();

}  // namespace headwater
