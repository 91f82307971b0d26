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
Values read_dataset(hid_t dataset, hsize_t file_bytes, const ObjectPath& at);

bool is_scale(hid_t dataset);
// File address of the dimension scale of each dimension, in order; throws Error{data, "hdf5.axes"} when one is missing.
std::vector<haddr_t> scale_addresses(hid_t dataset, std::size_t rank, const ObjectPath& at);

}  // namespace headwater::hdf5
