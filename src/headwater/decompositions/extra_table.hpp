// A table that a method reports beside its components: benchmarks, left-out units, specifications. Shown in text and
// JSON, stored as arrays along one axis.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

class ExtraTable {
 public:
  // `axis` is the dimension's name and the prefix of its columns' names in the result; rows are labelled by `labels`.
  ExtraTable(std::string axis, std::string description, Names labels);

  ExtraTable& numbers(const std::string& name, std::vector<double> values, const std::string& description,
                      const std::string& unit = "1");
  ExtraTable& texts(const std::string& name, Names values, const std::string& description);
  void add_to(Decomposition& decomposition) const;

 private:
  LabelledArray column(const std::string& name, const std::string& description, const std::string& unit) const;

  Axis axis_;
  std::vector<LabelledArray> columns_;
};

}  // namespace headwater
