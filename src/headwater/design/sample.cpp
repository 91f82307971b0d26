#include "headwater/design/sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

bool has_time_operator(const Expression& e) {
  if (time_operator(e) != TimeOperator::none) return true;
  return std::any_of(e.arguments.begin(), e.arguments.end(),
                     [](const Argument& a) { return has_time_operator(*a.value); });
}

bool has_logarithm(const Expression& e) {
  if (e.kind == Expression::Kind::call && (e.name == "log" || e.name == "log10" || e.name == "log2")) return true;
  return std::any_of(e.arguments.begin(), e.arguments.end(), [](const Argument& a) { return has_logarithm(*a.value); });
}

}  // namespace

Sample::Sample(const Panel& panel) : panel_(panel), rows_(static_cast<std::size_t>(panel.rows())) {
  std::iota(rows_.begin(), rows_.end(), std::int64_t{0});
  ledger_.rows_read = panel.rows();
}

void Sample::count(const std::string& reason) {
  for (auto& [known, rows] : ledger_.dropped)
    if (known == reason) {
      ++rows;
      return;
    }
  ledger_.dropped.emplace_back(reason, 1);
}

void Sample::require(const Expression& expression, const Vector& values) {
  const std::string text = to_text(expression);
  const std::vector<std::string> names = columns_of(expression);
  const bool shifted = has_time_operator(expression), logarithm = has_logarithm(expression);
  drop([&](std::int64_t row) -> std::string {
    if (!std::isnan(values(row))) return {};
    if (shifted) return text + " has no value (a period is missing or lies before the first)";
    for (const std::string& name : names) {
      const Column& column = panel_.column(name);
      if (column.is_missing(row))
        return name + " missing (" + headwater::name(column.missing[static_cast<std::size_t>(row)]) + ")";
    }
    return logarithm ? text + " of a value that is not positive" : text + " undefined";
  });
}

void Sample::require(const Grouping& groups, const std::string& what) {
  drop([&](std::int64_t row) -> std::string {
    return groups.code[static_cast<std::size_t>(row)] >= 0 ? "" : what + " missing";
  });
}

void Sample::drop_singletons(const std::vector<const Grouping*>& effects) {
  for (bool again = true; again;) {
    again = false;
    for (const Grouping* effect : effects) {
      std::vector<std::int32_t> size(static_cast<std::size_t>(effect->count), 0);
      for (const std::int64_t row : rows_)
        ++size[static_cast<std::size_t>(effect->code[static_cast<std::size_t>(row)])];
      const std::size_t before = rows_.size();
      drop([&](std::int64_t row) -> std::string {
        const auto level = static_cast<std::size_t>(effect->code[static_cast<std::size_t>(row)]);
        return size[level] == 1 ? "singleton level of " + effect->name : "";
      });
      again |= rows_.size() != before;
    }
  }
}

const SampleLedger& Sample::ledger() {
  ledger_.rows_used = static_cast<std::int64_t>(rows_.size());
  return ledger_;
}

void Sample::refuse_empty() {
  if (!rows_.empty()) return;
  std::vector<std::string> losses;
  bool singletons = false;
  for (const auto& [reason, rows] : ledger_.dropped) {
    losses.push_back(counted(rows, "row") + ": " + reason);
    singletons |= reason.rfind("singleton", 0) == 0;
  }
  throw Error(ErrorKind::data, "design.no_rows",
              "no row of " + panel_.ledger().file + " is left to fit (" + joined(losses, "; ") + "); " +
                  (singletons ? "take out the effect that has one row a level, or use a coarser one"
                              : "check the columns named"),
              {.file = panel_.ledger().file});
}

}  // namespace headwater
