// What to say of a name that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headwater {

// What other programs call something that is here under another name; `theirs` in lower case.
struct NameElsewhere {
  std::string_view theirs, ours;
};

// "; what comes nearest here is ..." for a name of another program, "; did you mean ...?" for one that is misspelt,
// else
// "; known are ...". A name that ends in a digit is another variant rather than a misspelling, as HC7 is none of HC0.
std::string advice_on_name(std::string_view wanted, const std::vector<std::string>& known,
                           const std::vector<NameElsewhere>& elsewhere);

}  // namespace headwater
