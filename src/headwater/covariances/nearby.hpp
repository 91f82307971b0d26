// Which places lie within a distance of one another, without looking at all pairs: places are kept in bands of
// latitude, sorted by longitude within each, and only what the distance can reach is measured.
#pragma once

#include <cstdint>
#include <functional>
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

  Index count() const { return static_cast<Index>(places_.size()); }
  // Calls found(q, km) for every place q within reach of place p, p itself among them, always in the same order.
  void each(Index p, const std::function<void(Index, double)>& found) const;

 private:
  struct Place {
    double latitude, longitude;  // degrees, longitude from -180 to below 180
    double x, y, z;              // on the unit sphere
  };
  std::int64_t band_of(double latitude) const;
  double longitude_reach(double latitude) const;  // degrees; 180 and more: all the way round
  double kilometres(const Place& a, const Place& b) const;

  Distance distance_;
  double reach_, height_;  // km; degrees of latitude of a band
  std::vector<Place> places_;
  std::vector<Index> order_;        // by band, then longitude
  std::vector<std::size_t> begin_;  // of each band in order_, and the end
};

}  // namespace headwater
