#include "headwater/design/warnings.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "headwater/core/method.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/comparison.hpp"
#include "headwater/design/sample.hpp"

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

// The outcome, the regressors, the offset, the instruments, the keys and the slopes of a model.
void each_expression(const ModelFormula& formula, const std::function<void(const Expression&)>& action) {
  action(*formula.outcome);
  if (formula.offset) action(*formula.offset);
  for (const std::vector<Term>* terms : {&formula.terms, &formula.instruments})
    for (const Term& term : *terms)
      for (const ExpressionPtr& factor : term.factors) action(*factor);
  for (const EffectTerm& effect : formula.effects)
    for (const std::vector<ExpressionPtr>* parts : {&effect.keys, &effect.slopes})
      for (const ExpressionPtr& part : *parts) action(*part);
}

// Each unit has one level of the effect and each level one unit.
bool is_unit_effect(const Design& design, const Effect& effect) {
  if (!effect.intercept || !design.has_unit || effect.levels.count != design.unit.count) return false;
  std::vector<std::int32_t> level_of(static_cast<std::size_t>(design.unit.count), -1);
  for (std::size_t i = 0; i < design.unit.code.size(); ++i) {
    std::int32_t& level = level_of[static_cast<std::size_t>(design.unit.code[i])];
    if (level >= 0 && level != effect.levels.code[i]) return false;
    level = effect.levels.code[i];
  }
  return true;
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
                       counted(static_cast<long long>(rows.size()), "row") + (zeros == 1 ? " is" : " are") +
                       " at zero. Use log(ifelse(" + to_text(*x) + " == 0, 1, " + to_text(*x) + ")) + I(" +
                       to_text(*x) + " == 0), or " + to_text(*x) + " per unit of size"}});
  };
  visit(*formula.outcome, look);
  for (const Term& term : formula.terms)
    for (const ExpressionPtr& factor : term.factors) visit(*factor, look);
  return notes;
}

Notes growth_warnings(const Panel& panel, const ModelFormula& formula, const std::vector<std::int64_t>& rows) {
  Notes notes;
  if (formula.role.empty()) return notes;
  visit(*formula.outcome, [&](const Expression& e) {
    if (e.kind != Expression::Kind::call || e.name != "log1p") return;
    const Expression& growth = *e.arguments[0].value;
    const Vector values = evaluate(panel, growth);
    const auto large = std::count_if(rows.begin(), rows.end(), [&](std::int64_t row) { return values(row) > 1; });
    if (large > 0)
      merge(notes, {{"formula.growth_above_one",
                     to_text(growth) + " is above 1 in " + std::to_string(large) + " of " +
                         counted(static_cast<long long>(rows.size()), "row") +
                         ": growth is a fraction here (0.028 for 2.8 per cent), so divide per cent by 100"}});
  });
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

Notes unmatched_value_warnings(const Panel& panel, const Spec& spec) {
  Notes notes;
  const auto look = [&](const Expression& e) {
    if (!is_comparison(e)) return;
    const Expression &a = *e.arguments[0].value, &b = *e.arguments[1].value;
    const Expression &column = a.kind == Expression::Kind::text ? b : a, &value = &column == &a ? b : a;
    if (value.kind != Expression::Kind::text || column.kind != Expression::Kind::column) return;
    const Column* cells = panel.find(column.name);
    if (!cells || cells->type != Column::Type::text || period_column(panel, column.name)) return;
    if (std::find(cells->levels.begin(), cells->levels.end(), value.name) != cells->levels.end()) return;
    const std::string near = nearest(value.name, cells->levels);
    merge(notes, {{"formula.unmatched_value", "no cell of '" + column.name + "' is " + quoted_text(value.name) +
                                                  ", which " + to_text(e) + " asks for" +
                                                  (near.empty() ? "" : "; did you mean " + quoted_text(near) + "?")}});
  };
  each_expression(spec.formula, [&](const Expression& e) { visit(e, look); });
  if (spec.subset) visit(*spec.subset, look);
  return notes;
}

Notes uneven_step_warnings(const Panel& panel, const ModelFormula& formula) {
  const std::vector<Period>& periods = panel.periods();
  bool lags = false;
  each_expression(formula, [&](const Expression& e) {
    visit(e, [&](const Expression& part) { lags |= time_operator(part) != TimeOperator::none; });
  });
  if (!lags || periods.size() < 3) return {};
  std::map<std::int64_t, std::size_t> gaps;
  for (std::size_t p = 1; p < periods.size(); ++p) ++gaps[periods[p].ordinal - periods[p - 1].ordinal];
  const auto usual =
      std::max_element(gaps.begin(), gaps.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (usual->first == panel.time_step()) return {};
  std::size_t odd = 1;
  while ((periods[odd].ordinal - periods[odd - 1].ordinal) % usual->first == 0) ++odd;
  return {{"design.uneven_steps", "lags step by " + step_text(panel) + ", the common divisor of all gaps in '" +
                                      panel.keys().time + "', although most periods are " +
                                      std::to_string(usual->first) + " apart: " + to_text(periods[odd - 1]) + " and " +
                                      to_text(periods[odd]) +
                                      " are not, so most rows have no period one step away; leave the odd period out, "
                                      "or lag by more steps"}};
}

Notes lagged_outcome_warnings(const Design& design) {
  const auto unit_effect = [&](const Effect& effect) { return is_unit_effect(design, effect); };
  if (std::none_of(design.effects.begin(), design.effects.end(), unit_effect)) return {};
  const double periods = static_cast<double>(design.n()) / design.unit.count;
  if (!(periods > 1)) return {};
  const std::string outcome = to_text(*design.spec.formula.outcome);
  for (const Term& term : design.spec.formula.terms)
    for (const ExpressionPtr& factor : term.factors) {
      if (time_operator(*factor) != TimeOperator::lag || to_text(*factor->arguments[0].value) != outcome) continue;
      const auto bias = [&](double persistence) { return significant((1 + persistence) / (periods - 1), 2); };
      return {{"design.lagged_outcome",
               term.text +
                   " is the outcome's own lag beside effects of the units: its coefficient is too small by "
                   "about (1 + itself)/(periods - 1), with " +
                   significant(periods, 3) + " rows a unit " + bias(0) + " where the truth is 0 and " + bias(0.9) +
                   " where it is 0.9 (Nickell 1981), and other coefficients move with it; more periods a unit make it "
                   "small"}};
    }
  return {};
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
