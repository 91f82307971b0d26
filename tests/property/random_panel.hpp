// Random unbalanced panels for property tests: drawn from one seed, so that a failing case can be run again.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/core/random.hpp"
#include "headwater/design/design.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater::property {

struct Shape {
  std::uint64_t seed = 0;
  std::uint32_t units = 3, periods = 3;
  double keep = 1;  // share of the unit-periods that exist
};

inline Shape any_shape(bool balanced = false) {
  return {.seed = *rc::gen::inRange<std::uint64_t>(0, 1000000000),
          .units = *rc::gen::inRange<std::uint32_t>(3, 14),
          .periods = *rc::gen::inRange<std::uint32_t>(3, 9),
          .keep = balanced ? 1.0 : *rc::gen::element(1.0, 0.9, 0.7, 0.5)};
}

struct Cells {
  std::vector<std::int32_t> unit, period, area;  // dense codes
  Index n() const { return static_cast<Index>(unit.size()); }
};

inline std::vector<std::int32_t> dense(const std::vector<std::int32_t>& raw) {
  std::vector<std::int32_t> code_of(64, -1), codes;
  std::int32_t next = 0;
  for (const std::int32_t value : raw) {
    std::int32_t& code = code_of[static_cast<std::size_t>(value)];
    if (code < 0) code = next++;
    codes.push_back(code);
  }
  return codes;
}

// Units move between areas now and then, so that areas are not nested.
inline Cells cells_of(const Shape& shape) {
  RandomStream random(shape.seed, 1, 0);
  Cells cells;
  for (std::uint32_t u = 0; u < shape.units; ++u)
    for (std::uint32_t t = 0; t < shape.periods; ++t) {
      if (random.uniform() > shape.keep) continue;
      cells.unit.push_back(static_cast<std::int32_t>(u));
      cells.period.push_back(static_cast<std::int32_t>(t));
      cells.area.push_back(static_cast<std::int32_t>(random.uniform() < 0.8 ? u % 4 : random.below(4)));
    }
  return cells;
}

inline Grouping grouping_of(const std::string& name, const std::vector<std::int32_t>& raw) {
  Grouping groups{.name = name, .code = dense(raw), .count = 0, .labels = {}};
  for (const std::int32_t code : groups.code) groups.count = std::max(groups.count, code + 1);
  for (std::int32_t g = 0; g < groups.count; ++g) groups.labels.push_back(std::to_string(g));
  return groups;
}

inline Matrix normals(const Shape& shape, std::uint32_t stream, Index rows, Index columns) {
  RandomStream random(shape.seed, 2, stream);
  Matrix draws(rows, columns);
  for (Index i = 0; i < draws.size(); ++i) draws(i) = random.normal();
  return draws;
}

inline Vector weights_of(const Shape& shape, Index rows) { return normals(shape, 77, rows, 1).array().exp(); }

}  // namespace headwater::property
