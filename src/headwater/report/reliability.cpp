#include "headwater/report/reliability.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "headwater/core/text.hpp"
#include "headwater/report/contract.hpp"
#include "headwater/report/layout.hpp"

namespace headwater {
namespace {

constexpr double kCertain = 0.975;     // probability from which a unit is said to lie on one side
constexpr double kMostlySignal = 0.7;  // share of a figure from which its differences are mostly signal
constexpr const char* kUnitColumns[] = {"figure", "shrunken",    "likeliest",    "std_error",    "low",          "high",
                                        "above",  "limit95_low", "limit95_high", "limit998_low", "limit998_high"};

bool seen_once(const Tree& tree) { return text_attribute(tree, "seen").starts_with("once"); }

std::string of_what(const Tree& tree) {
  const double national = number_attribute(tree, "national");
  return std::isnan(national) ? "the mean" : significant(national, 6);
}

// A share with its interval: "3.3 % (0.1 % to 21 %)".
std::string share_text(const Tree& group, const std::string& parameter) {
  const Names& names = labels(group, "parameter");
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), parameter) - names.begin());
  return shown_percent(numbers(group, "parameter_likeliest")[at]) + " (" +
         shown_percent(numbers(group, "parameter_low")[at]) + " to " +
         shown_percent(numbers(group, "parameter_high")[at]) + ")";
}

std::string shares_text(const Tree& tree, const Tree& group) {
  const std::string level = shown_percent(number_attribute(tree, "level"));
  if (seen_once(tree))
    return "Of the differences between the units' figures " + share_text(group, "signal share of a typical figure") +
           " are signal, the rest is noise of their own standard errors (likeliest share, " + level + " interval).";
  return "Of the differences between units in one figure " + share_text(group, "signal share of a row") +
         " are signal, in the mean of those seen " + share_text(group, "signal share of a level") +
         "; the rest is noise (likeliest share, " + level + " interval).";
}

struct Sides {
  int above = 0, below = 0;
};

Sides certain_sides(const Tree& group) {
  Sides sides;
  for (const double p : numbers(group, "unit_above")) {
    sides.above += p >= kCertain;
    sides.below += p <= 1 - kCertain;
  }
  return sides;
}

std::string sides_text(const Tree& tree, const Tree& group) {
  const Sides sides = certain_sides(group);
  const auto units = static_cast<long long>(number_attribute(group, "units"));
  if (sides.above + sides.below == 0)
    return "None of the " + counted(units, "unit") + " can be told from " + of_what(tree) +
           ": the probability of lying above it is between 2.5 % and 97.5 % for every one.";
  return std::to_string(sides.above) + " of " + counted(units, "unit") + " lie above " + of_what(tree) + " and " +
         std::to_string(sides.below) + " below with a probability of 97.5 % or more, each taken alone.";
}

double share_of_a_figure(const Tree& tree, const Tree& group) {
  const Names& names = labels(group, "parameter");
  const std::string wanted = seen_once(tree) ? "signal share of a typical figure" : "signal share of a row";
  const auto found = std::find(names.begin(), names.end(), wanted);
  return numbers(group, "parameter_likeliest")[static_cast<std::size_t>(found - names.begin())];
}

std::string words_text(const Tree& tree, const Tree& group) {
  const bool signal = share_of_a_figure(tree, group) >= kMostlySignal;
  return "May be said: what goes for the units together; a unit's shrunken figure with its interval; the probability "
         "of lying above " +
         of_what(tree) +
         ". May not be said: " + (signal ? std::string() : "that a unit's figure, seen once, is its own; ") +
         "that one unit does better than another because its figure is larger; a rank without its set; why a unit lies "
         "where it does.";
}

std::string parameter_table(const Tree& group) {
  TextTable table;
  table.column("", Align::left);
  for (const char* name : {"likeliest", "mean", "low", "high"}) table.column(name, Align::decimal);
  const Names& names = labels(group, "parameter");
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> row = {names[i]};
    for (const char* column : {"likeliest", "mean", "low", "high"})
      row.push_back(significant(numbers(group, std::string("parameter_") + column)[i], 3));
    table.row(std::move(row));
  }
  return table.text();
}

std::string unit_table(const Tree& tree, const Tree& group) {
  TextTable table;
  table.column("unit", Align::left);
  for (const char* name : {"figure", "shrunken", "low", "high"}) table.column(name, Align::decimal);
  table.column("above " + of_what(tree), Align::right);
  const bool ranked = group.find_axis("rank") != nullptr;
  if (ranked) table.column("rank set", Align::right);
  const Names& units = labels(group, "unit");
  for (std::size_t u = 0; u < units.size(); ++u) {
    const double error = numbers(group, "unit_std_error")[u];
    std::vector<std::string> row = {units[u]};
    for (const char* column : {"figure", "shrunken", "low", "high"})
      row.push_back(shown(numbers(group, std::string("unit_") + column)[u], error));
    row.push_back(shown_percent(numbers(group, "unit_above")[u]));
    if (ranked)
      row.push_back(significant(numbers(group, "rank_set_low")[u], 6) + " to " +
                    significant(numbers(group, "rank_set_high")[u], 6));
    table.row(std::move(row));
  }
  return table.text();
}

std::string seen_text(const Tree& tree) {
  const std::string period = text_attribute(tree, "period"), first = text_attribute(tree, "first");
  std::string words =
      text_attribute(tree, "value") + ", seen " + (seen_once(tree) ? "" : "in ") + text_attribute(tree, "seen");
  if (!period.empty()) words += ", " + period;
  if (!first.empty() && !seen_once(tree)) words += ", from " + first + " to " + text_attribute(tree, "last");
  return words;
}

std::string group_text(const Tree& tree, const Tree& group) {
  std::string out = group.name == "all" ? "" : "\n" + heading(group.name);
  out += wrapped(shares_text(tree, group)) + wrapped(sides_text(tree, group)) + wrapped(words_text(tree, group)) + "\n";
  out += parameter_table(group) + "\n" + unit_table(tree, group);
  if (group.find_axis("candidate"))
    out += "\n" + wrapped("May be among the largest: " + joined(labels(group, "candidate"), ", ") + ".");
  for (const std::string& message : texts(group, "note_message")) out += wrapped("Note: " + message + ".", 2);
  return out;
}

void write_units(Contract& out, const Tree& group) {
  out.json.key("units");
  out.json.begin_array();
  for (std::size_t u = 0; u < labels(group, "unit").size(); ++u) {
    out.begin_object();
    out.json.member("unit", labels(group, "unit")[u]);
    for (const char* column : kUnitColumns)
      out.number(column, numbers(group, std::string("unit_") + column)[u], "a unit that is alone in its group");
    if (group.find_axis("rank"))
      for (const char* column : {"set_low", "point", "set_high"})
        out.json.member(std::string("rank_") + column, numbers(group, std::string("rank_") + column)[u]);
    out.end_object();
  }
  out.json.end_array();
}

void write_group(Contract& out, const Tree& tree, const Tree& group) {
  out.begin_object();
  out.json.member("group", group.name);
  out.json.member("mean", number_attribute(group, "mean"));
  out.json.key("parameters");
  out.json.begin_array();
  for (std::size_t i = 0; i < labels(group, "parameter").size(); ++i) {
    out.begin_object();
    out.json.member("parameter", labels(group, "parameter")[i]);
    for (const char* column : {"likeliest", "mean", "low", "high"})
      out.json.member(column, numbers(group, std::string("parameter_") + column)[i]);
    out.end_object();
  }
  out.json.end_array();
  const Sides sides = certain_sides(group);
  out.json.member("certainly_above", std::int64_t{sides.above});
  out.json.member("certainly_below", std::int64_t{sides.below});
  out.json.key("words");
  out.json.begin_array();
  for (const std::string& words : {shares_text(tree, group), sides_text(tree, group), words_text(tree, group)})
    out.json.value(words);
  out.json.end_array();
  write_units(out, group);
  if (group.find_axis("candidate")) {
    out.json.key("candidates");
    out.json.begin_array();
    for (const std::string& unit : labels(group, "candidate")) out.json.value(unit);
    out.json.end_array();
  }
  out.end_object();
}

}  // namespace

std::string reliability_text(const Tree& tree) {
  std::string out = heading(seen_text(tree));
  for (const std::string& message : texts(tree, "note_message")) out += wrapped("Note: " + message + ".", 2);
  for (const Tree& group : tree.find_child("groups")->children) out += group_text(tree, group);
  return out;
}

std::string reliability_json(const Tree& tree, const std::string& version) {
  Contract out;
  out.begin_object();
  out.json.member("schema", "headwater.reliability/1");
  out.json.member("version", version);
  for (const char* key : {"value", "seen", "period", "first", "last"}) out.json.member(key, text_attribute(tree, key));
  out.number("national", number_attribute(tree, "national"), "none was given: units are set against their mean");
  out.json.member("level", number_attribute(tree, "level"));
  out.json.key("groups");
  out.json.begin_array();
  for (const Tree& group : tree.find_child("groups")->children) write_group(out, tree, group);
  out.json.end_array();
  write_warnings(out, tree);
  out.end_object();
  return out.json.text() + "\n";
}

}  // namespace headwater
