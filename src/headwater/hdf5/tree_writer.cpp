#include <hdf5_hl.h>

#include <algorithm>
#include <new>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/memory_file.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/hdf5/whole_file.hpp"

namespace headwater {
namespace {

using namespace hdf5;

constexpr hsize_t kChunkBytes = 1 << 20;
constexpr unsigned kDeflateLevel = 4;

[[noreturn]] void invalid(const std::string& path, const std::string& why) {
  throw Error(ErrorKind::internal, "tree.invalid", "'" + path + "' cannot be stored: " + why + "; please report this");
}

hid_t checked(hid_t id, const std::string& path) {
  if (id < 0) invalid(path, "HDF5 says '" + reason() + "'");
  return id;
}

void must(herr_t outcome, const std::string& path) { checked(outcome, path); }

template <class T>
hid_t native_type();
template <>
hid_t native_type<double>() {
  return H5T_IEEE_F64LE;
}
template <>
hid_t native_type<std::int64_t>() {
  return H5T_STD_I64LE;
}

Type text_type(std::size_t size) {
  Type type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), size);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  return type;
}

void check_text(const std::string& text, const std::string& path) {
  if (text.find('\0') != std::string::npos) invalid(path, "a text holds a NUL byte");
}

// Text cells padded with NUL to one width: unlike variable-length texts they are checksummed with what holds them.
struct PaddedTexts {
  std::size_t width;
  std::vector<char> bytes;
};

PaddedTexts padded(const std::vector<std::string>& texts, std::size_t least_width, const std::string& path) {
  PaddedTexts result{least_width, {}};
  for (const std::string& text : texts) {
    check_text(text, path);
    result.width = std::max(result.width, text.size());
  }
  result.bytes.assign(result.width * texts.size(), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::copy(texts[i].begin(), texts[i].end(), result.bytes.begin() + static_cast<std::ptrdiff_t>(i * result.width));
  return result;
}

Space space_of(const std::vector<hsize_t>& shape) {
  return shape.empty() ? Space(H5Screate(H5S_SCALAR))
                       : Space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
}

void write_raw_attribute(hid_t object, const std::string& key, const Type& type, const Space& space, const void* data,
                         const std::string& path) {
  AttributeHandle attribute(
      checked(H5Acreate2(object, key.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), path + "@" + key));
  if (H5Sget_simple_extent_npoints(space.get()) > 0)
    must(H5Awrite(attribute.get(), type.get(), data), path + "@" + key);
}

// Fixed width here too: variable-length texts live in a heap without checksums, where one flipped bit makes HDF5 itself
// fail. h5netcdf takes texts of width 1 for characters, hence 2.
void write_texts(hid_t object, const std::string& key, const std::vector<std::string>& texts, const Space& space,
                 const std::string& path) {
  const PaddedTexts cells = padded(texts, 2, path + "@" + key);
  write_raw_attribute(object, key, text_type(cells.width), space, cells.bytes.data(), path);
}

struct AttributeWriter {
  hid_t object;
  const std::string& key;
  const std::string& path;

  void operator()(const std::string& text) const { write_texts(object, key, {text}, space_of({}), path); }
  void operator()(const std::vector<std::string>& texts) const {
    write_texts(object, key, texts, space_of({texts.size()}), path);
  }
  template <class T>
  void operator()(const T& number) const {
    write_raw_attribute(object, key, Type(H5Tcopy(native_type<T>())), space_of({}), &number, path);
  }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    write_raw_attribute(object, key, Type(H5Tcopy(native_type<T>())), space_of({values.size()}), values.data(), path);
  }
};

void write_attribute(hid_t object, const std::string& key, const Attribute& value, const std::string& path) {
  std::visit(AttributeWriter{object, key, path}, value);
}

// With h5netcdf, xarray makes str of texts of fixed width by this attribute; with netCDF4, which has made str of them
// already, it fails on it. A list of texts within one value is a type that netCDF does not know and passes by.
void write_encoding(hid_t dataset, const std::string& path) {
  const std::string encoding = "utf-8";
  const Type text = text_type(encoding.size());
  const hsize_t one = 1;
  write_raw_attribute(dataset, "_Encoding", Type(H5Tarray_create2(text.get(), 1, &one)), space_of({}), encoding.data(),
                      path);
}

// Chunks of about a mebibyte along the leading dimension, shuffled, compressed and checksummed. Scalars and empty
// arrays have no chunks.
Properties dataset_properties(const std::vector<hsize_t>& shape, std::size_t item_bytes) {
  Properties properties(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_obj_track_times(properties.get(), false);
  H5Pset_attr_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  if (shape.empty() || std::find(shape.begin(), shape.end(), 0u) != shape.end()) return properties;
  std::vector<hsize_t> chunk = shape;
  hsize_t row_bytes = item_bytes;
  for (std::size_t d = 1; d < shape.size(); ++d) row_bytes *= shape[d];
  chunk[0] = std::clamp<hsize_t>(kChunkBytes / row_bytes, 1, shape[0]);
  H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
  H5Pset_shuffle(properties.get());
  H5Pset_deflate(properties.get(), kDeflateLevel);
  H5Pset_fletcher32(properties.get());
  return properties;
}

struct DatasetWriter {
  hid_t group;
  const std::string& name;
  const std::vector<hsize_t>& shape;
  const std::string& path;

  Dataset write(const Type& type, std::size_t item_bytes, const void* data) const {
    const Space space = space_of(shape);
    const Properties properties = dataset_properties(shape, item_bytes);
    Dataset dataset(checked(
        H5Dcreate2(group, name.c_str(), type.get(), space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), path));
    if (H5Sget_simple_extent_npoints(space.get()) > 0)
      must(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, data), path);
    return dataset;
  }
  Dataset operator()(const std::vector<std::string>& texts) const {
    const PaddedTexts cells = padded(texts, 1, path);
    Dataset dataset = write(text_type(cells.width), cells.width, cells.bytes.data());
    write_encoding(dataset.get(), path);
    return dataset;
  }
  template <class T>
  Dataset operator()(const std::vector<T>& values) const {
    return write(Type(H5Tcopy(native_type<T>())), sizeof(T), values.data());
  }
};

// The dimension scales of a group and of those around it.
struct ScaleScope {
  const ScaleScope* outer = nullptr;
  std::map<std::string, Dataset> scales;

  const Dataset* find(const std::string& name) const {
    for (const ScaleScope* scope = this; scope; scope = scope->outer)
      if (const auto found = scope->scales.find(name); found != scope->scales.end()) return &found->second;
    return nullptr;
  }
};

void write_axis(hid_t group, const Axis& axis, ScaleScope& scope, const std::string& path) {
  const std::vector<hsize_t> shape{static_cast<hsize_t>(axis.size())};
  Dataset dataset = std::visit(DatasetWriter{group, axis.name, shape, path}, axis.labels);
  must(H5DSset_scale(dataset.get(), axis.name.c_str()), path);
  write_attribute(dataset.get(), "description", axis.description, path);
  scope.scales.insert_or_assign(axis.name, std::move(dataset));
}

std::vector<hsize_t> checked_shape(const LabelledArray& array, const std::string& path) {
  const auto count =
      std::visit([](const auto& values) { return static_cast<std::int64_t>(values.size()); }, array.values);
  std::int64_t expected = 1;
  for (const std::int64_t extent : array.shape) expected *= extent;
  if (array.shape.size() != array.dims.size() || count != expected)
    invalid(path, "it has " + counted(count, "value") + ", and its shape asks for " + std::to_string(expected));
  return {array.shape.begin(), array.shape.end()};
}

void attach_scale(const Dataset& dataset, const Dataset& scale, const LabelledArray& array, std::size_t d,
                  const std::string& path) {
  const Space space(H5Dget_space(scale.get()));
  const hssize_t size = H5Sget_simple_extent_npoints(space.get());
  if (size != array.shape[d])
    invalid(path, "axis '" + array.dims[d] + "' has " + std::to_string(size) + " labels, and the array " +
                      std::to_string(array.shape[d]) + " values along it");
  must(H5DSattach_scale(dataset.get(), scale.get(), static_cast<unsigned>(d)), path);
}

void write_array(hid_t group, const LabelledArray& array, const ScaleScope& scope, const std::string& path) {
  const std::vector<hsize_t> shape = checked_shape(array, path);
  const Dataset dataset = std::visit(DatasetWriter{group, array.name, shape, path}, array.values);
  write_attribute(dataset.get(), "description", array.description, path);
  write_attribute(dataset.get(), "unit", array.unit, path);
  for (std::size_t d = 0; d < array.dims.size(); ++d) {
    const Dataset* scale = scope.find(array.dims[d]);
    if (!scale) invalid(path, "there is no axis '" + array.dims[d] + "' in its group or one around it");
    if (std::count(array.dims.begin(), array.dims.end(), array.dims[d]) > 1)
      invalid(path, "two dimensions use axis '" + array.dims[d] + "'; a square matrix needs twin axes");
    attach_scale(dataset, *scale, array, d, path);
  }
}

void check_names(const Tree& tree, const std::string& path) {
  std::set<std::string> seen;
  const auto check = [&](const std::string& name) {
    if (name.empty() || name == "." || name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
      invalid(path + "/" + name, "this is not a name HDF5 can hold");
    if (!seen.insert(name).second) invalid(path + "/" + name, "the name is used twice in its group");
  };
  for (const Axis& axis : tree.axes) check(axis.name);
  for (const LabelledArray& array : tree.arrays) check(array.name);
  for (const Tree& child : tree.children) check(child.name);
}

Properties group_properties(hid_t kind) {
  Properties properties(H5Pcreate(kind));
  H5Pset_obj_track_times(properties.get(), false);
  H5Pset_link_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  H5Pset_attr_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  return properties;
}

void write_node(hid_t group, const Tree& tree, const ScaleScope* outer, const std::string& path) {
  check_names(tree, path);
  ScaleScope scope{outer, {}};
  for (const auto& [key, value] : tree.attributes) write_attribute(group, key, value, path);
  for (const Axis& axis : tree.axes) write_axis(group, axis, scope, path + "/" + axis.name);
  for (const LabelledArray& array : tree.arrays) write_array(group, array, scope, path + "/" + array.name);
  const Properties properties = group_properties(H5P_GROUP_CREATE);
  for (const Tree& child : tree.children) {
    const std::string child_path = path + "/" + child.name;
    const Group inner(
        checked(H5Gcreate2(group, child.name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), child_path));
    write_node(inner.get(), child, &scope, child_path);
  }
}

std::string bytes_of_file(const Tree& whole) {
  MemoryFile file(group_properties(H5P_FILE_CREATE));
  {
    const Group root(checked(H5Gopen2(checked(file.get(), "/"), "/", H5P_DEFAULT), "/"));
    write_node(root.get(), whole, nullptr, "");
    write_attribute(root.get(), "complete", std::int64_t{1}, "");
  }
  std::string bytes = file.finish();
  if (bytes.empty()) invalid("/", "HDF5 says '" + reason() + "'");
  return bytes;
}

}  // namespace

std::string tree_file_bytes(const Tree& tree, const TreeFormat& format) {
  Tree whole = tree;
  whole.attribute("format", format.name);
  whole.attribute("format_version", format.version);
  whole.attributes.erase("complete");
  whole.attribute("content_sha256", content_sha256(whole));
  const Session session;
  try {
    return bytes_of_file(whole);
  } catch (const Error&) {
    if (session.machine().no_memory) throw std::bad_alloc();
    throw;
  }
}

void write_tree(const Tree& tree, const std::string& path, const TreeFormat& format) {
  write_whole_file(path, tree_file_bytes(tree, format));
}

}  // namespace headwater
