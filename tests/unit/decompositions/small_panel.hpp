// Small unbalanced weighted panels with everything a decomposition can meet, and a fit of them in one call.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "headwater/core/random.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

inline Column number_column(const std::string& name, Vector values) {
  Column column;
  column.name = name;
  column.numbers = std::move(values);
  return column;
}

inline Column text_column(const std::string& name, const std::vector<std::string>& cells) {
  Column column;
  column.name = name;
  column.type = Column::Type::text;
  for (const std::string& cell : cells) {
    std::size_t level = 0;
    while (level < column.levels.size() && column.levels[level] != cell) ++level;
    if (level == column.levels.size()) column.levels.push_back(cell);
    column.codes.push_back(static_cast<std::int32_t>(level));
  }
  return column;
}

// y = 0.5 x + 0.3 z + unit + period + noise; `keep` is the share of unit-years that exist.
inline Panel small_panel(std::uint64_t seed, int units = 24, int years = 5, double keep = 1) {
  RandomStream random(seed, 0, 0);
  std::vector<std::string> unit, type;
  std::vector<double> year, x, z, q, y, w, size;
  for (int u = 0; u < units; ++u) {
    const double alpha = random.normal(), scale = std::exp(0.3 * random.normal());
    for (int t = 0; t < years; ++t) {
      const double xi = random.normal() + 0.5 * alpha + 0.1 * t, zi = random.normal() + 0.4 * xi, qi = random.normal();
      const double value = 0.5 * xi + 0.3 * zi + alpha + 0.2 * t + (0.5 + 0.2 * std::abs(xi)) * random.normal();
      const double weight = scale * std::exp(0.2 * random.normal()), s = std::exp(random.normal());
      if (random.uniform() > keep) continue;
      unit.push_back("u" + std::to_string(u));
      type.push_back(u % 3 == 0 ? "acute" : u % 3 == 1 ? "mental" : "community");
      year.push_back(2010 + t);
      x.push_back(xi);
      z.push_back(zi);
      q.push_back(qi);
      y.push_back(value);
      w.push_back(weight);
      size.push_back(s);
    }
  }
  const auto vector = [](const std::vector<double>& v) {
    return Vector(Eigen::Map<const Vector>(v.data(), static_cast<Index>(v.size())));
  };
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < unit.size(); ++i) rows.push_back(static_cast<std::int64_t>(i) + 2);
  return Panel({text_column("unit", unit), number_column("year", vector(year)), text_column("type", type),
                number_column("x", vector(x)), number_column("z", vector(z)), number_column("q", vector(q)),
                number_column("y", vector(y)), number_column("w", vector(w)), number_column("size", vector(size))},
               {"unit", "year"}, rows, {});
}

struct SmallModel {
  Panel panel;
  Spec spec;
  std::shared_ptr<const Design> design;
  Fit fit;
  Covariance rule;

  std::vector<Decomposition> run(const std::string& call) const {
    const MethodCall parsed = parse_method_call(call);
    check_options(parsed, decomposition(parsed.method).card);
    return decomposition(parsed.method).run({panel, spec, parsed, &fit, &rule});
  }
};

inline Spec small_spec(const std::string& formula, const std::string& estimator, const std::string& weights = "",
                       const std::string& covariance = "cluster(unit)") {
  Spec spec;
  spec.id = "small";
  spec.formula = expand(parse_formula(formula)).front();
  spec.estimator = parse_method_call(estimator);
  spec.covariance = parse_method_call(covariance);
  spec.weights = weights;
  spec.singletons = Singletons::keep;
  spec.drivers = {{"first", parse_terms("x")}, {"second", parse_terms("z")}};
  return spec;
}

inline SmallModel small_model(Panel panel, Spec spec) {
  auto design = std::make_shared<const Design>(make_design(panel, spec));
  Fit fit = estimate(panel, design);
  Covariance rule = covariance(fit);
  return {std::move(panel), std::move(spec), design, std::move(fit), std::move(rule)};
}

}  // namespace headwater
