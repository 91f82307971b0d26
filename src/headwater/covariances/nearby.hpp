// Which places lie within a distance of one another, without looking at all pairs: places are kept in bands of
// latitude, sorted by longitude within each, and only what the distance can reach is measured.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Great circle on a sphere of that radius, or on a plane of 111 km a degree whose longitudes shrink with the cosine of
// the two places' mean latitude (fixest's "triangular"), the short way round.
struct Distance {
  bool flat = false;
  double radius = 0;  // km, of the sphere
};

class Nearby {
 public:
  // places: P × 2, degrees; reach in km, which is within.
  Nearby(const Matrix& places, const Distance& distance, double reach);

  // Which row of places stands at each position, from south to north in bands.
  const std::vector<Index>& order() const { return order_; }
  double kilometres(Index a, Index b) const;  // between positions

  // Calls found(position) for every place within reach of the one at position p, p itself among them, always in the
  // same order.
  template <class Found>
  void each(Index p, const Found& found) const {
    for (const auto& [from, to] : candidates(p))
      for (std::size_t q = from; q < to; ++q)
        if (near(places_[static_cast<std::size_t>(p)], places_[q])) found(static_cast<Index>(q));
  }

 private:
  struct Place {
    double latitude, longitude;  // degrees, longitude from -180 to below 180
    double x, y, z;              // on the unit sphere
  };
  std::int64_t band_of(double latitude) const;
  double longitude_reach(double latitude) const;  // degrees; 180 and more: all the way round
  std::vector<std::pair<std::size_t, std::size_t>> candidates(Index p) const;
  double flat_square(const Place& a, const Place& b) const;  // of kilometres
  double chord_square(const Place& a, const Place& b) const {
    const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
    return dx * dx + dy * dy + dz * dz;
  }
  bool near(const Place& a, const Place& b) const {
    return (distance_.flat ? flat_square(a, b) : chord_square(a, b)) <= within_;
  }

  Distance distance_;
  double reach_, height_, within_;  // km; degrees of latitude of a band; the square that is within reach
  std::vector<Place> places_;       // by band, then longitude
  std::vector<Index> order_;
  std::vector<std::size_t> begin_;  // of each band, and the end
};

}  // namespace headwater
