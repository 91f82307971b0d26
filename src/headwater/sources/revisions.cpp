// Question: is a provisional figure worth reading: how far is it revised, in which direction, and does the revision
// bring news or take noise away?
// Model: x the earlier figure of a cell, y the later one, r = y - x their revision, over the n cells that have both.
//   bias  mean of r, with the error sd(r) / sqrt(n)
//   news  y = a + b x + u with b = 1: the revision cannot be foreseen from the earlier figure
//   noise x = a + b y + u with b = 1: the earlier figure is the later one and an error that has nothing to do with it
// Estimator: least squares; errors HC1, t with n - 2 degrees of freedom. The interval of the correlation is Fisher's,
//   tanh(atanh(c) +- z / sqrt(n - 3)).
// Mankiw, Runkle and Shapiro 1984, eq. 1 and 2; Fisher 1921. Equals numpy and statsmodels (HC1) to twelve digits.
#include "headwater/sources/revisions.hpp"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sources/vintage_order.hpp"

namespace headwater {
namespace {

constexpr std::size_t kFewestCells = 30;
constexpr double kLevel = 0.95;

struct PairedCells {
  std::vector<double> earlier, later;
};

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double products(const std::vector<double>& a, const std::vector<double>& b) {
  const double mean_a = mean_of(a), mean_b = mean_of(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum;
}

struct Slope {
  double value = 0, error = 0;
};

Slope slope_on(const std::vector<double>& y, const std::vector<double>& x) {
  const double spread = products(x, x), mean_x = mean_of(x), mean_y = mean_of(y), n = static_cast<double>(x.size());
  const double slope = products(x, y) / spread;
  double meat = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double score = (x[i] - mean_x) * (y[i] - mean_y - slope * (x[i] - mean_x));
    meat += score * score;
  }
  return {slope, std::sqrt(n / (n - 2) * meat) / spread};
}

std::string slope_in_words(const Slope& slope, std::size_t n) {
  const double t = (slope.value - 1) / slope.error;
  return significant(slope.value, 4) + " (error " + significant(slope.error, 3) + ", p of 1 " +
         significant(student_two_sided(t, static_cast<double>(n) - 2), 3) + ")";
}

std::string told(const PairedCells& cells) {
  const std::vector<double>&x = cells.earlier, &y = cells.later;
  const double n = static_cast<double>(x.size());
  std::vector<double> revision;
  std::size_t revised = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    revision.push_back(y[i] - x[i]);
    revised += revision.back() != 0;
  }
  const double sd = std::sqrt(products(revision, revision) / (n - 1)), bias = mean_of(revision);
  std::string text = std::to_string(revised) + " of " + std::to_string(x.size()) + " cells revised, by " +
                     significant(bias, 4) + " on average (error " + significant(sd / std::sqrt(n), 3) + "), sd " +
                     significant(sd, 4);
  const double within_x = products(x, x), within_y = products(y, y);
  if (!(within_x > 0) || !(within_y > 0) || revised == 0) return text;
  const double correlation = products(x, y) / std::sqrt(within_x * within_y);
  const double reach = normal_quantile((1 + kLevel) / 2) / std::sqrt(n - 3), z = std::atanh(correlation);
  text += "; correlation of the two " + significant(correlation, 4) + " (" + significant(std::tanh(z - reach), 3) +
          ", " + significant(std::tanh(z + reach), 3) + ")";
  return text + "; slope of the later on the earlier, 1 where revisions are news, " +
         slope_in_words(slope_on(y, x), x.size()) + "; of the earlier on the later, 1 where they take noise away, " +
         slope_in_words(slope_on(x, y), x.size());
}

// Cells of a column that two vintages share.
PairedCells shared_cells(const TypedSource& source, const Column& column, const std::string& earlier,
                         const std::string& later) {
  std::map<std::pair<std::string, std::int64_t>, double> first;
  PairedCells cells;
  for (const bool collect : {true, false})
    for (Index i = 0; i < source.rows(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (source.vintage[at] != (collect ? earlier : later) || column.is_missing(i)) continue;
      const std::pair key(source.unit[at], source.period[at].ordinal);
      if (collect) {
        first[key] = column.numbers(i);
      } else if (const auto known = first.find(key); known != first.end()) {
        cells.earlier.push_back(known->second);
        cells.later.push_back(column.numbers(i));
      }
    }
  return cells;
}

}  // namespace

void tell_revisions(TypedSource& source) {
  if (source.spec.vintage.empty()) return;
  const std::vector<Vintage> vintages = vintages_in_order(source);
  for (const Column& column : source.columns) {
    if (column.type != Column::Type::number) continue;
    for (std::size_t v = 1; v < vintages.size(); ++v) {
      const PairedCells cells = shared_cells(source, column, vintages[v - 1].text, vintages[v].text);
      if (cells.earlier.size() < kFewestCells) continue;
      const std::string where = source.spec.name.empty() ? "" : "[source " + source.spec.name + "] ";
      source.ledger.notes.push_back({"source.revisions", where + "column '" + column.name + "', from vintage '" +
                                                             vintages[v - 1].text + "' to '" + vintages[v].text +
                                                             "': " + told(cells)});
    }
  }
}

}  // namespace headwater
