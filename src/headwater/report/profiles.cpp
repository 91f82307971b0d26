#include "headwater/report/profiles.hpp"

#include <cmath>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

const Tree* every_profile(const Tree& fit) {
  const Tree* node = fit.find_child("covariances");
  return node && node->find_attribute("every_profile") ? node : nullptr;
}

// The reported rule under its own profile, then the others; other rules under the same profile are no part of it.
std::vector<std::size_t> profile_positions(const Tree& node) {
  const auto& profiles = texts(node, "rule_profile");
  std::vector<std::size_t> at;
  for (std::size_t r = 0; r < profiles.size(); ++r)
    if (r == 0 || profiles[r] != profiles.front()) at.push_back(r);
  return at;
}

std::string degrees_text(double df) { return std::isinf(df) ? "normal" : significant(df, 4); }

std::string note_of(const Tree& node, std::size_t r) {
  const std::string reason = texts(node, "rule_reason")[r];
  return texts(node, "rule_profile")[r] + " (" + texts(node, "rule_program")[r] +
         "): " + (reason.empty() ? texts(node, "rule_arithmetic")[r] : reason) + ".";
}

}  // namespace

Grid profiles_grid(const Tree& fit) {
  Grid grid;
  const Tree* node = every_profile(fit);
  if (!node) return grid;
  grid.title = "Standard errors under every profile: " + labels(*node, "rule").front();
  const std::vector<std::size_t> at = profile_positions(*node);
  const Names& terms = labels(fit, "term");
  const auto& errors = numbers(*node, "rule_std_error");
  grid.column("term", Align::left);
  for (const std::size_t r : at) grid.column(texts(*node, "rule_profile")[r], Align::decimal);
  for (std::size_t j = 0; j < terms.size(); ++j) {
    GridRow row{{terms[j]}};
    for (const std::size_t r : at) {
      const double error = errors[r * terms.size() + j];
      row.cells.emplace_back(std::isnan(error) ? "" : shown(error), error);
    }
    grid.rows.push_back(std::move(row));
  }
  GridRow degrees{{"df of t"}}, rows{{"rows"}};
  degrees.rule = true;
  for (const std::size_t r : at) {
    degrees.cells.emplace_back(degrees_text(numbers(*node, "rule_df")[r]), numbers(*node, "rule_df")[r]);
    rows.cells.emplace_back(thousands(integers(*node, "rule_rows")[r]));
    grid.notes.push_back(note_of(*node, r));
  }
  grid.rows.push_back(std::move(degrees));
  grid.rows.push_back(std::move(rows));
  return grid;
}

void profile_list(Contract& out, const Tree& fit) {
  const Tree* node = every_profile(fit);
  if (!node) return;
  const Names& terms = labels(fit, "term");
  out.json.key("profiles");
  out.json.begin_array();
  for (const std::size_t r : profile_positions(*node)) {
    out.begin_object();
    out.json.member("profile", texts(*node, "rule_profile")[r]);
    out.json.member("software", texts(*node, "rule_program")[r]);
    out.json.member("arithmetic", texts(*node, "rule_arithmetic")[r]);
    out.json.member("rows", integers(*node, "rule_rows")[r]);
    out.number("df", numbers(*node, "rule_df")[r], "infinite: the normal distribution");
    const std::string reason = texts(*node, "rule_reason")[r];
    out.json.key("std_errors");
    out.begin_object();
    for (std::size_t j = 0; j < terms.size(); ++j)
      out.number(terms[j], numbers(*node, "rule_std_error")[r * terms.size() + j],
                 reason.empty() ? "no standard error" : reason);
    out.end_object();
    out.end_object();
  }
  out.json.end_array();
}

}  // namespace headwater
