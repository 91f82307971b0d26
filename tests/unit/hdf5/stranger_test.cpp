// Files that a stranger could send: each is refused with a message that says what is wrong, before its data are read.
#include <gtest/gtest.h>
#include <hdf5_hl.h>

#include <cstdlib>
#include <functional>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/handle.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "unit/hdf5/example_result.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

using namespace hdf5;

const TreeFormat kFormat{"headwater.result", 1, "result file", "give one that `headwater run` has written"};

class Stranger : public testing::Test {
 protected:
  Stranger() : path_(folder_ / "result.h5") { write_tree(example_result(), path_, kFormat); }

  // Changes the file with the HDF5 library itself.
  void change(const std::function<void(hid_t)>& with) {
    const Session session;
    const Properties access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
    const File file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, access.get()));
    ASSERT_TRUE(file.valid());
    with(file.get());
  }

  std::string message(const char* code) const {
    try {
      read_tree(path_, kFormat);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_EQ(error.place().file, path_);
      std::string text = error.message();
      for (std::size_t at; (at = text.find(path_)) != std::string::npos;) text.replace(at, path_.size(), "FILE");
      return text;
    }
    return "no error";
  }

  static Dataset dataset(hid_t file, const char* name, hid_t type, std::vector<hsize_t> shape,
                         const Properties& properties) {
    const Space space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
    Dataset made(H5Dcreate2(file, name, type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT));
    EXPECT_TRUE(made.valid());
    return made;
  }

  static std::string content_of_untouched() {
    Tree tree = example_result();
    tree.attribute("format", kFormat.name);
    tree.attribute("format_version", kFormat.version);
    return content_sha256(tree);
  }

  static Properties creation() { return Properties(H5Pcreate(H5P_DATASET_CREATE)); }

  ScratchFolder folder_;
  std::string path_;
};

TEST_F(Stranger, IsReadWhenUnchanged) { EXPECT_EQ(message(""), "no error"); }

TEST_F(Stranger, ExternalLink) {
  change([](hid_t file) { H5Lcreate_external("/etc/passwd", "/x", file, "more", H5P_DEFAULT, H5P_DEFAULT); });
  EXPECT_EQ(message("hdf5.external_link"), "FILE: '/more' is a link to another file, which is refused");
}

TEST_F(Stranger, SoftLink) {
  change([](hid_t file) { H5Lcreate_soft("/fits", file, "more", H5P_DEFAULT, H5P_DEFAULT); });
  EXPECT_EQ(message("hdf5.soft_link"), "FILE: '/more' is a soft link, which is refused");
}

TEST_F(Stranger, GroupThatHoldsItself) {
  change([](hid_t file) { H5Lcreate_hard(file, "/fits", file, "/fits/again", H5P_DEFAULT, H5P_DEFAULT); });
  EXPECT_NE(message("hdf5.objects").find("leads to more objects than the file has room for"), std::string::npos);
}

TEST_F(Stranger, ExternalStorage) {
  change([](hid_t file) {
    const Properties properties = creation();
    H5Pset_external(properties.get(), "/etc/passwd", 0, 16);
    dataset(file, "secret", H5T_IEEE_F64LE, {2}, properties);
  });
  EXPECT_EQ(message("hdf5.external_storage"),
            "FILE: '/secret' takes its values from another file (external storage), which is refused");
}

TEST_F(Stranger, VirtualDataset) {
  change([](hid_t file) {
    const Properties properties = creation();
    const hsize_t extent = 2;
    const Space space(H5Screate_simple(1, &extent, nullptr));
    H5Pset_virtual(properties.get(), space.get(), "/etc/other.h5", "x", space.get());
    dataset(file, "secret", H5T_IEEE_F64LE, {2}, properties);
  });
  EXPECT_EQ(message("hdf5.virtual_dataset"),
            "FILE: '/secret' takes its values from other files (a virtual dataset), which is refused");
}

TEST_F(Stranger, UnknownFilter) {
  change([](hid_t file) {
    const Properties properties = creation();
    const hsize_t chunk = 2;
    H5Pset_chunk(properties.get(), 1, &chunk);
    H5Pset_nbit(properties.get());
    dataset(file, "packed", H5T_IEEE_F64LE, {2}, properties);
  });
  EXPECT_EQ(
      message("hdf5.filter"),
      "FILE: '/packed' is packed with filter 5, which headwater does not use; only shuffle, deflate and fletcher32 "
      "are read");
}

TEST_F(Stranger, PluginPathIsIgnored) {
  ::setenv("HDF5_PLUGIN_PATH", folder_.path().c_str(), 1);
  read_tree(path_, kFormat);
  unsigned state = 1;
  const Session session;
  H5PLget_loading_state(&state);
  EXPECT_EQ(state, 0u);
}

TEST_F(Stranger, EightGigabytesDeclared) {
  change([](hid_t file) {
    const Properties properties = creation();
    const hsize_t chunk = 1024;
    H5Pset_chunk(properties.get(), 1, &chunk);
    H5Pset_deflate(properties.get(), 9);
    dataset(file, "huge", H5T_IEEE_F64LE, {hsize_t{1} << 30}, properties);
  });
  EXPECT_LT(std::filesystem::file_size(path_), 200'000u);
  EXPECT_EQ(
      message("hdf5.shape"),
      "FILE: '/huge' declares 8,589,934,592 bytes of values and stores 0, which cannot hold them; the file is damaged "
      "or made to exhaust memory");
}

TEST_F(Stranger, ShapeThatOverflows) {
  change([](hid_t file) {
    const Properties properties = creation();
    const hsize_t chunk[] = {16, 16};
    H5Pset_chunk(properties.get(), 2, chunk);
    dataset(file, "huge", H5T_IEEE_F64LE, {hsize_t{1} << 31, hsize_t{1} << 31}, properties);
  });
  EXPECT_EQ(
      message("hdf5.shape"),
      "FILE: '/huge' declares more than a tebibyte of values and stores 0, which cannot hold them; the file is damaged "
      "or made to exhaust memory");
}

TEST_F(Stranger, TypeAndByteOrder) {
  change([](hid_t file) {
    const Dataset big_endian = dataset(file, "value", H5T_IEEE_F64BE, {1}, creation());
    const double one = 1;
    H5Dwrite(big_endian.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &one);
  });
  EXPECT_EQ(
      message("hdf5.type"),
      "FILE: '/value' holds values of another type; a dataset of headwater holds 64-bit little-endian numbers or UTF-8 "
      "texts of fixed width");
}

TEST_F(Stranger, Rank) {
  change([](hid_t file) { dataset(file, "value", H5T_IEEE_F64LE, std::vector<hsize_t>(9, 1), creation()); });
  EXPECT_EQ(message("hdf5.rank"), "FILE: '/value' has 9 dimensions; at most 8 are read");
}

TEST_F(Stranger, DimensionWithoutAxis) {
  change([](hid_t file) {
    const Dataset plain = dataset(file, "value", H5T_STD_I64LE, {1}, creation());
    const std::int64_t one = 1;
    H5Dwrite(plain.get(), H5T_STD_I64LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &one);
    const Type text(H5Tcopy(H5T_C_S1));
    H5Tset_size(text.get(), 2);
    H5Tset_strpad(text.get(), H5T_STR_NULLPAD);
    const Space scalar(H5Screate(H5S_SCALAR));
    for (const char* key : {"description", "unit"}) {
      const AttributeHandle attribute(H5Acreate2(plain.get(), key, text.get(), scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
      H5Awrite(attribute.get(), text.get(), "1");
    }
  });
  EXPECT_EQ(message("hdf5.axes"),
            "FILE: '/value' has a dimension without an axis of its length in its group or one around it");
}

TEST_F(Stranger, AttributeOfAnotherType) {
  change([](hid_t file) {
    const Space scalar(H5Screate(H5S_SCALAR));
    const AttributeHandle attribute(H5Acreate2(file, "odd", H5T_IEEE_F32LE, scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
    const float one = 1;
    H5Awrite(attribute.get(), H5T_NATIVE_FLOAT, &one);
  });
  EXPECT_EQ(message("hdf5.attribute"),
            "FILE: '/@odd' is neither text nor a 64-bit little-endian number, so headwater has not written it");
}

TEST_F(Stranger, NamedTypeIsNoPartOfAResult) {
  change([](hid_t file) {
    const Type type(H5Tcopy(H5T_IEEE_F64LE));
    H5Tcommit2(file, "type", type.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  });
  EXPECT_EQ(message("hdf5.object"), "FILE: '/type' is neither a group nor a dataset, so headwater has not written it");
}

TEST_F(Stranger, ChangedValue) {
  change([](hid_t file) {
    const Dataset df(H5Dopen2(file, "/fits/workforce/df", H5P_DEFAULT));
    const double other = 204;
    H5Dwrite(df.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &other);
  });
  const std::string text = message("hdf5.content");
  EXPECT_EQ(text.substr(0, 60), "FILE is not as it was written: its content has SHA-256 " + text.substr(55, 5));
  EXPECT_EQ(text.substr(text.find(" and it says ")),
            " and it says " + content_of_untouched().substr(0, 12) + "...; write it again");
}

TEST_F(Stranger, NewerFormat) {
  change([](hid_t file) {
    const AttributeHandle version(H5Aopen(file, "format_version", H5P_DEFAULT));
    const std::int64_t seven = 7;
    H5Awrite(version.get(), H5T_STD_I64LE, &seven);
  });
  EXPECT_EQ(message("hdf5.newer_format"),
            "FILE has format version 7 and this headwater reads up to version 1; use a newer headwater");
}

TEST_F(Stranger, NotMarkedComplete) {
  change([](hid_t file) { H5Adelete(file, "complete"); });
  EXPECT_EQ(message("hdf5.incomplete"), "FILE was not written to its end (it is not marked complete); write it again");
}

TEST_F(Stranger, AnotherKindOfFile) {
  write_tree(example_result(), path_, {"headwater.panel", 1, "panel file", "make one"});
  EXPECT_EQ(message("hdf5.wrong_format"),
            "FILE holds 'headwater.panel', not a result file; give one that `headwater run` has written");
}

TEST_F(Stranger, FileOfAnotherProgram) {
  {
    const Session session;
    const File file(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  }
  EXPECT_EQ(message("hdf5.foreign"),
            "FILE is an HDF5 file of another program (superblock version 0); give a file that headwater has written");
}

TEST_F(Stranger, NotHdf5) {
  put_bytes(path_, "unit,time,y\n1,2,3\n");
  EXPECT_EQ(message("hdf5.not_hdf5"), "FILE is not an HDF5 file; give a file that headwater has written");
  put_bytes(path_, "");
  EXPECT_EQ(message("hdf5.not_hdf5"), "FILE is not an HDF5 file; give a file that headwater has written");
}

TEST_F(Stranger, Truncated) {
  const std::string bytes = bytes_of(path_);
  put_bytes(path_, bytes.substr(0, 1000));
  const std::string size = std::to_string(bytes.size());
  EXPECT_EQ(message("hdf5.truncated"), "FILE is cut off: it has 1,000 of " + size.substr(0, size.size() - 3) + "," +
                                           size.substr(size.size() - 3) + " bytes; copy it again or write it again");
  for (std::size_t keep = 1; keep < bytes.size(); keep += 97) {
    put_bytes(path_, bytes.substr(0, keep));
    EXPECT_THROW(read_tree(path_, kFormat), Error) << keep;
  }
}

// Every flipped bit is found, or lies where nothing is stored; none gives another tree.
TEST_F(Stranger, FlippedBits) {
  const std::string bytes = bytes_of(path_);
  std::size_t found = 0, harmless = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 13) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    put_bytes(path_, flipped);
    try {
      const Tree tree = read_tree(path_, kFormat);
      EXPECT_EQ(content_sha256(tree), content_of_untouched());
      ++harmless;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data) << error.message();
      ++found;
    }
  }
  EXPECT_GT(found, harmless / 10);
}

TEST_F(Stranger, FlippedBitInAChunkIsNamed) {
  Tree tree;
  tree.axis("row", std::vector<std::string>(4000, "r"), "rows");
  Vector values(4000);
  for (Index i = 0; i < values.size(); ++i) values(i) = std::sin(static_cast<double>(i));
  tree.vector("residual", "row", values, "residuals");
  write_tree(tree, path_, kFormat);
  std::string bytes = bytes_of(path_);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  put_bytes(path_, bytes);
  EXPECT_EQ(
      message("hdf5.damaged"),
      "FILE: '/residual' cannot be read (data error detected by Fletcher32 checksum); the file is damaged, write it "
      "again");
}

TEST_F(Stranger, NotARegularFile) {
  const auto text = [](const std::string& path) {
    try {
      read_tree(path, kFormat);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "io.cannot_read");
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(text("/dev/null"),
            "cannot read '/dev/null': it is not a regular file (a pipe or a device); save it to a file first");
  const std::string folder = folder_.path().string();
  EXPECT_EQ(text(folder), "cannot read '" + folder + "': it is a directory; give the path of a file");
  EXPECT_EQ(text(folder + "/none.h5"),
            "cannot read '" + folder + "/none.h5': No such file or directory; check the path and its permissions");
}

}  // namespace
}  // namespace headwater
