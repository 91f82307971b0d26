// A result written by hand: one fit with two terms and one that is not identified, and one decomposition.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

inline Vector column(std::initializer_list<double> values) {
  Vector result(static_cast<Index>(values.size()));
  Index i = 0;
  for (const double value : values) result(i++) = value;
  return result;
}

inline void add_coefficients(Tree& fit, const std::vector<std::string>& terms) {
  fit.axis("term", terms, "identified coefficients");
  fit.axis("term_2", terms, "the same");
  fit.vector("estimate", "term", column({0.25, -12.5}), "coefficients");
  fit.vector("std_error", "term", column({0.1, 4}), "standard errors");
  fit.vector("statistic", "term", column({2.5, -3.125}), "t");
  fit.vector("p_value", "term", column({0.0145, 0.0003}), "p");
  fit.vector("conf_low", "term", column({0.05, -20.5}), "low");
  fit.vector("conf_high", "term", column({0.45, -4.5}), "high");
  fit.vector("mde", "term", column({0.28, 11.2}), "mde");
  Matrix vcov(2, 2);
  vcov << 0.01, 0.125, 0.125, 16;
  fit.matrix("vcov", "term", "term_2", vcov, "covariance");
}

inline void add_sizes(Tree& fit) {
  for (const auto& [key, value] : std::vector<std::pair<const char*, std::int64_t>>{{"rows_read", 1200},
                                                                                    {"rows_used", 1000},
                                                                                    {"nobs", 1000},
                                                                                    {"units", 50},
                                                                                    {"periods", 24},
                                                                                    {"df_residual", 947}})
    fit.attribute(key, value);
  fit.attribute("level", 0.95);
  fit.attribute("power", 0.8);
  for (const auto& [name, value] : std::vector<std::pair<const char*, double>>{{"df", 49},
                                                                               {"rss", 80},
                                                                               {"tss", 1000},
                                                                               {"tss_within", 100},
                                                                               {"r_squared", 0.92},
                                                                               {"r_squared_within", 0.2},
                                                                               {"sigma2", 0.5},
                                                                               {"outcome_mean", 3.25},
                                                                               {"outcome_sd", 1},
                                                                               {"effects_rank", 50},
                                                                               {"certificate", 1e-15}})
    fit.scalar(name, value, name);
}

inline Tree small_fit(const std::string& name) {
  Tree fit;
  fit.name = name;
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, std::string>>{{"title", "Staff"},
                                                        {"question", ""},
                                                        {"formula", "y ~ log(fte) + share + dma | trust"},
                                                        {"outcome", "y"},
                                                        {"role", ""},
                                                        {"estimator", "within"},
                                                        {"status", "converged"},
                                                        {"covariance", "cluster(trust)"},
                                                        {"covariance_type", "cluster"},
                                                        {"profile", "fixest"},
                                                        {"arithmetic", "G/(G-1) = 50/49"}})
    fit.attribute(key, value);
  add_sizes(fit);
  add_coefficients(fit, {"log(fte)", "share"});
  fit.axis("cluster", {"trust"}, "clusters");
  fit.integers("cluster_count", "cluster", {50}, "count");
  fit.axis("effect", {"trust"}, "effects");
  fit.integers("effect_columns", "effect", {50}, "columns");
  fit.integers("effect_redundant", "effect", {0}, "redundant");
  fit.axis("unidentified", {"dma"}, "not identified");
  fit.text("unidentified_because", "unidentified", {"trust"}, "because");
  fit.axis("sample_reason", {"fte has no value"}, "reasons");
  fit.integers("sample_rows", "sample_reason", {200}, "rows");
  fit.axis("note", {"1"}, "warnings");
  fit.text("note_code", "note", {"formula.log_plus"}, "code");
  fit.text("note_message", "note", {"log(x + 1) depends on the unit of x"}, "message");
  return fit;
}

inline Tree small_decomposition() {
  Tree node;
  node.name = "1_change";
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, std::string>>{{"method", "change"},
                                                        {"call", "change(from = 2013, to = 2016)"},
                                                        {"question", "What moved?"},
                                                        {"unit", "log points"},
                                                        {"frame", "given realised outcomes"},
                                                        {"shares_reason", ""},
                                                        {"choice.from", "2013"},
                                                        {"choice.to", "2016"}})
    node.attribute(key, value);
  node.attribute("level", 0.95);
  node.axis("component", {"workforce", "effects: trust"}, "components");
  node.axis("component_2", {"workforce", "effects: trust"}, "components");
  const double none = std::nan("");
  node.vector("estimate", "component", column({0.03, 0.01}), "estimate");
  node.vector("std_error", "component", column({0.005, none}), "se");
  node.vector("conf_low", "component", column({0.02, none}), "low");
  node.vector("conf_high", "component", column({0.04, none}), "high");
  node.vector("share", "component", column({0.75, 0.25}), "share");
  node.vector("percent", "component", column({3.06, 1.02}), "percent");
  node.integers("estimable", "component", {1, 0}, "estimable");
  Matrix covariance(2, 2);
  covariance << 0.000025, none, none, none;
  node.matrix("covariance", "component", "component_2", covariance, "covariance");
  node.scalar("total", 0.04, "total");
  node.scalar("total_std_error", 0.006, "se");
  node.scalar("total_conf_low", 0.028, "low");
  node.scalar("total_conf_high", 0.052, "high");
  node.scalar("closure_error", 1e-17, "closure");
  node.scalar("tolerance", 1e-14, "tolerance");
  node.axis("unidentified", {}, "not identified");
  node.text("unidentified_because", "unidentified", {}, "because");
  node.axis("note", {}, "warnings");
  node.text("note_code", "note", {}, "code");
  node.text("note_message", "note", {}, "message");
  return node;
}

inline Tree small_result(int fits) {
  Tree result;
  result.attribute("program_version", std::string("0.1.0"));
  result.attribute("simulated", std::int64_t{0});
  for (int i = 0; i < fits; ++i)
    result.child("fits").children.push_back(small_fit(i == 0 ? "staff" : "staff." + std::to_string(i + 1)));
  return result;
}

}  // namespace headwater
