// Coefficients: one model with intervals and minimum detectable effects, or several side by side as etable users
// expect.
#include <algorithm>
#include <cmath>
#include <optional>

#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/marks.hpp"

namespace headwater {
namespace {

std::string stars_of(double p) { return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : ""; }

GridCell count_cell(const Tree& fit, const char* key) {
  const double count = number_attribute(fit, key);
  return {thousands(static_cast<long long>(count)), count};
}

GridCell cluster_cell(const Tree& fit) {
  std::vector<std::string> parts;
  const auto& counts = integers(fit, "cluster_count");
  for (const std::int64_t count : counts) parts.push_back(thousands(count));
  if (parts.size() == 1) return {parts.front(), static_cast<double>(counts.front())};
  return parts.empty() ? GridCell("-") : GridCell(joined(parts, ", "));
}

GridCell scalar_cell(const Tree& fit, const char* name) {
  const double value = scalar(fit, name);
  return {shown(value), value};
}

GridCell estimate_cell(const Tree& fit, std::size_t i, bool stars) {
  const double b = numbers(fit, "estimate")[i];
  return {shown(b, numbers(fit, "std_error")[i]) + (stars ? stars_of(numbers(fit, "p_value")[i]) : ""), b};
}

GridCell term_error_cell(const Tree& fit, std::size_t i) {
  if (!has_std_error(fit, i)) return "not estimable";
  const double se = numbers(fit, "std_error")[i];
  return {shown(se, se), se};
}

// Some coefficient rests on a handful of clusters.
bool few_carriers(const Tree& fit) {
  if (!fit.find_array("few_carriers")) return false;
  const auto& few = integers(fit, "few_carriers");
  return std::find(few.begin(), few.end(), 1) != few.end();
}

GridCell carriers_cell(const Tree& fit, std::size_t i) {
  const double effective = numbers(fit, "carriers")[i];
  if (integers(fit, "few_carriers")[i] == 0) return "";
  return {significant(effective, 2) + " of " + std::to_string(integers(fit, "carriers_all")[i]), effective};
}

void add_new(std::vector<std::string>& names, const std::vector<std::string>& more) {
  for (const std::string& name : more)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Tree* random_part(const Tree& fit) { return failed(fit) ? nullptr : fit.find_child("random"); }

// "variance 7090, theta 0.861", or the range of theta where levels differ in rows.
GridCell random_cell(const Tree& fit, const std::string& effect) {
  const Tree* random = random_part(fit);
  if (!random) return "";
  const auto& names = labels(*random, "random_effect");
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), effect) - names.begin());
  if (at == names.size()) return "";
  double low = 1, high = 0;
  for (std::size_t i = 0; i < texts(*random, "level_effect").size(); ++i) {
    if (texts(*random, "level_effect")[i] != effect) continue;
    low = std::min(low, numbers(*random, "theta")[i]);
    high = std::max(high, numbers(*random, "theta")[i]);
  }
  const double variance = numbers(*random, "variance")[at];
  const std::string from = significant(low, 3), to = significant(high, 3);
  return {"variance " + significant(variance, 4) + ", theta " + from + (from == to ? "" : " to " + to), variance};
}

void random_rows(Grid& grid, const std::vector<const Tree*>& fits) {
  std::vector<std::string> effects;
  for (const Tree* fit : fits)
    if (const Tree* random = random_part(*fit)) add_new(effects, labels(*random, "random_effect"));
  for (const std::string& effect : effects) {
    GridRow cells{{"random effect: " + effect}};
    for (const Tree* fit : fits) cells.cells.push_back(random_cell(*fit, effect));
    grid.rows.push_back(std::move(cells));
  }
  if (effects.empty()) return;
  GridRow own{{"variance of rows"}};
  for (const Tree* fit : fits) {
    const Tree* random = random_part(*fit);
    own.cells.push_back(random ? scalar_cell(*random, "own_variance") : GridCell(""));
  }
  grid.rows.push_back(std::move(own));
}

void summary_rows(Grid& grid, const std::vector<const Tree*>& fits) {
  const auto row = [&](const std::string& label, const auto& cell) {
    GridRow cells{{label}};
    for (const Tree* fit : fits) cells.cells.push_back(failed(*fit) ? GridCell("failed") : GridCell(cell(*fit)));
    grid.rows.push_back(std::move(cells));
  };
  row("rows", [](const Tree& f) { return count_cell(f, "nobs"); });
  const auto any = [&](const auto& has_some) {
    return std::any_of(fits.begin(), fits.end(), [&](const Tree* f) { return !failed(*f) && has_some(*f); });
  };
  if (any([](const Tree& f) { return number_attribute(f, "units") > 0; }))
    row("units", [](const Tree& f) { return count_cell(f, "units"); });
  if (any([](const Tree& f) { return !integers(f, "cluster_count").empty(); })) row("clusters", cluster_cell);
  std::vector<std::string> effects;
  for (const Tree* fit : fits)
    if (!failed(*fit)) add_new(effects, labels(*fit, "effect"));
  for (const std::string& effect : effects)
    row("effect: " + effect, [&](const Tree& f) { return has(labels(f, "effect"), effect) ? "yes" : "no"; });
  random_rows(grid, fits);
  row("outcome mean", [](const Tree& f) { return scalar_cell(f, "outcome_mean"); });
  const auto linked = [](const Tree& f) { return f.find_child("link") != nullptr; };
  const auto whitened = [](const Tree& f) { return f.find_child("random") != nullptr; };
  const auto within = [&](const Tree& f) { return !labels(f, "effect").empty() && !linked(f); };
  const auto plain = [&](const Tree& f) {
    return !whitened(f) && !linked(f) && (!f.find_array("r_squared") || std::isfinite(scalar(f, "r_squared")));
  };
  if (any(within))
    row("R2 within", [&](const Tree& f) { return within(f) ? scalar_cell(f, "r_squared_within") : GridCell(""); });
  if (any(plain)) row("R2 total", [&](const Tree& f) { return plain(f) ? scalar_cell(f, "r_squared") : GridCell(""); });
  if (any(linked))
    row("pseudo R2", [&](const Tree& f) {
      return linked(f) ? scalar_cell(*f.find_child("link"), "pseudo_r_squared") : GridCell("");
    });
  if (any(whitened))
    row("R2 less theta of means",
        [&](const Tree& f) { return whitened(f) ? scalar_cell(f, "r_squared") : GridCell(""); });
}

// What the names of the fits do not say: outcomes where they differ, and values of a split as the data have them.
void heading_rows(Grid& grid, const std::vector<const Tree*>& fits) {
  const auto row = [&](const std::string& label, const auto& text) {
    GridRow cells{{label}};
    for (const Tree* fit : fits) cells.cells.emplace_back(text(*fit));
    grid.rows.push_back(std::move(cells));
  };
  const auto outcome = [](const Tree& fit) { return text_attribute(fit, "outcome"); };
  const bool told = std::all_of(fits.begin(), fits.end(), [&](const Tree* fit) {
    return !text_attribute(*fit, "role").empty() || outcome(*fit) == outcome(*fits.front());
  });
  if (!told) row("outcome", outcome);
  if (std::any_of(fits.begin(), fits.end(), [](const Tree* fit) { return !split_text(*fit).empty(); }))
    row("split", split_text);
}

std::vector<std::string> all_terms(const std::vector<const Tree*>& fits) {
  std::vector<std::string> names;
  for (const char* axis : {"term", "unidentified"})
    for (const Tree* fit : fits)
      if (!failed(*fit)) add_new(names, labels(*fit, axis));
  return names;
}

// Where a term stands in a fit, if it does.
std::optional<std::size_t> place_of(const Tree& fit, const std::string& term) {
  const auto& terms = labels(fit, "term");
  const auto found = std::find(terms.begin(), terms.end(), term);
  if (found == terms.end()) return std::nullopt;
  return static_cast<std::size_t>(found - terms.begin());
}

GridCell with_error(const Tree& fit, const char* array, std::size_t i) {
  if (!has_std_error(fit, i)) return "";
  const double value = numbers(fit, array)[i];
  return {shown(value, numbers(fit, "std_error")[i]), value};
}

// One line under an estimate: what, its cell, and what a row of it is called.
struct Statistic {
  std::string name, row;
  GridCell (*cell)(const Tree& fit, std::size_t i);
};

GridCell error_under(const Tree& fit, std::size_t i) {
  GridCell cell = term_error_cell(fit, i);
  if (cell.number) cell.text = "(" + cell.text + ")";
  return cell;
}

GridCell t_under(const Tree& fit, std::size_t i) {
  const double t = numbers(fit, "statistic")[i];
  return has_std_error(fit, i) ? GridCell("t " + significant(t, 3), t) : GridCell("");
}

GridCell p_under(const Tree& fit, std::size_t i) {
  const double p = numbers(fit, "p_value")[i];
  return has_std_error(fit, i) ? GridCell("p " + shown_p(p), p) : GridCell("");
}

GridCell interval_under(const Tree& fit, std::size_t i) {
  const GridCell low = with_error(fit, "conf_low", i), high = with_error(fit, "conf_high", i);
  return low.number && high.number ? GridCell("[" + low.text + ", " + high.text + "]") : GridCell("");
}

GridCell mde_under(const Tree& fit, std::size_t i) {
  GridCell cell = with_error(fit, "mde", i);
  if (cell.number) cell.text = "{" + cell.text + "}";
  return cell;
}

const std::vector<Statistic>& statistics() {
  static const std::vector<Statistic> all = {{"std_error", "standard error", error_under},
                                             {"t", "t", t_under},
                                             {"p", "p", p_under},
                                             {"interval", "interval", interval_under},
                                             {"mde", "minimum detectable effect", mde_under}};
  return all;
}

std::vector<Statistic> chosen(const std::vector<std::string>& names) {
  std::vector<Statistic> chosen;
  for (const std::string& name : names)
    for (const Statistic& statistic : statistics())
      if (statistic.name == name) chosen.push_back(statistic);
  return chosen;
}

// The columns of one model by statistic.
struct ModelColumn {
  std::string statistic, heading, array;
};

std::vector<ModelColumn> model_columns(const std::vector<std::string>& wanted) {
  const std::vector<ModelColumn> all = {
      {"std_error", "std. error", "std_error"}, {"t", "t", "statistic"},           {"p", "p", "p_value"},
      {"interval", "low", "conf_low"},          {"interval", "high", "conf_high"}, {"mde", "MDE", "mde"}};
  std::vector<ModelColumn> columns;
  for (const ModelColumn& column : all)
    if (wanted.empty() ? column.statistic != "t" : has(wanted, column.statistic)) columns.push_back(column);
  return columns;
}

GridCell model_cell(const Tree& fit, const ModelColumn& column, std::size_t i) {
  const double value = numbers(fit, column.array)[i];
  if (column.statistic == "std_error") return term_error_cell(fit, i);
  if ((column.statistic == "p" || column.statistic == "t") && !has_std_error(fit, i)) return "";
  if (column.statistic == "p") return {shown_p(value), value};
  if (column.statistic == "t") return {significant(value, 3), value};
  return with_error(fit, column.array.c_str(), i);
}

GridCell df_cell(const Tree& fit, std::size_t i) {
  const double df = term_df(fit, i);
  return has_std_error(fit, i) ? GridCell{significant(df, 3), df} : GridCell("");
}

// "[0.1, 0.4]", "(-inf, 0.2] or [0.7, inf)", or "" where a test has no set.
std::string test_set(const Tree& tests, std::size_t test) {
  const auto& owner = integers(tests, "interval_test");
  const double error = numbers(tests, "std_error")[test];
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (owner[i] != static_cast<std::int64_t>(test)) continue;
    const double low = numbers(tests, "interval_low")[i], high = numbers(tests, "interval_high")[i];
    pieces.push_back((std::isinf(low) ? "(-inf" : "[" + shown(low, error)) + ", " +
                     (std::isinf(high) ? "inf)" : shown(high, error) + "]"));
  }
  return joined(pieces, " or ");
}

std::string model_note(const Tree& fit, const std::vector<ModelColumn>& columns) {
  std::vector<std::string> parts;
  const auto shows = [&](const char* name) {
    return std::any_of(columns.begin(), columns.end(), [&](const ModelColumn& c) { return c.statistic == name; });
  };
  if (shows("interval"))
    parts.push_back("low, high: " + significant(100 * number_attribute(fit, "level"), 4) + " % interval.");
  if (shows("mde"))
    parts.push_back("MDE: smallest effect found with " + significant(100 * number_attribute(fit, "power"), 4) +
                    " % power; read a null beside it.");
  return joined(parts, " ");
}

}  // namespace

bool failed(const Tree& fit) { return fit.find_attribute("error_message") != nullptr; }

std::string model_heading(const Tree& fit, const std::vector<const Tree*>& beside) {
  const std::string role = text_attribute(fit, "role"), model = text_attribute(fit, "model");
  if (role.empty()) return fit.name;
  const bool alone = std::all_of(beside.begin(), beside.end(),
                                 [&](const Tree* other) { return text_attribute(*other, "model") == model; });
  return alone ? role : model + ": " + role;
}

std::string split_text(const Tree& fit) {
  const std::string column = text_attribute(fit, "split"), value = text_attribute(fit, "split_value");
  return column.empty() ? "" : column + " = " + (value.empty() ? "all" : value);
}

const std::vector<std::string>& statistic_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Statistic& statistic : statistics()) all.push_back(statistic.name);
    return all;
  }();
  return names;
}

Grid model_grid(const Tree& fit, const GridStyle& style) {
  const auto& terms = labels(fit, "term");
  const std::vector<ModelColumn> columns = model_columns(style.statistics);
  Grid grid;
  grid.column("term", Align::left);
  grid.column("estimate", Align::decimal);
  for (const ModelColumn& column : columns)
    grid.column(column.heading, column.statistic == "p" ? Align::right : Align::decimal);
  const bool few = few_carriers(fit), by_term = own_df(fit);
  if (by_term) grid.column("df", Align::decimal);
  if (few) grid.column("rests on", Align::right);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    GridRow row{{terms[i], estimate_cell(fit, i, style.stars)}};
    for (const ModelColumn& column : columns) row.cells.push_back(model_cell(fit, column, i));
    if (by_term) row.cells.push_back(df_cell(fit, i));
    if (few) row.cells.push_back(carriers_cell(fit, i));
    grid.rows.push_back(std::move(row));
  }
  for (const std::string& name : labels(fit, "unidentified")) grid.rows.push_back({{name, "not identified"}});
  if (by_term)
    grid.notes.push_back("df: degrees of freedom of each coefficient's t; below 4 p values and intervals are rough.");
  if (few)
    grid.notes.push_back("rests on: how many " + texts(fit, "carriers_of").front() +
                         " carry the coefficient in effect; with so few its standard error is far too small.");
  if (const std::string note = model_note(fit, columns); !note.empty()) grid.notes.push_back(note);
  return grid;
}

Grid summary_grid(const Tree& fit) {
  Grid grid;
  grid.column("", Align::left);
  grid.column("", Align::left);
  summary_rows(grid, {&fit});
  return grid;
}

Grid models_grid(const std::vector<const Tree*>& fits, const GridStyle& style) {
  Grid grid;
  grid.column("term", Align::left);
  for (const Tree* fit : fits) grid.column(model_heading(*fit, fits), Align::decimal);
  heading_rows(grid, fits);
  const std::vector<Statistic> under =
      chosen(style.statistics.empty() ? std::vector<std::string>{"std_error"} : style.statistics);
  for (const std::string& term : all_terms(fits)) {
    GridRow estimates{{term}};
    std::vector<GridRow> lines(under.size(), GridRow{{""}});
    bool any = false;
    for (const Tree* fit : fits) {
      const auto at = failed(*fit) ? std::nullopt : place_of(*fit, term);
      const bool lost = !at && !failed(*fit) && has(labels(*fit, "unidentified"), term);
      any |= at.has_value();
      estimates.cells.push_back(at ? grid.marked(estimate_cell(*fit, *at, style.stars), term_mark(*fit, *at))
                                   : GridCell(lost ? "not identified" : ""));
      for (std::size_t s = 0; s < under.size(); ++s)
        lines[s].cells.push_back(at ? under[s].cell(*fit, *at) : GridCell(""));
    }
    grid.rows.push_back(std::move(estimates));
    for (std::size_t s = 0; any && s < under.size(); ++s) {
      lines[s].name = under[s].row + " of " + term;
      grid.rows.push_back(std::move(lines[s]));
    }
  }
  const std::size_t below = grid.rows.size();
  summary_rows(grid, fits);
  grid.rows[below].rule = true;
  return grid;
}

Grid tests_grid(const Tree& fit) {
  Grid grid;
  const Tree* tests = fit.find_child("tests");
  if (!tests) return grid;
  grid.column("hypothesis", Align::left);
  for (const char* name : {"estimate", "MDE", "statistic"}) grid.column(name, Align::decimal);
  grid.column("under it", Align::left);
  grid.column("p", Align::right);
  const bool sets = !integers(*tests, "interval_test").empty();
  if (sets) grid.column("interval", Align::left);
  const auto &hypotheses = texts(*tests, "hypothesis"), &distributions = texts(*tests, "distribution");
  const auto &statistic = numbers(*tests, "statistic"), &p = numbers(*tests, "p_value"),
             &b = numbers(*tests, "estimate"), &se = numbers(*tests, "std_error"), &mde = numbers(*tests, "mde");
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    GridRow row{{hypotheses[i],
                 {std::isnan(b[i]) ? "" : shown(b[i], se[i]), b[i]},
                 {std::isnan(mde[i]) ? "" : shown(mde[i], se[i]), mde[i]},
                 {shown(statistic[i]), statistic[i]},
                 distributions[i],
                 grid.marked({shown_p(p[i]), p[i]}, test_mark(*tests, fit, i))}};
    if (sets) row.cells.push_back(test_set(*tests, i));
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

std::vector<std::string> short_fit_notes(const Tree& fit) {
  std::vector<std::string> counts;
  for (const std::int64_t count : integers(fit, "cluster_count")) counts.push_back(thousands(count));
  return {"Outcome: " + text_attribute(fit, "outcome") + ".",
          "Estimator: " + text_attribute(fit, "estimator") + ". Errors: " + text_attribute(fit, "covariance") +
              (counts.empty() ? "" : ", " + joined(counts, " and ") + " clusters") + "."};
}

std::vector<std::string> fit_notes(const Tree& fit) {
  std::vector<std::string> notes = {"Outcome " + text_attribute(fit, "outcome") + ". Estimator " +
                                    text_attribute(fit, "estimator") +
                                    ". Errors: " + text_attribute(fit, "covariance") + ", profile " +
                                    text_attribute(fit, "profile") + " (" + text_attribute(fit, "arithmetic") + ")."};
  const auto& names = labels(fit, "effect");
  if (names.empty()) return notes;
  const auto &columns = integers(fit, "effect_columns"), &redundant = integers(fit, "effect_redundant");
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names.size(); ++i)
    parts.push_back(names[i] + " " + thousands(columns[i]) +
                    (redundant[i] > 0 ? " (" + thousands(redundant[i]) + " redundant)" : ""));
  notes.push_back("Effects: " + joined(parts, ", ") + "; exact rank " + shortest(scalar(fit, "effects_rank")) +
                  "; normal equations hold to " + significant(scalar(fit, "certificate"), 2) + ".");
  return notes;
}

std::vector<std::string> unidentified_notes(const Tree& fit) {
  const auto& names = labels(fit, "unidentified");
  const auto& because = texts(fit, "unidentified_because");
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < names.size(); ++i)
    notes.push_back("Not identified: " + names[i] + " (it is a combination of: " + because[i] + ").");
  return notes;
}

}  // namespace headwater
