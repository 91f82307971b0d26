#include "headwater/covariances/nearby.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace headwater {
namespace {

constexpr double kDegree = 3.14159265358979323846 / 180;  // in radians
constexpr double kFlatDegree = 111;                       // km
constexpr double kSlack = 1e-9;  // of an angle: what is measured may lie outside the reach, never the reverse
constexpr double kTie = 1e-12;   // relative: a pair at the reach itself is within, whatever rounding says

double around(double longitude) {
  const double turned = std::fmod(longitude + 180, 360);
  return (turned < 0 ? turned + 360 : turned) - 180;
}

double apart(double a, double b) {
  const double difference = std::abs(around(a) - around(b));
  return std::min(difference, 360 - difference);
}

}  // namespace

Nearby::Nearby(const Matrix& places, const Distance& distance, double reach)
    : distance_(distance), reach_(reach * (1 + kTie)) {
  for (Index p = 0; p < places.rows(); ++p) {
    const double latitude = places(p, 0), longitude = around(places(p, 1)), cosine = std::cos(latitude * kDegree);
    places_.push_back({latitude, longitude, cosine * std::cos(longitude * kDegree),
                       cosine * std::sin(longitude * kDegree), std::sin(latitude * kDegree)});
  }
  const double degrees = reach_ / (distance.flat ? kFlatDegree : distance.radius * kDegree) * (1 + kSlack);
  height_ = std::min(180.0, std::max(degrees, 180.0 / static_cast<double>(places_.size() + 1)));
  order_.resize(places_.size());
  std::iota(order_.begin(), order_.end(), Index{0});
  const auto key = [&](Index p) {
    const Place& place = places_[static_cast<std::size_t>(p)];
    return std::tuple(band_of(place.latitude), place.longitude, p);
  };
  std::sort(order_.begin(), order_.end(), [&](Index a, Index b) { return key(a) < key(b); });
  begin_.assign(static_cast<std::size_t>(band_of(90)) + 2, 0);
  for (const Place& place : places_) ++begin_[static_cast<std::size_t>(band_of(place.latitude)) + 1];
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
}

std::int64_t Nearby::band_of(double latitude) const {
  return static_cast<std::int64_t>(std::floor((latitude + 90) / height_));
}

// On the sphere the meridians that touch a cap of angle δ about latitude φ are asin(sin δ / cos φ) away. On the plane
// the mean latitude of a pair is at most half the reach further from the equator.
double Nearby::longitude_reach(double latitude) const {
  constexpr double kAll = 180;
  if (distance_.flat) {
    const double furthest = std::abs(latitude) + reach_ / kFlatDegree / 2;
    return furthest >= 90 - kSlack ? kAll : reach_ / (kFlatDegree * std::cos(furthest * kDegree)) * (1 + kSlack);
  }
  const double angle = reach_ / distance_.radius;
  if (angle + std::abs(latitude) * kDegree >= (90 - kSlack) * kDegree) return kAll;
  return std::asin(std::sin(angle) / std::cos(latitude * kDegree)) / kDegree * (1 + kSlack);
}

double Nearby::kilometres(const Place& a, const Place& b) const {
  if (distance_.flat) {
    const double north = kFlatDegree * (a.latitude - b.latitude);
    const double east =
        kFlatDegree * std::cos((a.latitude + b.latitude) / 2 * kDegree) * apart(a.longitude, b.longitude);
    return std::hypot(north, east);
  }
  const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
  return 2 * distance_.radius * std::asin(std::min(1.0, std::sqrt(dx * dx + dy * dy + dz * dz) / 2));
}

void Nearby::each(Index p, const std::function<void(Index, double)>& found) const {
  const Place& own = places_[static_cast<std::size_t>(p)];
  const double wide = longitude_reach(own.latitude);
  const std::int64_t band = band_of(own.latitude), last = static_cast<std::int64_t>(begin_.size()) - 2;
  const auto measure = [&](std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to; ++at) {
      const double km = kilometres(own, places_[static_cast<std::size_t>(order_[at])]);
      if (km <= reach_) found(order_[at], km);
    }
  };
  for (std::int64_t b = std::max<std::int64_t>(0, band - 1); b <= std::min(last, band + 1); ++b) {
    const std::size_t from = begin_[static_cast<std::size_t>(b)], to = begin_[static_cast<std::size_t>(b) + 1];
    const auto at = [&](double longitude) {
      return static_cast<std::size_t>(std::lower_bound(order_.begin() + static_cast<std::ptrdiff_t>(from),
                                                       order_.begin() + static_cast<std::ptrdiff_t>(to), longitude,
                                                       [&](Index q, double wanted) {
                                                         return places_[static_cast<std::size_t>(q)].longitude < wanted;
                                                       }) -
                                      order_.begin());
    };
    const double west = own.longitude - wide, east = own.longitude + wide;
    if (wide >= 180 - kSlack) {
      measure(from, to);
      continue;
    }
    if (west < -180) measure(at(west + 360), to);
    measure(at(west), at(std::nextafter(east, 360)));
    if (east >= 180) measure(from, at(std::nextafter(east - 360, 360)));
  }
}

}  // namespace headwater
