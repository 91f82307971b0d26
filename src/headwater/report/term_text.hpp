// What the name of a coefficient says: leads, variables behind lags, levels of an event study; and the name in words.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headwater {

// f(x, 1), l(x, -1), also inside other calls and interactions.
bool is_lead(std::string_view term);
// x of l(x, 1), f(x, 2), d(x) and x itself.
std::string variable_of(std::string_view term);

struct EventTerm {
  std::string factor, level, by;  // time::2015:treated
};
std::optional<EventTerm> event_term(std::string_view term);
// The level that i(FACTOR, ..., ref = LEVEL) of a formula leaves out, "" when it names none.
std::string reference_of(std::string_view formula, const std::string& factor);

// "column = words; log(y) = output": a name and what it is called, in the order given. An entry without both is kept
// with empty words, for whoever checks them.
std::vector<std::pair<std::string, std::string>> called_names(std::string_view names);

// What the author calls columns, units and periods: [report] names.
class Words {
 public:
  Words() = default;
  explicit Words(std::string_view names);

  bool empty() const { return called_.empty(); }
  const std::map<std::string, std::string, std::less<>>& called() const { return called_; }
  // Columns of a text by their names, everything else as it stands.
  std::string with_names(std::string_view text) const;
  std::string column(const std::string& name) const;  // its name, or the column
  // What one unit or period is called: the key column's name, or the column itself where it is a word; else
  // `otherwise`.
  std::string key(const std::string& column, const std::string& otherwise) const;
  // l(log(capital_stock), 1) -> "capital stock (log), 1 quarter earlier".
  std::string term(std::string_view term, const std::string& period = "period") const;

 private:
  std::string plain(std::string_view text) const;
  std::size_t longest_at(std::string_view text, std::size_t at) const;
  std::string call(std::string_view name, std::string_view inside, std::string_view term,
                   const std::string& period) const;

  std::map<std::string, std::string, std::less<>> called_;
};

}  // namespace headwater
