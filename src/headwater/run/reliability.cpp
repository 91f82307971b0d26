// Question: what share of the spread of one figure between units is signal, and what is known of each unit? Model and
// estimator: those of provider (figures seen in several vintages or periods) and indicator (seen once, with a standard
// error); see decompositions/. Vintages of one period are measurements of one truth whose errors are independent, so
// two of them identify signal and noise; periods need three, for noise that fades must be told from what lasts. What
// comes out for a group of units (--by) is of that group alone: its own signal, noise and mean.
#include "headwater/run/reliability.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/run/pipeline.hpp"
#include "headwater/sources/revisions.hpp"
#include "headwater/sources/vintage_order.hpp"

namespace headwater {
namespace {

constexpr std::size_t kFewestUnits = 5;

struct Seen {
  std::string words;    // "vintages", "periods" or "once, with standard errors"
  std::string methods;  // what answers, with its options but `above`
  std::string formula;
  TypedSource rows;
  std::vector<double> when;  // of each row: the number of its vintage, or its period's ordinal
  std::string period, first, last;
};

bool has_vintages(const TypedSource& source) { return !source.spec.vintage.empty(); }

bool missing_figure(const TypedSource& source, Index row) {
  return std::any_of(source.columns.begin(), source.columns.end(),
                     [&](const Column& column) { return column.is_missing(row); });
}

template <class Keep>
TypedSource rows_where(const TypedSource& source, const Keep& keep) {
  std::vector<Index> rows;
  for (Index i = 0; i < source.rows(); ++i)
    if (keep(i)) rows.push_back(i);
  return taken(source, rows);
}

Period asked_period(const TypedSource& source, const std::string& text) {
  Names known;
  std::set<std::int64_t> ordinals;
  for (const Period& period : source.period)
    if (ordinals.insert(period.ordinal).second) known.push_back(to_text(period));
  for (const Period& period : source.period)
    if (to_text(period) == text || parse_period(text) == period) return period;
  std::sort(known.begin(), known.end(), natural_less);
  throw Error(ErrorKind::usage, "reliability.period",
              "'" + text + "' is no period of the figures, which run from " + known.front() + " to " + known.back(),
              {.key = "period"});
}

// The latest period that `usable` takes.
template <class Usable>
std::optional<Period> latest_period(const TypedSource& source, const Usable& usable) {
  std::optional<Period> latest;
  for (const Period& period : source.period)
    if ((!latest || period.ordinal > latest->ordinal) && usable(period)) latest = period;
  return latest;
}

TypedSource of_period(const TypedSource& source, const Period& period) {
  return rows_where(source, [&](Index i) { return source.period[static_cast<std::size_t>(i)] == period; });
}

std::size_t vintages_of(const TypedSource& source, const Period& period) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < source.vintage.size(); ++i)
    if (source.period[i] == period) seen.insert(source.vintage[i]);
  return seen.size();
}

std::string ranks_of(const FigureQuestion& question) {
  return question.ranks.empty() ? "" : ", ranks = " + question.ranks;
}

// One period in all its vintages.
Seen seen_in_vintages(const FigureQuestion& question, const TypedSource& source) {
  const std::optional<Period> period =
      question.period.empty() ? latest_period(source, [&](const Period& p) { return vintages_of(source, p) > 1; })
                              : std::optional<Period>(asked_period(source, question.period));
  if (!period || vintages_of(source, *period) < 2)
    throw Error(ErrorKind::identification, "reliability.one_vintage",
                (period ? "the period " + to_text(*period) + " has one vintage" : "no period has two vintages") +
                    std::string(", and a figure that is seen once cannot be split into signal and noise; add another "
                                "vintage, or name the column of its standard error with --errors"));
  Seen seen{.words = "vintages",
            .methods = "provider(reliability = estimate, autocorrelation = 0" + ranks_of(question),
            .formula = "figure ~ 1 | unit + seen",
            .rows = of_period(source, *period),
            .when = {},
            .period = "",
            .first = "",
            .last = ""};
  if (source.has_period) seen.period = to_text(*period);
  const std::vector<Vintage> order = vintages_in_order(seen.rows);
  std::map<std::string, double> place;
  for (std::size_t v = 0; v < order.size(); ++v) place.emplace(order[v].text, static_cast<double>(v) + 1);
  for (const std::string& vintage : seen.rows.vintage) seen.when.push_back(place.at(vintage));
  seen.first = order.front().text;
  seen.last = order.back().text;
  tell_revisions(seen.rows);
  return seen;
}

Seen seen_in_periods(const FigureQuestion& question, const TypedSource& source) {
  if (!source.has_period)
    throw Error(ErrorKind::identification, "reliability.seen_once",
                "each figure is seen once, and signal and noise of such figures cannot be told apart; name what they "
                "were seen in with --vintage or --time, or the column of their standard errors with --errors");
  Seen seen{.words = "periods",
            .methods = "provider(reliability = estimate" +
                       (question.autocorrelation.empty() ? "" : ", autocorrelation = " + question.autocorrelation) +
                       ranks_of(question),
            .formula = "figure ~ 1 | unit + seen",
            .rows = source,
            .when = {},
            .period = "",
            .first = "",
            .last = ""};
  for (const Period& period : source.period) seen.when.push_back(static_cast<double>(period.ordinal));
  const auto ends = std::minmax_element(source.period.begin(), source.period.end(),
                                        [](const Period& a, const Period& b) { return a.ordinal < b.ordinal; });
  seen.first = to_text(*ends.first);
  seen.last = to_text(*ends.second);
  return seen;
}

Seen seen_once(const FigureQuestion& question, const TypedSource& source) {
  Seen seen{.words = "once, with standard errors",
            .methods = "indicator(error = error" + ranks_of(question),
            .formula = "figure ~ 1",
            .rows = source,
            .when = {},
            .period = "",
            .first = "",
            .last = ""};
  if (source.has_period) {
    const Period period = question.period.empty() ? *latest_period(source, [](const Period&) { return true; })
                                                  : asked_period(source, question.period);
    seen.rows = of_period(source, period);
    seen.period = to_text(period);
  }
  if (has_vintages(source)) {
    const std::string latest = vintages_in_order(seen.rows).back().text;
    const TypedSource rows = seen.rows;
    seen.rows = rows_where(rows, [&](Index i) { return rows.vintage[static_cast<std::size_t>(i)] == latest; });
    seen.first = seen.last = latest;
  }
  return seen;
}

// An option that would say nothing is refused.
void refuse_idle_options(const FigureQuestion& question, const TypedSource& source) {
  if (!question.autocorrelation.empty() && has_vintages(source))
    throw Error(ErrorKind::usage, "usage.together",
                "errors of vintages are taken as independent, so --autocorrelation has no use; leave it out",
                {.key = "autocorrelation"});
  if (question.period.empty()) return;
  if (!source.has_period)
    throw Error(ErrorKind::usage, "reliability.period",
                "the figures have no periods, so --period has no use; leave it out", {.key = "period"});
  if (question.error.empty() && !has_vintages(source))
    throw Error(ErrorKind::usage, "reliability.period",
                "--period takes one period's vintages or standard errors, and these figures are seen in several "
                "periods; leave it out",
                {.key = "period"});
}

Seen seen_as_asked(const FigureQuestion& question) {
  const TypedSource all = read_figures(question);
  const TypedSource source = rows_where(all, [&](Index i) { return !missing_figure(all, i); });
  if (source.rows() == 0)
    throw Error(ErrorKind::data, "reliability.no_rows", "no row of " + question.file + " has a figure",
                {.file = question.file, .column = question.value});
  refuse_idle_options(question, source);
  if (!question.error.empty()) return seen_once(question, source);
  return has_vintages(source) ? seen_in_vintages(question, source) : seen_in_periods(question, source);
}

// ---- one group ----------------------------------------------------------------------------------------------------

Column named_column(std::string name, Vector values) {
  Column column;
  column.name = std::move(name);
  column.numbers = std::move(values);
  return column;
}

Column unit_column(const Names& units) {
  Column column;
  column.name = "unit";
  column.type = Column::Type::text;
  column.levels = units;
  std::sort(column.levels.begin(), column.levels.end(), natural_less);
  column.levels.erase(std::unique(column.levels.begin(), column.levels.end()), column.levels.end());
  std::map<std::string, std::int32_t> code;
  for (std::size_t i = 0; i < column.levels.size(); ++i) code.emplace(column.levels[i], static_cast<std::int32_t>(i));
  for (const std::string& unit : units) column.codes.push_back(code.at(unit));
  return column;
}

Panel panel_of(const Seen& seen, const FigureQuestion& question) {
  std::vector<Column> columns = {unit_column(seen.rows.unit), named_column("figure", seen.rows.columns[0].numbers)};
  if (!seen.when.empty())
    columns.push_back(named_column("seen", Eigen::Map<const Vector>(seen.when.data(), seen.rows.rows())));
  if (!question.error.empty()) columns.push_back(named_column("error", seen.rows.columns[1].numbers));
  DataLedger ledger;
  ledger.file = question.file;
  return Panel(std::move(columns), {"unit", seen.when.empty() ? "" : "seen"}, seen.rows.row, std::move(ledger));
}

Tree answer_of(const Seen& seen, const FigureQuestion& question, const std::string& above) {
  const Panel panel = panel_of(seen, question);
  RunConfig config = config_from_flags({{"model.formula", seen.formula},
                                        {"model.singletons", "keep"},
                                        {"run.level", shortest(question.level)},
                                        {"decompose.use", seen.methods + above + ")"}});
  const Tree result = describe(run(config, panel));
  return result.find_child("decompositions")->children.front().children.front();
}

// What was shrunken, in the figure's own units: the mean of all and what a unit departs from it.
double mean_of_figures(const Seen& seen, const Tree& answer) {
  if (seen.words.starts_with("once")) return scalar(answer, "figure_mean");
  const Names& units = labels(answer, "unit");
  std::map<std::string, double> level;
  for (std::size_t u = 0; u < units.size(); ++u) level.emplace(units[u], numbers(answer, "estimate")[u]);
  double sum = 0;
  for (Index i = 0; i < seen.rows.rows(); ++i)
    sum += seen.rows.columns[0].numbers(i) - level.at(seen.rows.unit[static_cast<std::size_t>(i)]);
  return sum / static_cast<double>(seen.rows.rows());
}

// Provider's levels are deviations from the mean; figures are shown with it.
void in_own_units(Tree& answer, double mean) {
  for (LabelledArray& array : answer.arrays)
    for (const char* name : {"unit_shrunken", "unit_likeliest", "unit_low", "unit_high", "unit_limit95_low",
                             "unit_limit95_high", "unit_limit998_low", "unit_limit998_high"})
      if (array.name == name)
        for (double& value : std::get<std::vector<double>>(array.values)) value += mean;
}

Tree group_of(const Seen& seen, const FigureQuestion& question) {
  const bool once = seen.words.starts_with("once");
  std::string above;
  if (!question.national.empty()) {
    const double national = *parse_number(question.national);
    above = ", above = " + shortest(once ? national : national - mean_of_figures(seen, answer_of(seen, question, "")));
  }
  Tree answer = answer_of(seen, question, above);
  const double mean = mean_of_figures(seen, answer);
  Vector figure = Eigen::Map<const Vector>(numbers(answer, "estimate").data(),
                                           static_cast<Index>(numbers(answer, "estimate").size()));
  if (!once) {
    in_own_units(answer, mean);
    figure.array() += mean;
  }
  answer.vector("unit_figure", "unit", figure, "the figure that was shrunken: the mean of what was seen");
  answer.attribute("units", static_cast<std::int64_t>(figure.size()));
  answer.attribute("mean", mean);
  return answer;
}

std::vector<std::string> group_names(const Seen& seen) {
  std::set<std::string> names;
  const Column& by = seen.rows.columns.back();
  for (const std::int32_t code : by.codes) names.insert(by.levels[static_cast<std::size_t>(code)]);
  return {names.begin(), names.end()};
}

Seen of_group(const Seen& seen, const std::string& group) {
  const Column& by = seen.rows.columns.back();
  Seen part = seen;
  part.when.clear();
  const auto inside = [&](Index i) {
    return by.levels[static_cast<std::size_t>(by.codes[static_cast<std::size_t>(i)])] == group;
  };
  part.rows = rows_where(seen.rows, inside);
  for (Index i = 0; i < seen.rows.rows(); ++i)
    if (!seen.when.empty() && inside(i)) part.when.push_back(seen.when[static_cast<std::size_t>(i)]);
  return part;
}

void require_units(const Seen& seen) {
  const std::set<std::string> units(seen.rows.unit.begin(), seen.rows.unit.end());
  if (units.size() < kFewestUnits)
    throw Error(ErrorKind::identification, "reliability.few_units",
                "signal and noise of " + counted(static_cast<long long>(units.size()), "unit") +
                    " cannot be told apart; it takes " + std::to_string(kFewestUnits) + " or more");
}

void add_group(Tree& tree, const Seen& seen, const FigureQuestion& question, const std::string& name) {
  require_units(seen);
  Tree group = group_of(seen, question);
  group.name = name;
  tree.child("groups").children.push_back(std::move(group));
}

void check_question(const FigureQuestion& question) {
  if (!question.national.empty() && !parse_number(question.national))
    throw Error(ErrorKind::usage, "usage.number",
                "--national is '" + question.national + "'; it is a number, in units of the figure",
                {.key = "national"});
  if (!question.autocorrelation.empty() && !parse_number(question.autocorrelation))
    throw Error(ErrorKind::usage, "usage.number",
                "--autocorrelation is '" + question.autocorrelation + "'; it is a number between -1 and 1",
                {.key = "autocorrelation"});
  if (!question.error.empty() && !question.autocorrelation.empty())
    throw Error(ErrorKind::usage, "usage.together",
                "--errors says how noisy each figure is, so --autocorrelation has no use; leave one out",
                {.key = "autocorrelation"});
}

}  // namespace

Tree reliability(const FigureQuestion& question) {
  check_question(question);
  const Seen seen = seen_as_asked(question);
  Tree tree;
  tree.name = "reliability";
  tree.attribute("value", question.value);
  tree.attribute("seen", seen.words);
  for (const auto& [key, text] : {std::pair{"period", seen.period}, {"first", seen.first}, {"last", seen.last}})
    tree.attribute(key, text);
  tree.attribute("national", question.national.empty() ? std::nan("") : *parse_number(question.national));
  tree.attribute("level", question.level);
  Notes notes = seen.rows.ledger.notes;
  if (question.by.empty()) {
    add_group(tree, seen, question, "all");
  } else {
    for (const std::string& name : group_names(seen)) try {
        add_group(tree, of_group(seen, name), question, name);
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::internal) throw;
        notes.push_back({"reliability.group", question.by + " = " + name + ": " + error.message()});
      }
    if (!tree.find_child("groups"))
      throw Error(ErrorKind::identification, "reliability.no_group",
                  "no group of '" + question.by + "' can be told apart into signal and noise: " + notes.back().message);
  }
  merge(tree, describe(notes));
  return tree;
}

}  // namespace headwater
