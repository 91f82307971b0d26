// Shapes of files behind reported faults of HDF5: huge attributes, foreign types, heaps, loops, bombs. All are refused
// whole, in time and memory that their size warrants.
#include <gtest/gtest.h>
#include <hdf5_hl.h>

#include <functional>

#include "example_result.hpp"
#include "headwater/core/error.hpp"
#include "headwater/hdf5/handle.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "scratch_folder.hpp"

namespace headwater {
namespace {

using namespace hdf5;

const TreeFormat kMalformed{"headwater.result", 1, "result file", "give one that `headwater run` has written"};

struct Malformed {
  const char* name;
  const char* code;
  std::function<void(hid_t)> change;
};

Dataset add(hid_t group, const char* name, hid_t type, const std::vector<hsize_t>& shape,
            const Properties& properties = Properties(H5Pcreate(H5P_DATASET_CREATE)),
            const std::vector<hsize_t>& most = {}) {
  const Space space(
      H5Screate_simple(static_cast<int>(shape.size()), shape.data(), most.empty() ? nullptr : most.data()));
  return Dataset(H5Dcreate2(group, name, type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT));
}

void describe_item(hid_t dataset) {
  Type text(H5Tcopy(H5T_C_S1));
  H5Tset_size(text.get(), 2);
  H5Tset_strpad(text.get(), H5T_STR_NULLPAD);
  const Space space(H5Screate(H5S_SCALAR));
  for (const char* name : {"description", "unit"}) {
    const AttributeHandle attribute(H5Acreate2(dataset, name, text.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
    H5Awrite(attribute.get(), text.get(), "x");
  }
}

Properties packed(hsize_t chunk) {
  Properties properties(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_chunk(properties.get(), 1, &chunk);
  H5Pset_deflate(properties.get(), 9);
  return properties;
}

// Space set aside at once, so that nothing but the type is wrong.
Properties set_aside() {
  Properties properties(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY);
  return properties;
}

void add_attribute(hid_t object, hid_t type, const std::vector<hsize_t>& shape) {
  const Space space(shape.empty() ? H5Screate(H5S_SCALAR)
                                  : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
  const AttributeHandle attribute(H5Acreate2(object, "odd", type, space.get(), H5P_DEFAULT, H5P_DEFAULT));
  ASSERT_TRUE(attribute.valid());
}

Type compound() {
  Type type(H5Tcreate(H5T_COMPOUND, 16));
  H5Tinsert(type.get(), "a", 0, H5T_IEEE_F64LE);
  H5Tinsert(type.get(), "b", 8, H5T_STD_I64LE);
  return type;
}

Type variable_text() {
  Type type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), H5T_VARIABLE);
  return type;
}

Type array_of_doubles() {
  const hsize_t extent = 4;
  return Type(H5Tarray_create2(H5T_IEEE_F64LE, 1, &extent));
}

Type huge_text() {
  Type type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), 0x7fffffff);
  return type;
}

// A mebibyte of zeros packs into a kibibyte: eight hundred of them are a small file.
void bomb(hid_t file) {
  const std::vector<double> zeros(1 << 17, 0.0);
  for (int i = 0; i < 300; ++i) {
    const Dataset made =
        add(file, ("x" + std::to_string(i)).c_str(), H5T_IEEE_F64LE, {zeros.size()}, packed(zeros.size()));
    H5Dwrite(made.get(), H5T_IEEE_F64LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data());
    H5DSset_scale(made.get(), nullptr);
    describe_item(made.get());
  }
}

// Every group leads to the next one by two names: 2^30 paths through 30 groups.
void doubled_paths(hid_t file) {
  const Properties in_order(H5Pcreate(H5P_GROUP_CREATE));
  H5Pset_link_creation_order(in_order.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  std::string path = "/fits";
  for (int i = 0; i < 30; ++i) {
    const std::string next = path + "/a";
    const Group made(H5Gcreate2(file, next.c_str(), H5P_DEFAULT, in_order.get(), H5P_DEFAULT));
    H5Lcreate_hard(file, next.c_str(), file, (path + "/b").c_str(), H5P_DEFAULT, H5P_DEFAULT);
    path = next;
  }
}

void never_written(hid_t file) {
  Properties properties(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_LATE);
  add(file, "x", H5T_IEEE_F64LE, {1u << 20}, properties);
}

void endless(hid_t file) { add(file, "x", H5T_IEEE_F64LE, {1ull << 60}, packed(1u << 20), {H5S_UNLIMITED}); }

void huge_chunk(hid_t file) { add(file, "x", H5T_IEEE_F64LE, {4}, packed(1u << 28), {H5S_UNLIMITED}); }

void no_shape(hid_t file) {
  const Space space(H5Screate(H5S_NULL));
  const Dataset made(H5Dcreate2(file, "x", H5T_IEEE_F64LE, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

std::vector<Malformed> malformed() {
  std::vector<Malformed> files = {
      {"BombOfZeros", "hdf5.memory", bomb},
      {"TwoNamesForEveryGroup", "hdf5.objects", doubled_paths},
      {"NeverWritten", "hdf5.shape", never_written},
      {"EndlessDimension", "hdf5.shape", endless},
      {"ChunkOfTwoGibibytes", "hdf5.shape", huge_chunk},
      {"NoShape", "hdf5.shape", no_shape},
      {"ManyAttributesOfAForeignType", "hdf5.attribute",
       [](hid_t file) { add_attribute(file, H5T_STD_I32BE, {1000}); }},
      {"AttributeOfSixtyKibibytes", "hdf5.attribute",
       [](hid_t file) { add_attribute(file, compound().get(), {3000}); }},
      {"AttributeInTheHeap", "hdf5.attribute", [](hid_t file) { add_attribute(file, variable_text().get(), {}); }},
      {"AttributeOfManyDimensions", "hdf5.attribute",
       [](hid_t file) { add_attribute(file, H5T_IEEE_F64LE, std::vector<hsize_t>(32, 1)); }},
      {"TextOfTwoGibibytes", "hdf5.shape",
       [](hid_t file) { add(file, "x", huge_text().get(), {1u << 20}, packed(1)); }}};
  const std::vector<std::pair<const char*, std::function<hid_t()>>> types = {
      {"Compound", [] { return H5Tcopy(compound().get()); }},
      {"VariableText", [] { return H5Tcopy(variable_text().get()); }},
      {"Array", [] { return H5Tcopy(array_of_doubles().get()); }},
      {"Reference", [] { return H5Tcopy(H5T_STD_REF_OBJ); }},
      {"Region", [] { return H5Tcopy(H5T_STD_REF_DSETREG); }},
      {"Bits", [] { return H5Tcopy(H5T_STD_B64LE); }},
      {"Opaque", [] { return H5Tcreate(H5T_OPAQUE, 8); }},
      {"Enumeration", [] { return H5Tenum_create(H5T_STD_I64LE); }},
      {"VariableNumbers", [] { return H5Tvlen_create(H5T_IEEE_F64LE); }},
      {"OddFloat", [] { return H5Tcopy(H5T_IEEE_F32BE); }}};
  for (const auto& [name, make] : types)
    files.push_back({name, "hdf5.type", [make = make](hid_t file) {
                       const Type type(make());
                       if (H5Tget_class(type.get()) == H5T_ENUM) {
                         const std::int64_t one = 1;
                         H5Tenum_insert(type.get(), "one", &one);
                       }
                       add(file, "x", type.get(), {1}, set_aside());
                     }});
  return files;
}

class MalformedFile : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedFile, IsRefusedWhole) {
  const ScratchFolder folder;
  const std::string path = folder / "result.h5";
  write_tree(example_result(), path, kMalformed);
  {
    const Session session;
    const Properties access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
    const File file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get()));
    GetParam().change(file.get());
  }
  try {
    read_tree(path, kMalformed);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), GetParam().code) << error.message();
  }
}
INSTANTIATE_TEST_SUITE_P(Shapes, MalformedFile, ::testing::ValuesIn(malformed()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace headwater
