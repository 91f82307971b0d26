#include "headwater/covariances/nearby.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace headwater {
namespace {

constexpr double kDegree = 3.14159265358979323846 / 180;  // in radians
constexpr double kFlatDegree = 111;                       // km
constexpr double kSlack = 1e-9;  // of an angle: what is measured may lie outside the reach, never the reverse
constexpr double kTie = 1e-12;   // relative: a pair at the reach itself is within, whatever rounding says
constexpr double kSphere = 4.1;  // above the square of every chord of the unit sphere

double around(double longitude) {
  const double turned = std::fmod(longitude + 180, 360);
  return (turned < 0 ? turned + 360 : turned) - 180;
}

}  // namespace

Nearby::Nearby(const Matrix& places, const Distance& distance, double reach)
    : distance_(distance), reach_(reach * (1 + kTie)) {
  const double angle = reach_ / (distance.flat ? kFlatDegree / kDegree : distance.radius);
  const double half = std::sin(std::min(angle / 2, 90 * kDegree));
  within_ = distance.flat ? reach_ * reach_ : angle >= 180 * kDegree ? kSphere : 4 * half * half;
  height_ = std::min(180.0, std::max(angle / kDegree * (1 + kSlack), 180.0 / static_cast<double>(places.rows() + 1)));
  std::vector<Place> unsorted;
  for (Index p = 0; p < places.rows(); ++p) {
    const double latitude = places(p, 0), longitude = around(places(p, 1)), cosine = std::cos(latitude * kDegree);
    unsorted.push_back({latitude, longitude, cosine * std::cos(longitude * kDegree),
                        cosine * std::sin(longitude * kDegree), std::sin(latitude * kDegree)});
  }
  order_.resize(unsorted.size());
  std::iota(order_.begin(), order_.end(), Index{0});
  const auto key = [&](Index p) {
    const Place& place = unsorted[static_cast<std::size_t>(p)];
    return std::tuple(band_of(place.latitude), place.longitude, p);
  };
  std::sort(order_.begin(), order_.end(), [&](Index a, Index b) { return key(a) < key(b); });
  begin_.assign(static_cast<std::size_t>(band_of(90)) + 2, 0);
  for (const Index p : order_) {
    places_.push_back(unsorted[static_cast<std::size_t>(p)]);
    ++begin_[static_cast<std::size_t>(band_of(places_.back().latitude)) + 1];
  }
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

double Nearby::flat_square(const Place& a, const Place& b) const {
  const double apart = std::abs(a.longitude - b.longitude);
  const double north = kFlatDegree * (a.latitude - b.latitude);
  const double east = kFlatDegree * std::cos((a.latitude + b.latitude) / 2 * kDegree) * std::min(apart, 360 - apart);
  return north * north + east * east;
}

double Nearby::kilometres(Index a, Index b) const {
  const Place &one = places_[static_cast<std::size_t>(a)], &other = places_[static_cast<std::size_t>(b)];
  return distance_.flat ? std::sqrt(flat_square(one, other))
                        : 2 * distance_.radius * std::asin(std::min(1.0, std::sqrt(chord_square(one, other)) / 2));
}

std::vector<std::pair<std::size_t, std::size_t>> Nearby::candidates(Index p) const {
  const Place& own = places_[static_cast<std::size_t>(p)];
  const double wide = longitude_reach(own.latitude), west = own.longitude - wide, east = own.longitude + wide;
  const std::int64_t band = band_of(own.latitude), last = static_cast<std::int64_t>(begin_.size()) - 2;
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (std::int64_t b = std::max<std::int64_t>(0, band - 1); b <= std::min(last, band + 1); ++b) {
    const std::size_t from = begin_[static_cast<std::size_t>(b)], to = begin_[static_cast<std::size_t>(b) + 1];
    const auto at = [&, first = from, end = to](double longitude) {
      const auto begin = places_.begin();
      return static_cast<std::size_t>(
          std::lower_bound(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end),
                           longitude, [](const Place& place, double wanted) { return place.longitude < wanted; }) -
          begin);
    };
    if (wide >= 180 - kSlack) {
      ranges.emplace_back(from, to);
      continue;
    }
    if (west < -180) ranges.emplace_back(at(west + 360), to);
    ranges.emplace_back(at(west), at(std::nextafter(east, 360)));
    if (east >= 180) ranges.emplace_back(from, at(std::nextafter(east - 360, 360)));
  }
  return ranges;
}

}  // namespace headwater
