#include "headwater/hdf5/file_roles.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

namespace fs = std::filesystem;

std::string refused(const FileRoles& read, const FileRoles& written) {
  try {
    check_files(read, written);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(error.code(), "usage.same_file");
    return error.message();
  }
  return "no error";
}

std::string lost(const std::string& written, const std::string& read) {
  return "the result file '" + written + "' is the same file as the data file '" + read +
         "', which is read and would be lost; write to another path";
}

TEST(FileRoles, AFileIsKnownThroughLinksAndSpellings) {
  const ScratchFolder folder;
  const std::string data = folder / "p.csv";
  put_bytes(data, "y");
  fs::create_hard_link(data, folder / "hard.csv");
  fs::create_symlink(data, folder / "soft.csv");
  fs::create_directory(folder / "sub");
  fs::create_directory_symlink(folder.path(), folder / "sub/up");
  for (const char* name : {"p.csv", "./p.csv", "sub/../p.csv", "hard.csv", "soft.csv", "sub/up/p.csv"}) {
    const std::string spelled = folder / name;
    EXPECT_EQ(refused({{"data file", data}}, {{"result file", spelled}}), lost(spelled, data));
    EXPECT_EQ(refused({{"data file", spelled}}, {{"result file", data}}), lost(data, spelled));
  }
}

TEST(FileRoles, OutputsDiffer) {
  const ScratchFolder folder;
  fs::create_directory(folder / "sub");
  const std::string a = folder / "new.csv", b = folder / "sub/../new.csv";
  EXPECT_EQ(refused({}, {{"panel", a}, {"truth", b}}),
            "the truth '" + b + "' is the same file as the panel '" + a +
                "', and one would replace the other; give each a path of its own");
  put_bytes(a, "there already");
  EXPECT_NE(refused({}, {{"panel", a}, {"truth", b}}), "no error");
  EXPECT_EQ(refused({}, {{"panel", a}, {"truth", folder / "other.csv"}}), "no error");
}

TEST(FileRoles, WhatIsNotThereIsNoFile) {
  const ScratchFolder folder;
  EXPECT_EQ(refused({{"data file", ""}, {"data file", folder / "absent"}}, {{"result file", ""}, {"report", ""}}),
            "no error");
  EXPECT_EQ(refused({{"data file", "the pandas DataFrame"}}, {{"result file", folder / "r.h5"}}), "no error");
}

TEST(FileRoles, APlaceWhereNoFileGoesIsRefused) {
  const ScratchFolder folder;
  try {
    check_files({}, {{"result file", folder.path().string()}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "io.cannot_write");
  }
}

}  // namespace
}  // namespace headwater
