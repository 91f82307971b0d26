#include "headwater/decompositions/groups.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/extra_table.hpp"

namespace headwater {
namespace {

constexpr double kFewUnits = 20;  // of the smaller group
constexpr std::size_t kShownLevels = 12;

std::string levels_text(const Grouping& groups) {
  Names shown(groups.labels.begin(),
              groups.labels.begin() + static_cast<std::ptrdiff_t>(std::min(groups.labels.size(), kShownLevels)));
  return joined(shown, ", ") + (groups.labels.size() > kShownLevels ? ", ..." : "");
}

std::int32_t level_code(const Grouping& groups, const MethodCall& call, const std::string& option,
                        std::int32_t fallback) {
  if (!call.has(option)) {
    if (groups.count == 2) return fallback;
    throw Error(ErrorKind::usage, "decomposition.option",
                "'" + groups.name + "' has " + counted(groups.count, "level") + " in the rows used (" +
                    levels_text(groups) + "), so say which two to compare with a = and b =",
                {.key = option});
  }
  const std::string wanted = call.get(option);
  const auto found = std::find(groups.labels.begin(), groups.labels.end(), wanted);
  if (found != groups.labels.end()) return static_cast<std::int32_t>(found - groups.labels.begin());
  const std::string near = nearest(wanted, groups.labels);
  throw Error(ErrorKind::usage, "decomposition.no_group",
              option + " = " + wanted + " is no level of '" + groups.name + "' in the rows used" +
                  (near.empty() ? "; its levels are " + levels_text(groups) : "; did you mean '" + near + "'?"),
              {.key = option});
}

void take(TwoGroups& two, const std::vector<std::int32_t>& code, std::int32_t a, std::int32_t b) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] != a && code[i] != b) continue;
    two.rows.push_back(static_cast<Index>(i));
    two.in_a.push_back(code[i] == a);
  }
}

TwoGroups of_levels(const DecompositionInput& input, const Design& design, const std::string& column) {
  const Grouping groups = row_groups(input.panel, design, column);
  const std::int32_t a = level_code(groups, input.call, "a", 0), b = level_code(groups, input.call, "b", 1);
  TwoGroups two;
  two.a = column + " = " + groups.labels[static_cast<std::size_t>(a)];
  two.b = column + " = " + groups.labels[static_cast<std::size_t>(b)];
  if (a == b)
    throw Error(ErrorKind::usage, "decomposition.one_group",
                "a and b are both " + two.a + "; a comparison needs two different groups", {.key = "b"});
  take(two, groups.code, a, b);
  return two;
}

TwoGroups of_cut(const DecompositionInput& input, const Design& design, const std::string& column) {
  const Column& source = input.panel.column(unquoted(column));
  if (source.type != Column::Type::number)
    throw Error(ErrorKind::usage, "decomposition.option",
                "cut needs a column of numbers, but '" + column + "' is text; name its levels with a = and b = instead",
                {.column = column, .key = "cut"});
  const double cut = input.call.number("cut", 0);
  std::vector<std::int32_t> code;
  for (const std::int64_t row : design.rows) {
    const double value = source.numbers(row);
    if (std::isnan(value))
      throw Error(ErrorKind::data, "decomposition.no_group",
                  "'" + column +
                      "' has no value in a row used, so the row belongs to no group; fill the cell or choose another "
                      "column",
                  {.row = input.panel.source_row(row), .column = column});
    code.push_back(value > cut ? 0 : 1);
  }
  TwoGroups two;
  two.a = column + " > " + shortest(cut);
  two.b = column + " <= " + shortest(cut);
  take(two, code, 0, 1);
  if (std::count(two.in_a.begin(), two.in_a.end(), true) == 0 ||
      std::count(two.in_a.begin(), two.in_a.end(), false) == 0)
    throw Error(
        ErrorKind::usage, "decomposition.one_group",
        "cut = " + shortest(cut) + " leaves all rows on one side of '" + column + "'; choose a value inside its range",
        {.key = "cut"});
  return two;
}

// Rows of units that have a row in both periods; all rows where there is no unit key.
TwoGroups of_periods(const DecompositionInput& input, const Design& design) {
  const std::int32_t from = period_code(design, "from", input.call.get("from")),
                     to = period_code(design, "to", input.call.get("to"));
  const auto label = [&](std::int32_t t) { return design.time.labels[static_cast<std::size_t>(t)]; };
  if (from == to)
    throw Error(ErrorKind::usage, "decomposition.one_period",
                "from and to are both " + label(from) + "; a comparison needs two different periods", {.key = "from"});
  std::vector<bool> before(static_cast<std::size_t>(design.unit.count)), after(before);
  for (std::size_t i = 0; i < design.time.code.size(); ++i) {
    const auto unit = static_cast<std::size_t>(design.unit.code[i]);
    if (design.time.code[i] == from) before[unit] = true;
    if (design.time.code[i] == to) after[unit] = true;
  }
  std::vector<std::int32_t> code = design.time.code;
  std::int64_t single = 0, both = 0;
  for (std::size_t u = 0; u < before.size(); ++u) (before[u] && after[u] ? both : single) += before[u] || after[u];
  TwoGroups two;
  two.periods = true;
  two.a = label(to);
  two.b = label(from);
  if (design.has_unit) {
    for (std::size_t i = 0; i < code.size(); ++i) {
      const auto unit = static_cast<std::size_t>(design.unit.code[i]);
      if (!before[unit] || !after[unit]) code[i] = -1;
    }
    if (both == 0)
      throw Error(
          ErrorKind::data, "decomposition.no_stayers",
          "no unit has rows in both " + two.b + " and " + two.a + ", so the periods cannot be compared unit by unit",
          {.key = "from"});
    if (single > 0)
      two.notes.push_back(
          {"decomposition.same_units", std::to_string(single) + " of " + std::to_string(single + both) +
                                           " units have a row in only one of the two periods and are left "
                                           "out, so that the same units stand in both"});
  }
  take(two, code, to, from);
  note_shared_units(two.notes, input.spec, design);
  note_seasons(two.notes, design, from, to);
  return two;
}

}  // namespace

std::vector<Index> TwoGroups::positions(bool of_a) const {
  std::vector<Index> result;
  for (std::size_t i = 0; i < in_a.size(); ++i)
    if (in_a[i] == of_a) result.push_back(static_cast<Index>(i));
  return result;
}

void note_shared_units(Notes& notes, const Spec& spec, const Design& design) {
  const std::string& rule = spec.covariance.method;
  const Gathers what = gathers(spec.covariance);
  if (!design.has_unit || (what != Gathers::nothing && what != Gathers::rows)) return;
  notes.push_back({"decomposition.shared_units", "both periods hold the same units (" + design.unit.name +
                                                     "), whose rows are not independent, but " + rule +
                                                     " takes them as if they were; use covariance = cluster(" +
                                                     quoted_name(design.unit.name) + ")"});
}

void tell_groups(Decomposition& d, const Spec& spec, const Design& rows, const TwoGroups& groups,
                 const std::string& advice) {
  const bool clustered = gathers(spec.covariance) == Gathers::clusters && !rows.clusters.empty();
  const Grouping* who = clustered ? &rows.clusters.front() : rows.has_unit ? &rows.unit : nullptr;
  std::vector<double> row_counts, unit_counts;
  for (const bool of_a : {true, false}) {
    const std::vector<Index> own = groups.positions(of_a);
    std::set<std::int32_t> units;
    for (const Index i : own) units.insert(who ? who->code[static_cast<std::size_t>(i)] : static_cast<std::int32_t>(i));
    row_counts.push_back(static_cast<double>(own.size()));
    unit_counts.push_back(static_cast<double>(units.size()));
  }
  const std::string whose = who ? who->name : "row";
  ExtraTable("group", "Rows and independent units (" + whose + ") of each group", {groups.a, groups.b})
      .numbers("rows", row_counts, "rows used", "rows")
      .numbers("units", unit_counts, "levels of " + whose, "units")
      .add_to(d);
  const bool a_is_smaller = unit_counts[0] <= unit_counts[1];
  const double fewest = std::min(unit_counts[0], unit_counts[1]);
  if (fewest >= kFewUnits) return;
  d.notes.push_back({"decomposition.few_units",
                     (a_is_smaller ? groups.a : groups.b) + " has " + counted(static_cast<long long>(fewest), "unit") +
                         " (" + whose + "): below about " + shortest(kFewUnits) +
                         " the standard errors of its own coefficients are too small, and intervals cover less than "
                         "they say; " +
                         advice});
}

std::vector<OptionCard> two_groups_option_cards() {
  return {{"groups", "text", "", "column whose levels are compared"},
          {"a", "text", "", "level of the first group; by default the first of two"},
          {"b", "text", "", "level of the second group; by default the second of two"},
          {"cut", "number", "", "a column of numbers: first group above, second at or below"},
          {"from", "period", "", "instead of groups: the earlier period (the second group)"},
          {"to", "period", "", "instead of groups: the later period (the first group)"}};
}

TwoGroups two_groups(const DecompositionInput& input, const Design& design) {
  const MethodCall& call = input.call;
  const bool periods = call.has("from") || call.has("to");
  if (periods == call.has("groups") || (periods && !(call.has("from") && call.has("to"))))
    throw Error(
        ErrorKind::usage, "decomposition.option",
        call.method + " compares two groups: give groups = COLUMN (with a = and b =, or cut =), or from = and to =",
        {.key = "groups"});
  const std::string column = call.get("groups");
  TwoGroups two = periods           ? of_periods(input, design)
                  : call.has("cut") ? of_cut(input, design, column)
                                    : of_levels(input, design, column);
  two.choices = {{"a", two.a}, {"b", two.b}};
  return two;
}

}  // namespace headwater
