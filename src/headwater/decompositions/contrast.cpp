#include "headwater/decompositions/contrast.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/panel/key_values.hpp"

namespace headwater {
namespace {

const DriverGroup* driver_named(const Spec& spec, const std::string& name) {
  for (const DriverGroup& group : spec.drivers)
    if (group.name == name) return &group;
  return nullptr;
}

}  // namespace

Contrast::Contrast(const Design& design) : Contrast(design.n()) {
  if (!design.has_unit) return;
  std::vector<Index> last(static_cast<std::size_t>(design.unit.count));
  for (Index i = 0; i < design.n(); ++i)
    last[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])] = i;
  for (const std::int32_t unit : design.unit.code) carrier_.push_back(last[static_cast<std::size_t>(unit)]);
}

void Contrast::add(double c, Vector u) {
  const double mass = u.sum();
  if (!(mass > 0)) throw Error(ErrorKind::internal, "internal.empty_mean", "a mean over no rows was asked for");
  u /= mass;
  row_weights_ += c * u;
  means_.push_back({c, std::move(u)});
}

Matrix Contrast::sampling_influence(const Matrix& z) const {
  Matrix psi = Matrix::Zero(z.rows(), z.cols());
  for (const Mean& mean : means_) {
    const Eigen::RowVectorXd average = mean.share.transpose() * z;
    for (Index i = 0; i < z.rows(); ++i)
      if (mean.share(i) != 0)
        psi.row(carrier_.empty() ? i : carrier_[static_cast<std::size_t>(i)]) +=
            mean.c * mean.share(i) * (z.row(i) - average);
  }
  return psi;
}

Vector within_group(const Vector& weights, const Grouping& groups, std::int32_t code) {
  Vector result = Vector::Zero(weights.size());
  for (Index i = 0; i < weights.size(); ++i)
    if (groups.code[static_cast<std::size_t>(i)] == code) result(i) = weights(i);
  return result;
}

std::int32_t period_code(const Design& design, const std::string& option, const std::string& text) {
  if (!design.has_time)
    throw Error(ErrorKind::usage, "decomposition.no_time",
                option + " = " + text + " needs a time key; say which column holds the period (time = COLUMN)",
                {.key = option});
  const auto wanted = period_of_kind(text, design.periods.front().frequency);
  for (std::int32_t t = 0; t < design.time.count; ++t)
    if (design.time.labels[static_cast<std::size_t>(t)] == text ||
        (wanted && design.periods[static_cast<std::size_t>(t)] == *wanted))
      return t;
  throw Error(ErrorKind::usage, "decomposition.no_period",
              option + " = " + text + " is no period of the rows used, which run from " + design.time.labels.front() +
                  " to " + design.time.labels.back() + " (lags take away the first periods)",
              {.key = option});
}

std::int32_t unit_code(const Design& design, const std::string& text) {
  const auto& labels = design.unit.labels;
  const auto found = std::find(labels.begin(), labels.end(), text);
  if (design.has_unit && found != labels.end()) return static_cast<std::int32_t>(found - labels.begin());
  const std::string near = design.has_unit ? nearest(text, labels) : "";
  throw Error(
      ErrorKind::usage, "decomposition.no_unit",
      "'" + text + "' is no unit of the rows used" + (near.empty() ? std::string() : "; did you mean '" + near + "'?"));
}

std::vector<Index> columns_of_terms(const Design& design, const std::string& option, const std::string& text) {
  const DriverGroup* driver = driver_named(design.spec, text);
  const std::vector<Term> wanted = driver ? driver->terms : parse_terms(text);
  std::vector<Index> columns;
  Names known;
  for (const Term& term : design.spec.formula.terms) known.push_back(term.text);
  for (const Term& term : wanted) {
    const auto found = std::find(known.begin(), known.end(), term.text);
    if (found == known.end()) {
      const std::string near = nearest(term.text, known);
      throw Error(ErrorKind::usage, "decomposition.unknown_term",
                  option + " names the term '" + term.text + "', which is not a regressor of the formula" +
                      (near.empty() ? "; its terms are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
                  {.key = option});
    }
    for (Index j = 0; j < design.k(); ++j)
      if (design.origins[static_cast<std::size_t>(j)].term == static_cast<std::size_t>(found - known.begin()))
        columns.push_back(j);
  }
  return columns;
}

Grouping row_groups(const Panel& panel, const Design& design, const std::string& column) {
  const Grouping all = groups_of_rows(panel, column);
  for (const std::int64_t row : design.rows)
    if (all.code[static_cast<std::size_t>(row)] < 0)
      throw Error(
          ErrorKind::data, "decomposition.no_group",
          "'" + column +
              "' has no value in a row used, so the row belongs to no group; fill the cell or choose another column",
          {.row = panel.source_row(row), .column = column});
  Grouping groups = restricted(all, design.rows);
  groups.name = column;
  return groups;
}

Vector row_values(const Panel& panel, const Design& design, const std::string& column) {
  const Column& source = panel.column(unquoted(column));
  if (source.type != Column::Type::number)
    throw Error(ErrorKind::data, "decomposition.weights",
                "'" + column + "' is text, so it cannot weigh rows; name a column of numbers", {.column = column});
  Vector values(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const std::int64_t row = design.rows[static_cast<std::size_t>(i)];
    values(i) = source.numbers(row);
    if (!(values(i) > 0 && std::isfinite(values(i))))
      throw Error(
          ErrorKind::data, "decomposition.weights",
          panel.ledger().file + ", row " + std::to_string(panel.source_row(row)) + ": '" + column + "' is " +
              (std::isnan(values(i)) ? "missing" : shortest(values(i))) +
              ", and what weighs, prices or counts rows must be positive; correct the cell or leave the row out",
          {.file = panel.ledger().file, .row = panel.source_row(row), .column = column});
  }
  return design.draws.size() > 0 ? Vector(values.cwiseProduct(design.draws)) : values;
}

}  // namespace headwater
