#include "headwater/run/asked_columns.hpp"

#include <algorithm>
#include <cctype>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/comparison.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostNumbers = 20;  // by which a sample is split

// A comparison may hold a word without quotes and i(x, ref = a) a level: evaluation tells of those with more care.
void require_columns_of(const Panel& panel, const Expression& e) {
  if (is_comparison(e)) return;
  if (e.kind == Expression::Kind::column) panel.column(e.name);
  const std::size_t read = e.kind == Expression::Kind::call && e.name == "i" ? 2 : e.arguments.size();
  for (std::size_t a = 0; a < std::min(read, e.arguments.size()); ++a)
    if (e.arguments[a].name.empty()) require_columns_of(panel, *e.arguments[a].value);
}

// Whether the text holds the name as a whole word.
bool holds_word(const std::string& text, const std::string& name) {
  const auto continues = [&](std::size_t at) {
    const auto c = static_cast<unsigned char>(text[at]);
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c >= 0x80;
  };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !continues(at - 1)) && (end == text.size() || !continues(end))) return true;
  }
  return false;
}

bool is_in_a_model(const std::string& name, const std::vector<Spec>& specs) {
  return std::any_of(specs.begin(), specs.end(), [&](const Spec& spec) {
    const bool driver = std::any_of(spec.drivers.begin(), spec.drivers.end(),
                                    [&](const DriverGroup& group) { return group.name == name; });
    return driver || spec.id == name || spec.model == name || spec.formula.role == name ||
           holds_word(spec.formula.text, name);
  });
}

}  // namespace

void require_columns(const Panel& panel, const ModelFormula& formula) {
  require_columns_of(panel, *formula.outcome);
  if (formula.offset) require_columns_of(panel, *formula.offset);
  for (const std::vector<Term>* terms : {&formula.terms, &formula.instruments})
    for (const Term& term : *terms)
      for (const ExpressionPtr& factor : term.factors) require_columns_of(panel, *factor);
  for (const EffectTerm& effect : formula.effects) {
    for (const ExpressionPtr& key : effect.keys) require_columns_of(panel, *key);
    for (const ExpressionPtr& slope : effect.slopes) require_columns_of(panel, *slope);
  }
}

void refuse_split_by_a_measure(const Panel& panel, const std::string& column, std::size_t values) {
  const bool is_key = column == panel.keys().unit || column == panel.keys().time;
  if (values <= kMostNumbers || is_key || panel.column(column).type != Column::Type::number) return;
  throw Error(ErrorKind::usage, "plan.split_of_numbers",
              "to split by '" + column + "' makes " + thousands(static_cast<long long>(values)) +
                  " fits, one for each number in the column; split by a column of groups, or name '" + column +
                  "' among the columns that stay text if its numbers are codes",
              {.column = column, .key = "split"});
}

void require_named_things(const RunConfig& config, const Panel& panel, const std::vector<Spec>& specs) {
  const auto names = config.report.find("names");
  if (names == config.report.end()) return;
  for (const auto& [name, words] : called_names(names->second)) {
    if (panel.find(unquoted(name)) || is_in_a_model(name, specs)) continue;
    Names known;
    for (const Column& column : panel.columns()) known.push_back(column.name);
    const std::string near = nearest(name, known);
    throw Error(ErrorKind::usage, "report.unused_name",
                "report.names calls '" + name + "' " + quoted_text(words) + ", and there is no such column in " +
                    panel.ledger().file + ", driver or term" +
                    (near.empty() ? "; correct the name or take it out" : "; did you mean '" + near + "'?"),
                {.key = "report.names"});
  }
}

}  // namespace headwater
