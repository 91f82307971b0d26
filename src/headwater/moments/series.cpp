#include "headwater/moments/series.hpp"

#include <algorithm>
#include <tuple>

namespace headwater {

std::vector<std::int64_t> calendar_positions(const std::vector<Period>& periods, std::int64_t step) {
  std::vector<std::int64_t> positions;
  for (const Period& period : periods) positions.push_back((period.ordinal - periods.front().ordinal) / step);
  return positions;
}

SeriesSums series_of(Matrix sums, const Grouping& cells, const Grouping* series, const Grouping& periods) {
  SeriesSums result{std::move(sums), std::vector<SeriesSums::At>(static_cast<std::size_t>(cells.count))};
  for (std::size_t i = 0; i < cells.code.size(); ++i) {
    const std::int32_t cell = cells.code[i];
    result.order[static_cast<std::size_t>(cell)] = {series ? series->code[i] : 0, periods.code[i], cell};
  }
  std::sort(result.order.begin(), result.order.end(), [](const SeriesSums::At& a, const SeriesSums::At& b) {
    return std::tie(a.series, a.period) < std::tie(b.series, b.period);
  });
  return result;
}

Matrix lagged_products(const SeriesSums& series, const Lags& lags) {
  Matrix earlier = Matrix::Zero(series.sums.rows(), series.sums.cols());
  for (std::size_t at = 1; at < series.order.size(); ++at) {
    const SeriesSums::At& own = series.order[at];
    for (std::size_t back = at; back-- > 0 && series.order[back].series == own.series;) {
      const std::int64_t l = lags.position[static_cast<std::size_t>(own.period)] -
                             lags.position[static_cast<std::size_t>(series.order[back].period)];
      if (l > lags.longest) break;
      const double weight =
          lags.kernel == LagKernel::uniform ? 1 : 1 - static_cast<double>(l) / static_cast<double>(lags.longest + 1);
      earlier.row(own.row) += weight * series.sums.row(series.order[back].row);
    }
  }
  const Matrix gamma = series.sums.transpose() * earlier;
  return gamma + gamma.transpose();
}

}  // namespace headwater
