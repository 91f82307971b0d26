#include "headwater/design/places.hpp"

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

Coordinate coordinate(const Panel& panel, const MethodCall& covariance, const std::string& option, double most) {
  const std::string name = unquoted(covariance.get(option));
  Coordinate result{column_expression(name), {}};
  result.degrees = evaluate(panel, *result.column);
  for (Index i = 0; i < panel.rows(); ++i)
    if (std::abs(result.degrees(i)) > most) {
      const std::string& file = panel.ledger().file;
      throw Error(ErrorKind::data, "design.coordinate",
                  file + ", row " + std::to_string(panel.source_row(i)) + ": " + option + " '" + name + "' is " +
                      shortest(result.degrees(i)) + ", beyond " + shortest(most) + " degrees; " + covariance.method +
                      " takes degrees north and east, so correct the cell, or name the columns the other way round",
                  {.file = file, .row = panel.source_row(i), .column = name});
    }
  return result;
}

}  // namespace

std::vector<Coordinate> coordinates(const Panel& panel, const MethodCall& covariance) {
  if (!covariance.has("latitude") || !covariance.has("longitude")) return {};
  return {coordinate(panel, covariance, "latitude", 90), coordinate(panel, covariance, "longitude", 360)};
}

}  // namespace headwater
