// Coefficients as text: one model with intervals and minimum detectable effects, or up to three side by side.
#include <algorithm>
#include <cstdio>

#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/instruments.hpp"
#include "headwater/report/profiles.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

constexpr std::size_t kModelsAcross = 3;

std::string paragraphs(const std::vector<std::string>& notes, int indent = 0) {
  std::string out;
  for (const std::string& note : notes) out += wrapped(note, indent);
  return out;
}

std::string tests_text(const Tree& fit) {
  const Grid grid = tests_grid(fit);
  return grid.rows.empty() ? "" : "\n" + text_table(grid).text() + paragraphs(grid.notes);
}

std::string profiles_text(const Tree& fit) {
  const Grid grid = profiles_grid(fit);
  return grid.rows.empty() ? "" : "\n" + wrapped(grid.title + ":") + text_table(grid).text() + paragraphs(grid.notes);
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

std::string alone(const Tree& fit, bool stars) {
  const Grid model = model_grid(fit, {.stars = stars});
  return text_table(model).text() + paragraphs(model.notes);
}

// The ratio of a triplet whose members could all be fitted: they share regressors, rows and effects.
const Tree* ratio_of(const std::vector<const Tree*>& group) {
  const Tree* ratio = nullptr;
  for (const Tree* fit : group) {
    if (failed(*fit) || text_attribute(*fit, "role").empty()) return nullptr;
    if (text_attribute(*fit, "role") == "ratio") ratio = fit;
  }
  return ratio;
}

// Side by side there is room for errors alone, and a null says nothing without its minimum detectable effect.
std::string ratio_text(const std::vector<const Tree*>& group, bool stars) {
  const Tree* ratio = ratio_of(group);
  if (!ratio) return "";
  return "\n" + wrapped("The ratio alone, with intervals and minimum detectable effects:") + "\n" +
         alone(*ratio, stars);
}

std::string details_text(const Tree& fit, const std::vector<const Tree*>& group) {
  const Tree* ratio = ratio_of(group);
  if (ratio && ratio != &fit)
    return "\n" +
           wrapped("[" + model_heading(fit, group) + "] " + text_attribute(fit, "outcome") +
                       ", on the regressors, rows and effects of the ratio below",
                   2) +
           tests_text(fit);
  const std::string split = split_text(fit);
  const std::string title =
      "[" + model_heading(fit, group) + "] " + text_attribute(fit, "formula") + (split.empty() ? "" : ", " + split);
  return (group.size() > 1 ? "\n" + wrapped(title, 2) : "") + paragraphs(fit_notes(fit)) +
         paragraphs(unidentified_notes(fit), 2) + tests_text(fit) + profiles_text(fit) + first_stages_text(fit) +
         (group.size() == 1 || ratio ? movers_text(fit) : "");
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
      out += alone(*group.front(), options.stars) + "\n" + text_table(summary_grid(*group.front())).text();
    } else {
      out += text_table(models_grid(group, {.stars = options.stars})).text() + ratio_text(group, options.stars);
    }
    for (const Tree* fit : group) {
      out += error_text(*fit);
      if (failed(*fit)) continue;
      out += details_text(*fit, group);
    }
  }
  return out;
}

}  // namespace headwater
