// Keys of effects and clusters -> a code for every row of the panel.
#pragma once

#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

// Levels of one key: a column, factor(column), or an expression by its values.
Grouping key_groups(const Panel& panel, const Expression& key);

// Keys joined by ^: one level for each combination that occurs, in the order of the keys; -1 where any part is missing.
Grouping effect_groups(const Panel& panel, const std::vector<ExpressionPtr>& keys, const std::string& name);

// One grouping for each column that the covariance names: what it gives without an option's name and is no number.
std::vector<Grouping> cluster_groups(const Panel& panel, const MethodCall& covariance);

}  // namespace headwater
