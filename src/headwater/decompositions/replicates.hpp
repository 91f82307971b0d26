// A decomposition under other counts of its clusters, from sums by cluster that are made once: what a cluster bootstrap
// repeats a thousand times then costs a weighted sum of blocks and a small system in place of a pass over the rows.
// Refitting answers where these sums do not, and is what they are checked against.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

struct ReplicateAnswer {
  Vector values;     // m components, in the order of the decomposition
  Matrix influence;  // clusters × m: derivative of the values by how often a cluster counts
  double total = 0;  // computed apart from the components
};

class Replicates {
 public:
  virtual ~Replicates() = default;
  // One answer for each decomposition of the call, where cluster g counts `counts`(g) times; none where a replicate
  // needs a refit: something in it is not identified, nearly so, or has to be refused in words.
  virtual std::optional<std::vector<ReplicateAnswer>> under(const Vector& counts) const = 0;
};

// The cluster of each design row, by its panel row.
std::vector<std::int32_t> clusters_of_rows(const Grouping& clusters, const std::vector<std::int64_t>& rows);

}  // namespace headwater
