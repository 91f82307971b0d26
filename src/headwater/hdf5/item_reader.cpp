#include "headwater/hdf5/item_reader.hpp"

#include <algorithm>
#include <new>

namespace headwater::hdf5 {
namespace {

constexpr const char* kDamaged = "; the file is damaged, write it again";

[[noreturn]] void damaged(const ObjectPath& at) {
  refuse(at, "damaged", "cannot be read (" + reason() + ")" + kDamaged);
}

bool is(hid_t type, hid_t expected) { return H5Tequal(type, expected) > 0; }

bool is_fixed_text(hid_t type) {
  return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && H5Tget_strpad(type) == H5T_STR_NULLPAD;
}

template <class T>
std::vector<T> read_numbers(hid_t attribute, hid_t type, std::size_t count, const ObjectPath& at) {
  std::vector<T> values(count);
  if (count > 0 && H5Aread(attribute, type, values.data()) < 0) damaged(at);
  return values;
}

std::vector<std::string> unpadded(const std::vector<char>& bytes, std::size_t width) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i + width <= bytes.size(); i += width) {
    const char* begin = bytes.data() + i;
    texts.emplace_back(begin, std::find(begin, begin + width, '\0'));
  }
  return texts;
}

std::vector<std::string> read_texts(hid_t attribute, hid_t type, std::size_t count, hsize_t file_bytes,
                                    const ObjectPath& at) {
  const std::size_t width = H5Tget_size(type);
  if (width > file_bytes || count > file_bytes / width)
    refuse(at, "attribute", "declares more text than the file can hold; the file is damaged or made to exhaust memory");
  return unpadded(read_numbers<char>(attribute, type, count * width, at), width);
}

template <class T>
Attribute attribute_of(std::vector<T> values, bool scalar) {
  if (scalar) return std::move(values.front());
  return values;
}

Attribute read_opened(hid_t attribute, hsize_t file_bytes, const ObjectPath& at) {
  const Type type(H5Aget_type(attribute));
  const Space space(H5Aget_space(attribute));
  const int rank = H5Sget_simple_extent_ndims(space.get());
  const hssize_t points = H5Sget_simple_extent_npoints(space.get());
  if (rank < 0 || rank > 1 || H5Sget_simple_extent_type(space.get()) == H5S_NULL)
    refuse(at, "attribute", "has a shape that attributes of headwater do not have (one value or one list)");
  if (points < 0 || static_cast<hsize_t>(points) > file_bytes / 8)
    refuse(at, "attribute",
           "declares more values than the file can hold; the file is damaged or made to exhaust memory");
  const auto count = static_cast<std::size_t>(points);
  const bool scalar = rank == 0;
  if (is_fixed_text(type.get())) return attribute_of(read_texts(attribute, type.get(), count, file_bytes, at), scalar);
  if (is(type.get(), H5T_IEEE_F64LE))
    return attribute_of(read_numbers<double>(attribute, type.get(), count, at), scalar);
  if (is(type.get(), H5T_STD_I64LE))
    return attribute_of(read_numbers<std::int64_t>(attribute, type.get(), count, at), scalar);
  refuse(at, "attribute", "is neither text nor a 64-bit little-endian number, so headwater has not written it");
}

ObjectPath attribute_path(const ObjectPath& at, const std::string& name) { return {at.file, at.path + "@" + name}; }

// Names of an object's attributes, found in one walk: to ask for each by its number sorts all of them again each time.
struct AttributeNames {
  std::vector<std::string> names;
  bool no_memory = false;
};

herr_t keep_name(hid_t, const char* name, const H5A_info_t*, void* to) {
  auto& found = *static_cast<AttributeNames*>(to);
  try {
    found.names.emplace_back(name);
    return 0;
  } catch (const std::bad_alloc&) {  // no exception may pass through the library
    found.no_memory = true;
    return -1;
  }
}

template <class T>
std::vector<T> read_values(hid_t dataset, hid_t type, std::size_t count, const ObjectPath& at) {
  std::vector<T> values(count);
  if (count > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) damaged(at);
  return values;
}

}  // namespace

std::optional<Attribute> read_attribute(hid_t object, const std::string& name, hsize_t file_bytes,
                                        const ObjectPath& at) {
  if (H5Aexists(object, name.c_str()) <= 0) return std::nullopt;
  const AttributeHandle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT));
  if (!attribute.valid()) damaged(attribute_path(at, name));
  return read_opened(attribute.get(), file_bytes, attribute_path(at, name));
}

std::map<std::string, Attribute> read_attributes(hid_t object, hsize_t file_bytes, const ObjectPath& at) {
  AttributeNames found;
  const herr_t walked = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, keep_name, &found);
  if (found.no_memory) throw std::bad_alloc();
  if (walked < 0) damaged(at);
  std::map<std::string, Attribute> attributes;
  for (const std::string& name : found.names) {
    const AttributeHandle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT));
    if (!attribute.valid()) damaged(attribute_path(at, name));
    attributes.emplace(name, read_opened(attribute.get(), file_bytes, attribute_path(at, name)));
  }
  return attributes;
}

std::string read_text_attribute(hid_t object, const std::string& name, hsize_t file_bytes, const ObjectPath& at) {
  const std::optional<Attribute> attribute = read_attribute(object, name, file_bytes, at);
  const auto* text = attribute ? std::get_if<std::string>(&*attribute) : nullptr;
  if (!text) refuse(at, "attribute", "has no text attribute '" + name + "', so headwater has not written it");
  return *text;
}

Values read_dataset(hid_t dataset, hsize_t file_bytes, MemoryBudget& budget, const ObjectPath& at) {
  check_storage(dataset, at);
  const std::vector<hsize_t> extents = checked_extents(dataset, file_bytes, at);
  Values result{{extents.begin(), extents.end()}, {}};
  std::size_t count = 1;
  for (const hsize_t extent : extents) count *= extent;
  const Type type(H5Dget_type(dataset));
  const std::size_t width = H5Tget_size(type.get());
  budget.take(count, width + (is_fixed_text(type.get()) ? sizeof(std::string) : 0), at);
  if (is(type.get(), H5T_IEEE_F64LE)) {
    result.values = read_values<double>(dataset, type.get(), count, at);
  } else if (is(type.get(), H5T_STD_I64LE)) {
    result.values = read_values<std::int64_t>(dataset, type.get(), count, at);
  } else if (is_fixed_text(type.get())) {
    result.values = unpadded(read_values<char>(dataset, type.get(), count * width, at), width);
  } else {
    refuse(at, "type",
           "holds values of another type; a dataset of headwater holds 64-bit little-endian numbers or "
           "UTF-8 texts of fixed width");
  }
  return result;
}

bool is_scale(hid_t dataset) {
  if (H5Aexists(dataset, "CLASS") <= 0) return false;
  const AttributeHandle attribute(H5Aopen(dataset, "CLASS", H5P_DEFAULT));
  const Type type(H5Aget_type(attribute.get()));
  const Space space(H5Aget_space(attribute.get()));
  char text[32] = {};
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0 ||
      H5Tget_size(type.get()) >= sizeof text || H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(attribute.get(), type.get(), text) < 0)
    return false;
  return std::string(text) == "DIMENSION_SCALE";
}

std::vector<Labelled> labelled_by(hid_t scale, hsize_t file_bytes, const ObjectPath& at) {
  if (H5Aexists(scale, "REFERENCE_LIST") <= 0) return {};
  struct Reference {
    hobj_ref_t dataset;
    int dimension;
  };
  const AttributeHandle attribute(H5Aopen(scale, "REFERENCE_LIST", H5P_DEFAULT));
  const Type stored(H5Aget_type(attribute.get()));
  const Space space(H5Aget_space(attribute.get()));
  const Type type(H5Tcreate(H5T_COMPOUND, sizeof(Reference)));
  H5Tinsert(type.get(), "dataset", HOFFSET(Reference, dataset), H5T_STD_REF_OBJ);
  H5Tinsert(type.get(), "dimension", HOFFSET(Reference, dimension), H5T_NATIVE_INT);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (!is(stored.get(), type.get()) || count < 0 || static_cast<hsize_t>(count) > file_bytes / sizeof(Reference))
    refuse(at, "axes", "does not say in a way that headwater writes what it labels");
  std::vector<Reference> references(static_cast<std::size_t>(count));
  if (H5Aread(attribute.get(), type.get(), references.data()) < 0) damaged(at);
  std::vector<Labelled> labelled;
  for (const Reference& reference : references)
    labelled.emplace_back(reference.dataset, static_cast<unsigned>(reference.dimension));
  return labelled;
}

}  // namespace headwater::hdf5
