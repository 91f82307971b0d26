#include "headwater/decompositions/extra_table.hpp"

#include "headwater/core/error.hpp"

namespace headwater {

ExtraTable::ExtraTable(std::string axis, std::string description, Names labels)
    : axis_{std::move(axis), std::move(labels), std::move(description)} {}

LabelledArray ExtraTable::column(const std::string& name, const std::string& description,
                                 const std::string& unit) const {
  return {.name = axis_.name + "_" + name,
          .dims = {axis_.name},
          .shape = {axis_.size()},
          .values = {},
          .description = description,
          .unit = unit};
}

ExtraTable& ExtraTable::numbers(const std::string& name, std::vector<double> values, const std::string& description,
                                const std::string& unit) {
  if (static_cast<std::int64_t>(values.size()) != axis_.size())
    throw Error(ErrorKind::internal, "internal.table", "column " + name + " has another length than its table");
  columns_.push_back(column(name, description, unit));
  columns_.back().values = std::move(values);
  return *this;
}

ExtraTable& ExtraTable::texts(const std::string& name, Names values, const std::string& description) {
  if (static_cast<std::int64_t>(values.size()) != axis_.size())
    throw Error(ErrorKind::internal, "internal.table", "column " + name + " has another length than its table");
  columns_.push_back(column(name, description, "1"));
  columns_.back().values = std::move(values);
  return *this;
}

void ExtraTable::add_to(Decomposition& d) const {
  d.tables.push_back(axis_.name);
  d.extra_axes.push_back(axis_);
  d.extras.insert(d.extras.end(), columns_.begin(), columns_.end());
}

}  // namespace headwater
