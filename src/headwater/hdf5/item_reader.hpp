// Single attributes and datasets of a file from a stranger: type and size are checked before anything is read.
#pragma once

#include <map>
#include <optional>
#include <variant>

#include "headwater/core/labelled.hpp"
#include "headwater/hdf5/inspection.hpp"

namespace headwater::hdf5 {

// nullopt when there is no attribute of this name. Throws Error{data, "hdf5.attribute" | "hdf5.damaged"}.
std::optional<Attribute> read_attribute(hid_t object, const std::string& name, hsize_t file_bytes,
                                        const ObjectPath& at);
std::map<std::string, Attribute> read_attributes(hid_t object, hsize_t file_bytes, const ObjectPath& at);
std::string read_text_attribute(hid_t object, const std::string& name, hsize_t file_bytes, const ObjectPath& at);

struct Values {
  std::vector<std::int64_t> shape;
  std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>> values;
};
Values read_dataset(hid_t dataset, hsize_t file_bytes, MemoryBudget& budget, const ObjectPath& at);

bool is_scale(hid_t dataset);

// The dimensions of other datasets that a dimension scale labels: file address of the dataset, number of the dimension.
using Labelled = std::pair<haddr_t, unsigned>;
std::vector<Labelled> labelled_by(hid_t scale, hsize_t file_bytes, const ObjectPath& at);

}  // namespace headwater::hdf5
