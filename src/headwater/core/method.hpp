// What a registry row says about a method, and how a use of it is written: name(key = value, key = value).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headwater {

struct OptionCard {
  std::string_view name;
  std::string_view type;      // "number", "integer", "text", "period", "choice: a | b | c"
  std::string_view fallback;  // default as text; "" when the option is required
  std::string_view help;
};

// One row of a registry table. `headwater methods`, --help, the documentation and the conformance tests come from it.
struct MethodCard {
  std::string_view name;
  std::string_view kind = {};       // "estimator", "covariance", "diagnostic", "decomposition"
  std::string_view question = {};   // the question it answers, one sentence
  std::string_view avoid = {};      // when not to use it, one sentence
  std::string_view reference = {};  // paper and equation, or the software it equals
  std::vector<std::string_view> supports =
      {};  // of: "weights", "effects", "slopes", "unbalanced", "instruments", "no_time", ...
  std::vector<OptionCard> options = {};
  // The options that may stand without their names, in this order: driscoll_kraay(2) is driscoll_kraay(lag = 2).
  std::vector<std::string_view> positions = {};
  // What any number of values without names are, such as the columns of cluster(a, b); "": there are none.
  std::string_view list = {};
  // Where it knowingly does otherwise than the programs named, and who is right; "" where it does not.
  std::string_view differs = {};
};

// A use of a method as written, e.g. change(from = 2019Q4, to = 2024Q4).
struct MethodCall {
  std::string method;
  std::vector<std::pair<std::string, std::string>> arguments;  // positional ones have an empty key
  std::string text;                                            // as written, for messages and the result file

  bool has(std::string_view key) const;
  // The value of `key`, or `fallback`. Quotes are already removed.
  std::string get(std::string_view key, std::string_view fallback = {}) const;
  double number(std::string_view key, double fallback) const;  // throws Error{usage} naming key and value
  long integer(std::string_view key, long fallback) const;
  std::vector<std::string> positional() const;
};

// Parses "name", "name(a, b)", "name(k = v, k = f(x, y))". Throws Error{usage, "method.syntax"} with a caret line.
MethodCall parse_method_call(std::string_view text);

// The call with every value under the name of its option, in the text as well. Throws what check_options throws.
MethodCall named(MethodCall call, const MethodCard& card);
// Throws Error{usage, "method.unknown_option"} naming the nearest known option when the call uses an option that the
// card does not list, "method.position" when a value has no name and no place, "method.twice" when an option is given
// twice, "method.choice" when its value is none of the card's choices.
void check_options(const MethodCall& call, const MethodCard& card);

// The nearest of `known` to `word` by edit distance, else the only one that begins with it, or "".
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace headwater
