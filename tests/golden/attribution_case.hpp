// Small published data sets as panels, and a decomposition of a fit of them in one call.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater::golden {

inline std::string reference_file(const std::string& name) {
  return std::string(HEADWATER_SOURCE_DIR) + "/../shared/reference/data/" + name;
}
inline bool absent(const std::string& name) { return !std::filesystem::exists(reference_file(name)); }

struct AttributionModel {
  std::string formula, estimator = "pooled", weights;
  std::vector<DriverGroup> drivers;
  std::string covariance = "HC0";
};

inline Spec spec_of(const AttributionModel& model) {
  Spec spec;
  spec.formula = expand(parse_formula(model.formula)).front();
  spec.estimator = parse_method_call(model.estimator);
  spec.covariance = parse_method_call(model.covariance);
  spec.weights = model.weights;
  spec.drivers = model.drivers;
  spec.singletons = Singletons::keep;
  return spec;
}

inline std::vector<Decomposition> decompose(const Panel& panel, const AttributionModel& model,
                                            const std::string& call) {
  const Spec spec = spec_of(model);
  const Fit fit = estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
  const Covariance rule = covariance(fit);
  const MethodCall parsed = parse_method_call(call);
  check_options(parsed, decomposition(parsed.method).card);
  return decomposition(parsed.method).run({panel, spec, parsed, &fit, &rule});
}

inline std::vector<Decomposition> decompose_without_fit(const Panel& panel, const AttributionModel& model,
                                                        const std::string& call) {
  const Spec spec = spec_of(model);
  const MethodCall parsed = parse_method_call(call);
  check_options(parsed, decomposition(parsed.method).card);
  return decomposition(parsed.method).run({panel, spec, parsed});
}

// Text and number columns in memory, one row for each entry.
inline Panel panel_of(const std::vector<std::pair<std::string, std::vector<double>>>& numbers,
                      const std::vector<std::pair<std::string, std::vector<std::string>>>& texts = {},
                      Panel::Keys keys = {}) {
  std::vector<Column> columns;
  std::vector<std::int64_t> rows;
  for (const auto& [name, cells] : texts) {
    Column column;
    column.name = name;
    column.type = Column::Type::text;
    for (const std::string& cell : cells) {
      std::size_t level = 0;
      while (level < column.levels.size() && column.levels[level] != cell) ++level;
      if (level == column.levels.size()) column.levels.push_back(cell);
      column.codes.push_back(static_cast<std::int32_t>(level));
    }
    columns.push_back(std::move(column));
  }
  for (const auto& [name, cells] : numbers) {
    Column column;
    column.name = name;
    column.numbers = Eigen::Map<const Vector>(cells.data(), static_cast<Index>(cells.size()));
    columns.push_back(std::move(column));
  }
  for (Index i = 0; i < columns.front().size(); ++i) rows.push_back(i + 2);
  return Panel(std::move(columns), std::move(keys), std::move(rows), {});
}

inline double value_of(const Decomposition& d, const std::string& name) {
  for (std::size_t i = 0; i < d.estimates.names.size(); ++i)
    if (d.estimates.names[i] == name) return d.estimates.values(static_cast<Index>(i));
  ADD_FAILURE() << d.call << " has no component " << name;
  return 0;
}

inline void expect_values(const Decomposition& d, const std::vector<std::pair<std::string, double>>& expected,
                          double tolerance) {
  for (const auto& [name, value] : expected) EXPECT_NEAR(value_of(d, name), value, tolerance) << d.call << ": " << name;
}

}  // namespace headwater::golden
