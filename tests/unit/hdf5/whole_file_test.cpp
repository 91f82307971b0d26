#include "headwater/hdf5/whole_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "headwater/core/error.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

std::string message_of(const std::string& path, const std::string& bytes) {
  try {
    write_whole_file(path, bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_EQ(error.code(), "io.cannot_write");
    EXPECT_EQ(error.place().file, path);
    return error.message();
  }
  return "no error";
}

TEST(WholeFile, ReplacesAndMakesFolders) {
  const ScratchFolder folder;
  write_whole_file(folder / "out/deep/a.h5", "one");
  write_whole_file(folder / "out/deep/a.h5", "two");
  EXPECT_EQ(bytes_of(folder / "out/deep/a.h5"), "two");
  EXPECT_EQ(
      std::distance(std::filesystem::directory_iterator(folder / "out/deep"), std::filesystem::directory_iterator()),
      1);
}

TEST(WholeFile, KeepsASymbolicLink) {
  const ScratchFolder folder;
  put_bytes(folder / "real", "old");
  std::filesystem::create_symlink(folder / "real", folder / "link");
  write_whole_file(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(bytes_of(folder / "real"), "new");
}

TEST(WholeFile, RefusesADirectory) {
  const ScratchFolder folder;
  const std::string path = folder.path().string();
  EXPECT_EQ(message_of(path, "x"), "cannot write '" + path + "': it is a directory; give the path of a file");
}

TEST(WholeFile, RefusesADevice) {
  EXPECT_EQ(message_of("/dev/null", "x"),
            "cannot write '/dev/null': it is not a regular file; give the path of a file");
}

TEST(WholeFile, RefusesAReadOnlyFile) {
  const ScratchFolder folder;
  const std::string path = folder / "a.h5";
  put_bytes(path, "old");
  ::chmod(path.c_str(), 0444);
  EXPECT_EQ(message_of(path, "new"),
            "cannot write '" + path + "': the file is read-only; make it writable or choose another name");
  EXPECT_EQ(bytes_of(path), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(WholeFile, RefusesAFolderThatCannotBeMade) {
  const ScratchFolder folder;
  put_bytes(folder / "file", "");
  const std::string path = folder / "file/a.h5";
  EXPECT_EQ(
      message_of(path, "x"),
      "cannot write '" + path + "': its folder cannot be made (Not a directory); choose a folder you may write to");
}

TEST(WholeFile, RefusesAFolderThatMayNotBeWritten) {
  EXPECT_EQ(message_of("/proc/a.h5", "x"),
            "cannot write '/proc/a.h5': No such file or directory; choose a folder you may write to");
}

// A limit on file sizes stands in for a full disk: write() fails part of the way.
TEST(WholeFile, LeavesNothingWhenTheDiskIsFull) {
  const ScratchFolder folder;
  const std::string path = folder / "a.h5";
  put_bytes(path, "old");
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of(path, std::string(100'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(message, "cannot write '" + path +
                         "': File too large; raise the limit on file sizes (ulimit -f) or write to another disk");
  EXPECT_EQ(bytes_of(path), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(WholeFile, TwoWritersNeverMix) {
  const ScratchFolder folder;
  const std::string path = folder / "a.h5";
  const auto write_many = [&](char letter) {
    for (int i = 0; i < 50; ++i) write_whole_file(path, std::string(50'000, letter));
  };
  std::thread other(write_many, 'b');
  write_many('a');
  other.join();
  const std::string bytes = bytes_of(path);
  ASSERT_EQ(bytes.size(), 50'000u);
  EXPECT_EQ(bytes, std::string(50'000, bytes[0]));
  EXPECT_EQ(folder.files(), 1u);
}

// A reader that opened the old file keeps reading the old file.
TEST(WholeFile, AReaderSeesOneVersion) {
  const ScratchFolder folder;
  write_whole_file(folder / "a.h5", std::string(100'000, 'a'));
  std::ifstream reader(folder / "a.h5", std::ios::binary);
  reader.get();
  write_whole_file(folder / "a.h5", std::string(100'000, 'b'));
  const std::string rest{std::istreambuf_iterator<char>(reader), std::istreambuf_iterator<char>()};
  EXPECT_EQ(rest, std::string(99'999, 'a'));
}

// Killed at any moment, by a signal that can be caught or by one that cannot: the whole file or none.
TEST(WholeFile, KilledWhileWriting) {
  const ScratchFolder folder;
  const std::string path = folder / "a.h5";
  const int signals[] = {SIGINT, SIGTERM, SIGKILL};
  for (int trial = 0; trial < 30; ++trial) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (;;) write_whole_file(path, std::string(200'000, 'x'));
    }
    ::usleep(static_cast<useconds_t>(500 + 331 * trial));
    ::kill(child, signals[trial % 3]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (std::filesystem::exists(path)) {
      EXPECT_EQ(std::filesystem::file_size(path), 200'000u);
    }
  }
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace headwater
