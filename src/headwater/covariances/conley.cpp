// Question: how uncertain are the coefficients when errors of places near one another go together?
// conley: meat Σ_ij K(d_ij) ψ_i ψ_j' over all pairs of rows, whatever their period, d_ij the distance in kilometres;
//   K = 1 up to the cutoff c, the cutoff itself included (uniform), or 1 − d/c (bartlett). Conley (1999), eq. 3.13.
// conley_hac: the same over pairs of the same period, and pairs of a unit's own rows l = 1..L periods apart with weight
//   1 − l/(L+1). Conley (1999) and Newey and West (1987) side by side, as acreg and Hsiang (2010) have it; a pair of
//   different units in different periods has no weight.
// Great circle on a sphere of 6371.0088 km, the mean radius, or of the radius given (6376 under the profile fixest, as
// there); or flat, fixest's "triangular". Small-sample factor N/(N−K), t with N−K. The sums of rows at one place are
// taken first, and only pairs of places in each other's reach are measured (nearby.hpp). Equals fixest vcov_conley,
// both distances, to 1e-12, and sums over all pairs written out. The uniform kernel may leave a variance negative.
#include <algorithm>
#include <numeric>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/covariances/lags.hpp"
#include "headwater/covariances/nearby.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr Index kPlacesAtOnce = 256;

// Rows at one and the same place.
struct Sites {
  Grouping of_row;
  Matrix places;  // a place each
};

Sites sites_of(const Matrix& places) {
  std::vector<Index> order(static_cast<std::size_t>(places.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  const auto key = [&](Index i) { return std::tuple(places(i, 0), places(i, 1)); };
  std::sort(order.begin(), order.end(),
            [&](Index a, Index b) { return std::tuple(key(a), a) < std::tuple(key(b), b); });
  Sites sites{{.name = "place", .code = std::vector<std::int32_t>(order.size()), .count = 0, .labels = {}}, {}};
  std::vector<Index> first;
  for (const Index i : order) {
    if (first.empty() || key(first.back()) != key(i)) first.push_back(i);
    sites.of_row.code[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(first.size()) - 1;
  }
  sites.of_row.count = static_cast<std::int32_t>(first.size());
  sites.places = places(first, Eigen::all);
  return sites;
}

struct Spatial {
  Distance distance;
  double cutoff;
  bool uniform;
};

Spatial spatial_of(const MethodCall& rule) {
  return {{rule.get("distance", "great_circle") == "flat", rule.number("radius", 0)},
          rule.number("cutoff", 0),
          rule.get("kernel", "uniform") == "uniform"};
}

// Σ_q K(d_pq) S_q of the places near p, as numbers side by side.
void add_near(const Nearby& nearby, const Spatial& spatial, const Matrix& own, Index p, double* sum) {
  const Index k = own.rows();
  nearby.each(p, [&](Index q) {
    const double weight = spatial.uniform ? 1 : std::max(0.0, 1 - nearby.kilometres(p, q) / spatial.cutoff);
    const double* there = own.data() + q * k;
    for (Index j = 0; j < k; ++j) sum[j] += weight * there[j];
  });
}

Matrix near_products(const Contributions& psi, const Matrix& places, const Spatial& spatial) {
  const Sites sites = sites_of(places);
  const Nearby nearby(sites.places, spatial.distance, spatial.cutoff);
  const Matrix own = psi.sums(sites.of_row)(nearby.order(), Eigen::all).transpose();  // a column a place
  Matrix around = Matrix::Zero(own.rows(), own.cols());
  parallel_for(static_cast<std::size_t>((own.cols() + kPlacesAtOnce - 1) / kPlacesAtOnce), [&](std::size_t block) {
    const Index begin = static_cast<Index>(block) * kPlacesAtOnce, end = std::min(begin + kPlacesAtOnce, own.cols());
    for (Index p = begin; p < end; ++p) add_near(nearby, spatial, own, p, around.col(p).data());
  });
  const Matrix sum = own * around.transpose();
  return 0.5 * (sum + sum.transpose());
}

void need_places(const MethodCall& rule, const Atoms& atoms) {
  if (atoms.places.rows() == atoms.n) return;
  throw Error(ErrorKind::usage, "covariance.no_places",
              rule.method +
                  " goes by where rows lie, which is not known of these rows; name latitude and longitude in "
                  "the covariance that the model is fitted with");
}

}  // namespace

void check_distances(const MethodCall& rule) {
  for (const char* option : {"latitude", "longitude", "cutoff"})
    if (!rule.has(option))
      throw Error(ErrorKind::usage, "covariance.distance",
                  rule.method + " needs its " + option + "; write " + rule.method +
                      "(LATITUDE, LONGITUDE, KILOMETRES) with the columns of degrees north and east and the distance "
                      "up to which errors go together",
                  {.key = "covariance"});
  for (const char* option : {"cutoff", "radius"})
    if (rule.has(option) && !(rule.number(option, 0) > 0))
      throw Error(ErrorKind::usage, "covariance.distance",
                  rule.method + " has " + option + " = " + rule.get(option) +
                      "; it is a length in kilometres and more than zero",
                  {.key = "covariance"});
  if (rule.has("radius") && rule.get("distance") == "flat")
    throw Error(ErrorKind::usage, "covariance.distance",
                rule.method +
                    " has a radius, which belongs to great circles, and distance = flat, which takes 111 km "
                    "for a degree; leave one of them out",
                {.key = "covariance"});
}

Meat conley_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  need_places(rule, atoms);
  return {
      {{.sign = 1, .groups = static_cast<double>(atoms.n), .sum = near_products(psi, atoms.places, spatial_of(rule))}}};
}

Meat conley_hac_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  need_places(rule, atoms);
  const Lags lags = lags_of(rule, atoms);
  Matrix near = Matrix::Zero(psi.estimates(), psi.estimates());
  for (const std::vector<Index>& own : rows_by(atoms.time)) {
    const Matrix here = psi.rows(own);
    near += near_products(Contributions(here), atoms.places(own, Eigen::all), spatial_of(rule));
  }
  const auto n = static_cast<double>(atoms.n);
  return {{{.sign = 1, .groups = n, .sum = std::move(near)},
           {.sign = 1, .groups = n, .sum = lagged_products(sums_by_unit(psi, atoms), lags)}}};
}

}  // namespace headwater
