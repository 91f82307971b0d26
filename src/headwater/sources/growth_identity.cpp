#include "headwater/sources/growth_identity.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr double kExactGrowth = 1e-9;       // files hold ten digits or more
constexpr double kRoundedGrowth = 0.00155;  // three figures rounded to a tenth of a per cent, growth of up to a half

const Column& growth_column(const TypedSource& source, const std::string& name) {
  const auto found = std::find_if(source.columns.begin(), source.columns.end(),
                                  [&](const Column& c) { return c.name == name && c.type == Column::Type::number; });
  if (found == source.columns.end())
    throw Error(ErrorKind::usage, "source.identity",
                "[source " + source.spec.name + "] identity names '" + name +
                    "', which is no column of numbers of the source; name three of [columns " + source.spec.name + "]",
                {.key = "source.identity"});
  return *found;
}

void tell_break(TypedSource& source, std::size_t row, const std::string& column, double published, double implied) {
  source.ledger.suspicions.push_back(
      {"identity broken", column, source.unit[row], source.has_period ? to_text(source.period[row]) : "",
       source.place[row] + "unit '" + source.unit[row] + "' has " + column + " " + significant(published, 6) +
           ", and growth of activity over growth of resource is " + significant(implied, 6) +
           "; one of the three cells is wrong"});
}

}  // namespace

void check_identity(TypedSource& source) {
  const Names& names = source.spec.identity;
  if (names.empty()) return;
  const Column &published = growth_column(source, names[0]), &activity = growth_column(source, names[1]),
               &resource = growth_column(source, names[2]);
  long long exact = 0, rounded = 0, broken = 0;
  double largest = 0;
  for (Index i = 0; i < source.rows(); ++i) {
    if (published.is_missing(i) || activity.is_missing(i) || resource.is_missing(i)) continue;
    const double implied = (1 + activity.numbers(i)) / (1 + resource.numbers(i)) - 1;
    const double error = std::abs(published.numbers(i) - implied);
    if (error <= kExactGrowth) {
      ++exact;
      largest = std::max(largest, error);
    } else if (error <= kRoundedGrowth) {
      ++rounded;
    } else {
      ++broken;
      tell_break(source, static_cast<std::size_t>(i), published.name, published.numbers(i), implied);
    }
  }
  source.ledger.notes.push_back(
      {"source.identity", "[source " + source.spec.name + "] " + names[0] + " is (1 + " + names[1] + ") / (1 + " +
                              names[2] + ") - 1 in " + counted(exact, "cell") + " to " + significant(largest, 2) +
                              ", in " + thousands(rounded) +
                              " more to the rounding of a tenth of a per cent, and not in " + thousands(broken)});
}

}  // namespace headwater
