#include "headwater/design/range.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr double kLargest = 1e140;  // magnitudes whose squares, times rows and weights, still are numbers
constexpr double kSmallest = 1e-140;

void refuse_extremes(const std::string& name, const Eigen::Ref<const Vector>& column, const Design& design,
                     const Panel& panel) {
  Index at = 0;
  const double largest = column.size() > 0 ? column.cwiseAbs().maxCoeff(&at) : 0;
  if (largest == 0 || (largest < kLargest && largest > kSmallest)) return;
  const std::int64_t row = panel.source_row(design.rows[static_cast<std::size_t>(at)]);
  const std::string& file = panel.ledger().file;
  throw Error(ErrorKind::numerical, "design.range",
              file + ", row " + std::to_string(row) + ": " + name + " is " + significant(column(at), 3) +
                  (largest < 1 ? ", the largest of its column," : "") +
                  " and its square is beyond what a number can hold; correct the cell or change the unit of the column",
              {.file = file, .row = row, .column = name});
}

}  // namespace

void refuse_extreme_numbers(const Design& design, const Panel& panel) {
  refuse_extremes(design.outcome_name, design.y, design, panel);
  for (Index j = 0; j < design.k(); ++j)
    refuse_extremes(design.names[static_cast<std::size_t>(j)], design.X.col(j), design, panel);
  if (design.offset.size() > 0)
    refuse_extremes("the offset " + to_text(*design.spec.formula.offset), design.offset, design, panel);
  if (design.weights.size() > 0) refuse_extremes(design.spec.weights, design.weights, design, panel);
}

}  // namespace headwater
