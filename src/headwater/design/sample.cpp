#include "headwater/design/sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

bool has_logarithm(const Expression& e) {
  if (e.kind == Expression::Kind::call && (e.name == "log" || e.name == "log10" || e.name == "log2")) return true;
  return std::any_of(e.arguments.begin(), e.arguments.end(), [](const Argument& a) { return has_logarithm(*a.value); });
}

Loss missing_cell(const Panel& panel, const Names& columns, std::int64_t row) {
  for (const std::string& name : columns) {
    const Column& column = panel.column(name);
    if (column.is_missing(row))
      return {name + " missing (" + headwater::name(column.missing[static_cast<std::size_t>(row)]) + ")",
              Loss::Cause::missing_cell, name};
  }
  return {};
}

// Why an expression has no value in a row: a cell is missing there, or in the period a lag looks at, or that period is
// not in the data, or the value is undefined.
class Absence {
 public:
  Absence(const Panel& panel, const Expression& e) : panel_(panel), e_(e) { read(e); }

  Loss operator()(std::int64_t row) const {
    for (const Shift& shift : shifts_) {
      const Index at = shift.is_difference && std::isnan(shift.inside(row)) ? row : shift.row(panel_, row);
      const std::string text = to_text(*shift.call);
      if (at < 0)
        return {
            text + " has no value (a period is missing or lies before the first; a step is " + step_text(panel_) + ")",
            Loss::Cause::no_period};
      if (!std::isnan(shift.inside(at))) continue;
      Loss there = Absence(panel_, *shift.call->arguments[0].value)(at);
      if (at != row) there.reason = text + ": " + there.reason + " in that period";
      return there;
    }
    if (Loss loss = missing_cell(panel_, columns_, row); !loss.reason.empty()) return loss;
    return {to_text(e_) + (has_logarithm(e_) ? " of a value that is not positive" : " undefined"),
            Loss::Cause::undefined};
  }

 private:
  struct Shift {
    const Expression* call;
    Vector inside;
    std::int64_t distance;  // ordinals, in time
    bool is_difference;

    Index row(const Panel& panel, std::int64_t from) const {
      const auto at = static_cast<std::size_t>(from);
      const std::int64_t here = panel.periods()[static_cast<std::size_t>(panel.times().code[at])].ordinal;
      return panel.row_at(panel.units().code[at], here + distance);
    }
  };

  // The outermost time operators, each in the form name(column, step), and the columns outside of them.
  void read(const Expression& e) {
    if (e.kind == Expression::Kind::column) columns_.push_back(e.name);
    const TimeOperator kind = time_operator(e);
    if (kind == TimeOperator::none) {
      for (const Argument& argument : e.arguments) read(*argument.value);
      return;
    }
    const Vector step = evaluate(panel_, *e.arguments[1].value);
    const auto steps = static_cast<std::int64_t>(step(0)) * panel_.time_step();
    shifts_.push_back({&e, evaluate(panel_, *e.arguments[0].value), kind == TimeOperator::lead ? steps : -steps,
                       kind == TimeOperator::difference});
  }

  const Panel& panel_;
  const Expression& e_;
  Names columns_;
  std::vector<Shift> shifts_;
};

}  // namespace

std::string step_text(const Panel& panel) {
  const Frequency frequency = panel.periods().empty() ? Frequency::integer : panel.periods().front().frequency;
  return frequency == Frequency::integer ? std::to_string(panel.time_step())
                                         : counted(panel.time_step(), name(frequency));
}

void count(SampleLedger& ledger, const std::string& reason) {
  for (auto& [known, rows] : ledger.dropped)
    if (known == reason) {
      ++rows;
      return;
    }
  ledger.dropped.emplace_back(reason, 1);
}

Sample::Sample(const Panel& panel) : panel_(panel), rows_(static_cast<std::size_t>(panel.rows())) {
  std::iota(rows_.begin(), rows_.end(), std::int64_t{0});
  ledger_.rows_read = panel.rows();
}

void Sample::count(const Loss& loss) {
  ++by_cause_[loss.cause];
  if (loss.cause == Loss::Cause::missing_cell) ++by_column_[loss.column];
  headwater::count(ledger_, loss.reason);
}

void Sample::require(const Expression& expression, const Vector& values, const std::string& before) {
  if (std::none_of(rows_.begin(), rows_.end(), [&](std::int64_t row) { return std::isnan(values(row)); })) return;
  const Absence absence(panel_, expression);
  drop([&](std::int64_t row) -> Loss {
    if (!std::isnan(values(row))) return {};
    Loss loss = absence(row);
    loss.reason.insert(0, before);
    return loss;
  });
}

void Sample::require(const Grouping& groups, const std::string& what, const Names& columns) {
  drop([&](std::int64_t row) -> Loss {
    if (groups.code[static_cast<std::size_t>(row)] >= 0) return {};
    const Loss cell = missing_cell(panel_, columns, row);
    return {what + " missing", cell.reason.empty() ? Loss::Cause::undefined : Loss::Cause::missing_cell, cell.column};
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
      drop([&](std::int64_t row) -> Loss {
        const auto level = static_cast<std::size_t>(effect->code[static_cast<std::size_t>(row)]);
        return size[level] == 1 ? Loss{"singleton level of " + effect->name, Loss::Cause::singleton} : Loss{};
      });
      again |= rows_.size() != before;
    }
  }
}

const SampleLedger& Sample::ledger() {
  ledger_.rows_used = static_cast<std::int64_t>(rows_.size());
  return ledger_;
}

// What to do about the cause that took most rows.
std::string Sample::advice() const {
  const auto most = std::max_element(by_cause_.begin(), by_cause_.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  const Loss::Cause cause = most == by_cause_.end() ? Loss::Cause::undefined : most->first;
  switch (cause) {
    case Loss::Cause::choice: return "check the choice of rows named";
    case Loss::Cause::no_period: return "check the time key, or use a smaller step";
    case Loss::Cause::singleton: return "take out the effect that has one row a level, or use a coarser one";
    case Loss::Cause::undefined: return "check the columns named";
    case Loss::Cause::missing_cell: break;
  }
  std::vector<std::string> columns;
  for (const auto& [column, rows] : by_column_) columns.push_back("'" + column + "' (" + counted(rows, "row") + ")");
  return "missing cells took most of them; fill or leave out " + joined(columns, ", ");
}

void Sample::refuse_empty() {
  if (!rows_.empty()) return;
  std::vector<std::string> losses;
  for (const auto& [reason, rows] : ledger_.dropped) losses.push_back(counted(rows, "row") + ": " + reason);
  throw Error(ErrorKind::data, "design.no_rows",
              "no row of " + panel_.ledger().file + " is left to fit (" + joined(losses, "; ") + "); " + advice(),
              {.file = panel_.ledger().file});
}

}  // namespace headwater
