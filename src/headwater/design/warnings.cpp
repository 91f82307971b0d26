#include "headwater/design/warnings.hpp"

#include <algorithm>
#include <functional>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

void visit(const Expression& e, const std::function<void(const Expression&)>& action) {
  action(e);
  for (const Argument& argument : e.arguments) visit(*argument.value, action);
}

bool is_log(const Expression& e) {
  return e.kind == Expression::Kind::call && (e.name == "log" || e.name == "log2" || e.name == "log10") &&
         e.arguments.size() == 1;
}

// x + c or c + x with a column x: gives x.
const Expression* shifted_column(const Expression& e) {
  if (e.kind != Expression::Kind::binary || e.name != "+") return nullptr;
  const Expression &a = *e.arguments[0].value, &b = *e.arguments[1].value;
  if (b.kind == Expression::Kind::number && !columns_of(a).empty()) return &a;
  if (a.kind == Expression::Kind::number && !columns_of(b).empty()) return &b;
  return nullptr;
}

// Everything the outcome divides by: b in a/b, and b in log(a) - log(b).
void denominators(const Expression& e, std::vector<std::string>& columns) {
  const auto add = [&](const Expression& part) {
    for (const std::string& name : columns_of(part)) columns.push_back(name);
  };
  if (e.kind == Expression::Kind::binary && e.name == "/") add(*e.arguments[1].value);
  if (e.kind == Expression::Kind::binary && e.name == "-" && is_log(*e.arguments[0].value) &&
      is_log(*e.arguments[1].value))
    add(*e.arguments[1].value);
  for (const Argument& argument : e.arguments) denominators(*argument.value, columns);
}

}  // namespace

Notes log_of_sum_warnings(const Panel& panel, const ModelFormula& formula, const std::vector<std::int64_t>& rows) {
  Notes notes;
  const auto look = [&](const Expression& e) {
    const Expression* x = is_log(e) ? shifted_column(*e.arguments[0].value) : nullptr;
    if (!x) return;
    const Vector values = evaluate(panel, *x);
    const auto zeros = std::count_if(rows.begin(), rows.end(), [&](std::int64_t row) { return values(row) == 0; });
    merge(notes, {{"formula.log_of_sum",
                   to_text(e) + " depends on the unit of " + to_text(*x) + ": its coefficient changes when " +
                       to_text(*x) + " is measured in thousands. " + std::to_string(zeros) + " of " +
                       std::to_string(rows.size()) + " rows are at zero. Use log(ifelse(" + to_text(*x) + " == 0, 1, " +
                       to_text(*x) + ")) + I(" + to_text(*x) + " == 0), or " + to_text(*x) + " per unit of size"}});
  };
  visit(*formula.outcome, look);
  for (const Term& term : formula.terms)
    for (const ExpressionPtr& factor : term.factors) visit(*factor, look);
  return notes;
}

Notes denominator_warnings(const ModelFormula& formula) {
  std::vector<std::string> below;
  denominators(*formula.outcome, below);
  Notes notes;
  for (const Term& term : formula.terms)
    for (const ExpressionPtr& factor : term.factors)
      for (const std::string& name : columns_of(*factor))
        if (std::find(below.begin(), below.end(), name) != below.end())
          merge(notes, {{"formula.shared_denominator",
                         "'" + name + "' is in the outcome's denominator and in the regressor " + term.text +
                             ": error in it moves both the same way, so part of the coefficient is arithmetic, not "
                             "association"}});
  return notes;
}

Notes loss_warnings(const SampleLedger& ledger) {
  if (ledger.rows_used * 5 >= ledger.rows_read * 4) return {};
  std::vector<std::string> losses;
  for (const auto& [reason, rows] : ledger.dropped) losses.push_back(thousands(rows) + " " + reason);
  return {{"design.many_rows_lost", "only " + thousands(ledger.rows_used) + " of " + thousands(ledger.rows_read) +
                                        " rows are used (" + joined(losses, "; ") +
                                        "); the sample may differ from the population"}};
}

}  // namespace headwater
