// Coefficients: one model with intervals and minimum detectable effects, or several side by side as etable users
// expect.
#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"

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

void add_new(std::vector<std::string>& names, const std::vector<std::string>& more) {
  for (const std::string& name : more)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
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
  row("outcome mean", [](const Tree& f) { return scalar_cell(f, "outcome_mean"); });
  if (!effects.empty())
    row("R2 within",
        [](const Tree& f) { return labels(f, "effect").empty() ? GridCell("") : scalar_cell(f, "r_squared_within"); });
  row("R2 total", [](const Tree& f) { return scalar_cell(f, "r_squared"); });
}

std::vector<std::string> all_terms(const std::vector<const Tree*>& fits) {
  std::vector<std::string> names;
  for (const char* axis : {"term", "unidentified"})
    for (const Tree* fit : fits)
      if (!failed(*fit)) add_new(names, labels(*fit, axis));
  return names;
}

// Estimate and error of a term in a fit, or why they are not there.
std::pair<GridCell, GridCell> term_cells(const Tree& fit, const std::string& term, bool stars) {
  if (failed(fit)) return {"", ""};
  const auto& terms = labels(fit, "term");
  const auto found = std::find(terms.begin(), terms.end(), term);
  if (found == terms.end()) return {has(labels(fit, "unidentified"), term) ? "not identified" : "", ""};
  const auto i = static_cast<std::size_t>(found - terms.begin());
  const double se = numbers(fit, "std_error")[i];
  return {estimate_cell(fit, i, stars), {"(" + shown(se, se) + ")", se}};
}

}  // namespace

bool failed(const Tree& fit) { return fit.find_attribute("error_message") != nullptr; }

std::string model_heading(const Tree& fit) {
  const std::string role = text_attribute(fit, "role");
  return role.empty() ? fit.name : role;
}

Grid model_grid(const Tree& fit, bool stars) {
  const auto& terms = labels(fit, "term");
  const auto &se = numbers(fit, "std_error"), &p = numbers(fit, "p_value");
  Grid grid;
  grid.column("term", Align::left);
  grid.column("estimate", Align::decimal);
  grid.column("std. error", Align::decimal);
  grid.column("p", Align::right);
  for (const char* name : {"low", "high", "MDE"}) grid.column(name, Align::decimal);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    GridRow row{{terms[i], estimate_cell(fit, i, stars), {shown(se[i], se[i]), se[i]}, {shown_p(p[i]), p[i]}}};
    for (const char* name : {"conf_low", "conf_high", "mde"}) {
      const double value = numbers(fit, name)[i];
      row.cells.emplace_back(shown(value, se[i]), value);
    }
    grid.rows.push_back(std::move(row));
  }
  for (const std::string& name : labels(fit, "unidentified")) grid.rows.push_back({{name, "not identified"}});
  const double level = number_attribute(fit, "level"), power = number_attribute(fit, "power");
  grid.notes.push_back("low, high: " + significant(100 * level, 4) + " % interval. MDE: smallest effect found with " +
                       significant(100 * power, 4) + " % power; read a null beside it.");
  return grid;
}

Grid summary_grid(const Tree& fit) {
  Grid grid;
  grid.column("", Align::left);
  grid.column("", Align::left);
  summary_rows(grid, {&fit});
  return grid;
}

Grid models_grid(const std::vector<const Tree*>& fits, bool stars) {
  Grid grid;
  grid.column("term", Align::left);
  for (const Tree* fit : fits) grid.column(model_heading(*fit), Align::decimal);
  for (const std::string& term : all_terms(fits)) {
    GridRow estimates{{term}}, errors{{""}, "standard error of " + term};
    bool any = false;
    for (const Tree* fit : fits) {
      auto [b, se] = term_cells(*fit, term, stars);
      any |= !se.text.empty();
      estimates.cells.push_back(std::move(b));
      errors.cells.push_back(std::move(se));
    }
    grid.rows.push_back(std::move(estimates));
    if (any) grid.rows.push_back(std::move(errors));
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
  grid.column("estimate", Align::decimal);
  grid.column("MDE", Align::decimal);
  grid.column("statistic", Align::decimal);
  grid.column("under it", Align::left);
  grid.column("p", Align::right);
  const auto &hypotheses = texts(*tests, "hypothesis"), &distributions = texts(*tests, "distribution");
  const auto &statistic = numbers(*tests, "statistic"), &p = numbers(*tests, "p_value"),
             &b = numbers(*tests, "estimate"), &se = numbers(*tests, "std_error"), &mde = numbers(*tests, "mde");
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    grid.rows.push_back({{hypotheses[i],
                          {std::isnan(b[i]) ? "" : shown(b[i], se[i]), b[i]},
                          {std::isnan(mde[i]) ? "" : shown(mde[i], se[i]), mde[i]},
                          {shown(statistic[i]), statistic[i]},
                          distributions[i],
                          {shown_p(p[i]), p[i]}}});
  return grid;
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
