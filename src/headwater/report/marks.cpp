#include "headwater/report/marks.hpp"

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

std::string rests_on(double effective, std::int64_t all, const std::string& of) {
  return "rests on " + significant(effective, 2) + " of " + thousands(all) + " " + of + " in effect: ";
}

}  // namespace

std::string test_mark(const Tree& tests, const Tree& fit, std::size_t test) {
  if (!tests.find_array("effective_units")) return "";
  const double effective = numbers(tests, "effective_units")[test];
  const bool known = fit.find_array("carriers_of") && !texts(fit, "carriers_of").empty();
  const std::int64_t all =
      known ? integers(fit, "carriers_all").front() : static_cast<std::int64_t>(number_attribute(fit, "units"));
  if (!(effective < kFewInEffect) || !(2 * effective < static_cast<double>(all))) return "";
  return rests_on(effective, all, known ? texts(fit, "carriers_of").front() : "units") +
         "it tells nothing, whatever its p";
}

bool has_std_error(const Tree& fit, std::size_t term) {
  return !fit.find_array("not_estimable") || texts(fit, "not_estimable")[term].empty();
}

std::string term_mark(const Tree& fit, std::size_t term) {
  if (!has_std_error(fit, term)) return "not estimable: " + texts(fit, "not_estimable")[term];
  if (!fit.find_array("few_carriers") || integers(fit, "few_carriers")[term] == 0) return "";
  return rests_on(numbers(fit, "carriers")[term], integers(fit, "carriers_all")[term],
                  texts(fit, "carriers_of")[term]) +
         "its error is far too small";
}

double term_df(const Tree& fit, std::size_t term) {
  return fit.find_array("term_df") ? numbers(fit, "term_df")[term] : scalar(fit, "df");
}

bool own_df(const Tree& fit) {
  for (std::size_t i = 0; i < labels(fit, "term").size(); ++i)
    if (const double df = term_df(fit, i); has_std_error(fit, i) && df != scalar(fit, "df")) return true;
  return false;
}

}  // namespace headwater
