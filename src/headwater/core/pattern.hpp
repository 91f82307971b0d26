// Patterns in which * stands for any text.
#pragma once

#include <cstddef>
#include <string_view>

namespace headwater {

// Whether the whole text fits, a letter fitting where `same(letter of the pattern, letter of the text)`. Backs up to
// the last * alone: linear in the text for each of them.
template <class Same>
bool fits_pattern(std::string_view pattern, std::string_view text, const Same& same) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && same(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace headwater
