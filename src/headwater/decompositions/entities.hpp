// Units of two periods as entities: who survives, enters and leaves when a takeover is not an exit and an entry.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

struct Design;

struct Entities {
  Index count = 0;
  std::vector<Index> carrier;       // a row of each: drawing the entity is counted there
  std::vector<Index> of_row;        // entity of each row of the design, -1 outside the two periods
  Matrix mass;                      // count × 2: size in each period, 0 where absent
  Vector times;                     // how often each was drawn: the mean over its rows
  std::vector<std::string> merged;  // "R0A + RW6 -> R0A@2018", one for each entity of several series
  Vector row_mass;                  // of the design

  bool survives(Index e) const { return mass(e, 0) > 0 && mass(e, 1) > 0; }
  // Size-weighted mean of a column in each entity and period, count × 2; 0 where absent.
  Matrix means(const Design& design, const Vector& column) const;
  // Sums of a row vector over each entity, at the carriers.
  Vector carried(const Vector& rows) const;

  std::int32_t from = 0, to = 0;  // codes of the periods
};

// `links` join a series with the one that carries it on (a takeover that broke it); none: every unit by itself.
// `row_mass` is the size of each row, `row_times` how often it was drawn.
Entities entities_of(const Design& design, std::int32_t from, std::int32_t to, const Vector& row_mass,
                     const Vector& row_times, const std::vector<std::pair<std::string, std::string>>& links);

}  // namespace headwater
