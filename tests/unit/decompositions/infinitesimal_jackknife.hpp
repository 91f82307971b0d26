// The check on every influence: the derivative of a component in the weight of one cluster, by finite differences of
// whole refits, against the influence summed over the cluster.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "small_panel.hpp"

namespace headwater {

// The panel with column `weights` multiplied by 1 + e for the rows of unit `u`.
inline Panel reweighted(const Panel& panel, const std::string& weights, std::int32_t u, double e) {
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> rows;
  for (Column& column : columns)
    if (column.name == weights)
      for (Index i = 0; i < panel.rows(); ++i)
        if (panel.units().code[static_cast<std::size_t>(i)] == u) column.numbers(i) *= 1 + e;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  return Panel(std::move(columns), panel.keys(), rows, panel.ledger());
}

using Answer = std::function<std::vector<Decomposition>(const Panel&)>;

// `answer` refits on a panel; its spec must weigh rows by `weights` and cluster by unit.
inline void expect_influence_is_derivative(const Panel& panel, const std::string& weights, const Answer& answer,
                                           double tolerance = 1e-8) {
  const std::vector<Decomposition> base = answer(panel);
  const auto at = [&](std::int32_t u, double e) { return answer(reweighted(panel, weights, u, e)); };
  for (std::int32_t u = 0; u < panel.units().count; ++u) {
    const double h = 2e-3;
    const auto p1 = at(u, h), m1 = at(u, -h), p2 = at(u, 2 * h), m2 = at(u, -2 * h), p3 = at(u, 3 * h),
               m3 = at(u, -3 * h);
    for (std::size_t d = 0; d < base.size(); ++d) {
      const auto value = [&](const std::vector<Decomposition>& all) { return all[d].estimates.values; };
      const Vector slope =
          (45 * (value(p1) - value(m1)) - 9 * (value(p2) - value(m2)) + (value(p3) - value(m3))) / (60 * h);
      const Matrix psi = base[d].estimates.influence * base[d].estimates.jacobian.transpose();
      const Grouping& clusters = base[d].atoms.clusters.front();
      Vector own = Vector::Zero(psi.cols());
      for (std::size_t a = 0; a < clusters.code.size(); ++a)
        if (clusters.labels[static_cast<std::size_t>(clusters.code[a])] ==
            panel.units().labels[static_cast<std::size_t>(u)])
          own += psi.row(static_cast<Index>(a));
      for (Index c = 0; c < own.size(); ++c)
        EXPECT_NEAR(own(c), slope(c), tolerance * std::max(1.0, base[d].estimates.values.cwiseAbs().maxCoeff()))
            << base[d].call << ": " << base[d].estimates.names[static_cast<std::size_t>(c)] << ", unit " << u;
    }
  }
}

}  // namespace headwater
