#include "headwater/report/cells.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

struct Coded {
  std::vector<std::string> names;  // in natural order
  std::vector<std::size_t> code;
};

Coded coded(const std::vector<std::string>& values) {
  Coded result;
  result.names = values;
  std::sort(result.names.begin(), result.names.end(), natural_less);
  result.names.erase(std::unique(result.names.begin(), result.names.end()), result.names.end());
  std::map<std::string, std::size_t> at;
  for (std::size_t i = 0; i < result.names.size(); ++i) at[result.names[i]] = i;
  for (const std::string& value : values) result.code.push_back(at[value]);
  return result;
}

// Means over the finite rows of each group, and how many there are.
struct Means {
  std::vector<std::vector<double>> mean;
  std::vector<std::int64_t> rows;
};

Means means_by(const Coded& groups, const std::vector<double>& values, std::size_t columns) {
  Means result{std::vector<std::vector<double>>(groups.names.size(), std::vector<double>(columns, 0)),
               std::vector<std::int64_t>(groups.names.size(), 0)};
  for (std::size_t i = 0; i < groups.code.size(); ++i) {
    const double* row = values.data() + i * columns;
    if (!std::all_of(row, row + columns, [](double value) { return std::isfinite(value); })) continue;
    ++result.rows[groups.code[i]];
    for (std::size_t j = 0; j < columns; ++j) result.mean[groups.code[i]][j] += row[j];
  }
  for (std::size_t g = 0; g < result.mean.size(); ++g)
    for (double& value : result.mean[g]) value /= static_cast<double>(std::max<std::int64_t>(1, result.rows[g]));
  return result;
}

// sqrt(a'Va) over the coefficients of one part; NaN when the part has none.
double part_error(const std::vector<double>& a, const std::vector<double>& V, const std::vector<bool>& own) {
  const std::size_t k = a.size();
  double sum = 0;
  bool any = false;
  for (std::size_t i = 0; i < k; ++i) {
    if (!own[i]) continue;
    any = true;
    for (std::size_t j = 0; j < k; ++j)
      if (own[j]) sum += a[i] * V[i * k + j] * a[j];
  }
  return any ? std::sqrt(std::max(0.0, sum)) : std::nan("");
}

std::vector<bool> coefficients_of(const std::string& part, const std::vector<std::string>& drivers) {
  std::vector<bool> own;
  for (const std::string& driver : drivers) own.push_back(driver == part);
  return own;
}

void number_rows(PayloadWriter& out, const char* key, const std::vector<std::vector<double>>& rows) {
  out.json.key(key);
  out.json.begin_array();
  for (const auto& row : rows) {
    out.json.begin_array();
    for (const double value : row) out.json.value(value);
    out.json.end_array();
  }
  out.json.end_array();
}

void millionths(PayloadWriter& out, const char* key, const std::vector<double>& values, std::size_t columns) {
  out.json.key(key);
  out.json.begin_array();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % columns == 0) out.json.begin_array();
    if (std::isfinite(values[i]))
      out.json.value(static_cast<std::int64_t>(std::llround(1e6 * values[i])));
    else
      out.json.null();
    if (i % columns == columns - 1) out.json.end_array();
  }
  out.json.end_array();
}

void codes(PayloadWriter& out, const char* names_key, const char* codes_key, const Coded& coded) {
  out.list(names_key, coded.names);
  out.json.key(codes_key);
  out.json.begin_array();
  for (const std::size_t code : coded.code) out.json.value(static_cast<std::int64_t>(code));
  out.json.end_array();
}

}  // namespace

bool has_cells(const Tree& node) { return node.find_array("cell_estimate") && node.find_array("cell_period"); }

void over_time_part(PayloadWriter& out, const Tree& node, const Tree& fit, Audience audience) {
  const Coded periods = coded(texts(node, "cell_period"));
  const auto& parts = labels(node, "part");
  const Means value = means_by(periods, numbers(node, "cell_estimate"), parts.size());
  const std::size_t k = labels(node, "coefficient").size();
  const Means deviation = means_by(periods, numbers(node, "cell_deviation"), k);
  const std::int64_t least = audience == Audience::publish ? kLeastUnits : 1;
  std::vector<std::string> shown;
  std::vector<std::int64_t> units;
  std::vector<std::vector<double>> mean, error;
  for (std::size_t t = 0; t < periods.names.size(); ++t) {
    if (value.rows[t] < least) continue;
    shown.push_back(periods.names[t]);
    units.push_back(value.rows[t]);
    mean.push_back(value.mean[t]);
    error.emplace_back();
    for (const std::string& part : parts)
      error.back().push_back(
          part_error(deviation.mean[t], numbers(fit, "vcov"), coefficients_of(part, texts(fit, "driver"))));
  }
  if (shown.size() < 2) return;
  out.json.key("over_time");
  out.json.begin_object();
  out.list("period", shown);
  out.list("part", parts);
  out.json.key("units");
  out.json.begin_array();
  for (const std::int64_t count : units) out.json.value(count);
  out.json.end_array();
  out.json.member("reach", student_quantile(0.5 + number_attribute(fit, "level") / 2, scalar(fit, "df")));
  number_rows(out, "mean", mean);
  number_rows(out, "std_error", error);
  out.json.end_object();
}

void cells_part(PayloadWriter& out, const Tree& node) {
  const auto& parts = labels(node, "part");
  out.json.key("cells");
  out.json.begin_object();
  codes(out, "units", "unit", coded(texts(node, "cell_unit")));
  codes(out, "periods", "period", coded(texts(node, "cell_period")));
  out.list("parts", parts);
  millionths(out, "estimate", numbers(node, "cell_estimate"), parts.size());
  millionths(out, "std_error", numbers(node, "cell_std_error"), parts.size());
  out.json.end_object();
}

}  // namespace headwater
