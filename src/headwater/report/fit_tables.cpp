// Coefficients: one model with intervals and minimum detectable effects, or several side by side as etable users
// expect.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

constexpr std::size_t kModelsAcross = 3;

bool failed(const Tree& fit) { return fit.find_attribute("error_message") != nullptr; }

std::string stars(double p) { return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : ""; }

std::string model_heading(const Tree& fit) {
  const std::string role = text_attribute(fit, "role");
  return role.empty() ? fit.name : role;
}

std::string count_text(const Tree& fit, const char* key) {
  return thousands(static_cast<long long>(number_attribute(fit, key)));
}

std::string cluster_text(const Tree& fit) {
  std::vector<std::string> parts;
  for (const std::int64_t count : integers(fit, "cluster_count")) parts.push_back(thousands(count));
  return parts.empty() ? "-" : joined(parts, ", ");
}

double scalar(const Tree& fit, const char* name) { return numbers(fit, name).front(); }

std::string one_model(const Tree& fit, const TableOptions& options) {
  const auto& terms = labels(fit, "term");
  const auto &b = numbers(fit, "estimate"), &se = numbers(fit, "std_error"), &p = numbers(fit, "p_value"),
             &low = numbers(fit, "conf_low"), &high = numbers(fit, "conf_high"), &mde = numbers(fit, "mde");
  TextTable table;
  using Align = TextTable::Align;
  table.column("term", Align::left);
  table.column("estimate", Align::decimal);
  table.column("std. error", Align::decimal);
  table.column("p", Align::right);
  table.column("low", Align::decimal);
  table.column("high", Align::decimal);
  table.column("MDE", Align::decimal);
  for (std::size_t i = 0; i < terms.size(); ++i)
    table.row({terms[i], shown(b[i], se[i]) + (options.stars ? stars(p[i]) : ""), shown(se[i], se[i]), shown_p(p[i]),
               shown(low[i], se[i]), shown(high[i], se[i]), shown(mde[i], se[i])});
  for (const std::string& name : labels(fit, "unidentified")) table.row({name, "not identified"});
  std::string out = table.text();
  const double level = number_attribute(fit, "level"), power = number_attribute(fit, "power");
  out += wrapped("low, high: " + significant(100 * level, 4) + " % interval. MDE: smallest effect found with " +
                 significant(100 * power, 4) + " % power; read a null beside it.");
  return out;
}

std::vector<std::string> all_effects(const std::vector<const Tree*>& fits) {
  std::vector<std::string> names;
  for (const Tree* fit : fits)
    if (!failed(*fit))
      for (const std::string& name : labels(*fit, "effect"))
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

void summary_rows(TextTable& table, const std::vector<const Tree*>& fits) {
  const auto row = [&](const std::string& label, const auto& cell) {
    std::vector<std::string> cells{label};
    for (const Tree* fit : fits) cells.push_back(failed(*fit) ? "failed" : cell(*fit));
    table.row(std::move(cells));
  };
  row("rows", [](const Tree& f) { return count_text(f, "nobs"); });
  row("units", [](const Tree& f) { return count_text(f, "units"); });
  row("clusters", cluster_text);
  for (const std::string& effect : all_effects(fits))
    row("effect: " + effect, [&](const Tree& f) {
      const auto& own = labels(f, "effect");
      return std::string(std::find(own.begin(), own.end(), effect) != own.end() ? "yes" : "no");
    });
  row("outcome mean", [](const Tree& f) { return shown(scalar(f, "outcome_mean")); });
  row("R2 within", [](const Tree& f) { return shown(scalar(f, "r_squared_within")); });
  row("R2 total", [](const Tree& f) { return shown(scalar(f, "r_squared")); });
}

std::vector<std::string> all_terms(const std::vector<const Tree*>& fits) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<std::string>& more) {
    for (const std::string& name : more)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Tree* fit : fits)
    if (!failed(*fit)) add(labels(*fit, "term"));
  for (const Tree* fit : fits)
    if (!failed(*fit)) add(labels(*fit, "unidentified"));
  return names;
}

// Estimate and error of a term in a fit, or why they are not there.
std::pair<std::string, std::string> cell(const Tree& fit, const std::string& term, const TableOptions& options) {
  if (failed(fit)) return {"", ""};
  const auto& terms = labels(fit, "term");
  const auto found = std::find(terms.begin(), terms.end(), term);
  if (found == terms.end()) {
    const auto& dropped = labels(fit, "unidentified");
    return {std::find(dropped.begin(), dropped.end(), term) != dropped.end() ? "not identified" : "", ""};
  }
  const auto i = static_cast<std::size_t>(found - terms.begin());
  const double b = numbers(fit, "estimate")[i], se = numbers(fit, "std_error")[i];
  return {shown(b, se) + (options.stars ? stars(numbers(fit, "p_value")[i]) : ""), "(" + shown(se, se) + ")"};
}

std::string side_by_side(const std::vector<const Tree*>& fits, const TableOptions& options) {
  TextTable table;
  table.column("term", TextTable::Align::left);
  for (const Tree* fit : fits) table.column(model_heading(*fit), TextTable::Align::decimal);
  for (const std::string& term : all_terms(fits)) {
    std::vector<std::string> estimates{term}, errors{""};
    bool any = false;
    for (const Tree* fit : fits) {
      const auto [b, se] = cell(*fit, term, options);
      estimates.push_back(b);
      errors.push_back(se);
      any |= !se.empty();
    }
    table.row(std::move(estimates));
    if (any) table.row(std::move(errors));
  }
  table.rule();
  summary_rows(table, fits);
  return table.text();
}

std::string fine_print(const Tree& fit) {
  std::string out;
  out += wrapped("Outcome " + text_attribute(fit, "outcome") + ". Estimator " + text_attribute(fit, "estimator") +
                 ". Errors: " + text_attribute(fit, "covariance") + ", profile " + text_attribute(fit, "profile") +
                 " (" + text_attribute(fit, "arithmetic") + ").");
  const auto& names = labels(fit, "effect");
  if (!names.empty()) {
    const auto &columns = integers(fit, "effect_columns"), &redundant = integers(fit, "effect_redundant");
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < names.size(); ++i)
      parts.push_back(names[i] + " " + thousands(columns[i]) +
                      (redundant[i] > 0 ? " (" + thousands(redundant[i]) + " redundant)" : ""));
    out += wrapped("Effects: " + joined(parts, ", ") + "; exact rank " + shortest(scalar(fit, "effects_rank")) +
                   "; normal equations hold to " + significant(scalar(fit, "certificate"), 2) + ".");
  }
  return out;
}

std::string unidentified_text(const Tree& fit) {
  const auto& names = labels(fit, "unidentified");
  const auto& because = texts(fit, "unidentified_because");
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += wrapped("Not identified: " + names[i] + " (it is a combination of: " + because[i] + ").", 2);
  return out;
}

std::string tests_text(const Tree& fit) {
  const Tree* tests = fit.find_child("tests");
  if (!tests || labels(*tests, "test").empty()) return "";
  TextTable table;
  table.column("hypothesis", TextTable::Align::left);
  table.column("estimate", TextTable::Align::decimal);
  table.column("MDE", TextTable::Align::decimal);
  table.column("statistic", TextTable::Align::decimal);
  table.column("under it", TextTable::Align::left);
  table.column("p", TextTable::Align::right);
  const auto &hypotheses = texts(*tests, "hypothesis"), &distributions = texts(*tests, "distribution");
  const auto &statistic = numbers(*tests, "statistic"), &p = numbers(*tests, "p_value"),
             &b = numbers(*tests, "estimate"), &se = numbers(*tests, "std_error"), &mde = numbers(*tests, "mde");
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    table.row({hypotheses[i], std::isnan(b[i]) ? "" : shown(b[i], se[i]),
               std::isnan(mde[i]) ? "" : shown(mde[i], se[i]), shown(statistic[i]), distributions[i], shown_p(p[i])});
  return "\n" + table.text();
}

std::string movers_text(const Tree& fit) {
  const Tree* movers = fit.find_child("movers");
  if (!movers || labels(*movers, "mover").empty()) return "";
  const auto &terms = texts(*movers, "mover_term"), &units = texts(*movers, "mover_unit");
  const auto& change = numbers(*movers, "mover_change_in_se");
  std::string out =
      "\n" + wrapped("Units that move a coefficient most when left out (change in standard errors, first order):");
  for (std::size_t i = 0; i < terms.size();) {
    std::vector<std::string> parts;
    const std::string term = terms[i];
    for (; i < terms.size() && terms[i] == term; ++i) {
      char buffer[32];
      std::snprintf(buffer, sizeof buffer, "%+.2f", change[i]);
      parts.push_back(units[i] + " " + buffer);
    }
    if (term != "(Intercept)") out += wrapped("  " + term + ": " + joined(parts, ", "), 4);
  }
  return out;
}

std::string error_text(const Tree& fit) {
  return failed(fit) ? wrapped(fit.name + " failed: " + text_attribute(fit, "error_message"), 2) : "";
}

}  // namespace

std::string coefficient_tables(const Tree& result, const TableOptions& options) {
  const Tree* fits = result.find_child("fits");
  if (!fits) return "";
  std::string out;
  std::vector<const Tree*> all;
  for (const Tree& fit : fits->children) all.push_back(&fit);
  // Triplets and the models of one file stand together.
  for (std::size_t i = 0; i < all.size(); i += kModelsAcross) {
    const std::vector<const Tree*> group(
        all.begin() + static_cast<std::ptrdiff_t>(i),
        all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), i + kModelsAcross)));
    const std::string title = text_attribute(*group.front(), "title");
    out +=
        heading(title.empty() ? (group.size() == 1 ? text_attribute(*group.front(), "formula") : "Models side by side")
                              : title);
    if (const std::string question = text_attribute(*group.front(), "question"); !question.empty())
      out += wrapped(question) + "\n";
    if (group.size() == 1 && !failed(*group.front())) {
      out += one_model(*group.front(), options) + "\n";
      TextTable summary;
      summary.column("", TextTable::Align::left);
      summary.column("", TextTable::Align::left);
      summary_rows(summary, group);
      out += summary.text();
    } else {
      out += side_by_side(group, options);
    }
    for (const Tree* fit : group) {
      out += error_text(*fit);
      if (failed(*fit)) continue;
      if (group.size() > 1)
        out += "\n" + wrapped("[" + model_heading(*fit) + "] " + text_attribute(*fit, "formula"), 2);
      out += fine_print(*fit) + unidentified_text(*fit) + tests_text(*fit);
      if (group.size() == 1 || text_attribute(*fit, "role") == "ratio") out += movers_text(*fit);
    }
  }
  return out;
}

}  // namespace headwater
