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

// A link to a file, to nothing, to a device: none is followed and none is replaced.
TEST(WholeFile, RefusesASymbolicLink) {
  const ScratchFolder folder;
  put_bytes(folder / "real", "old");
  const std::string link = folder / "link";
  for (const std::string& to : {folder / "real", folder / "nothing", std::string("/dev/null")}) {
    std::filesystem::create_symlink(to, link);
    EXPECT_EQ(message_of(link, "new"), "cannot write '" + link +
                                           "': it is a symbolic link; give the path of the file itself, or remove the "
                                           "link");
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    std::filesystem::remove(link);
  }
  EXPECT_EQ(bytes_of(folder / "real"), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(WholeFile, GoesThroughALinkedFolder) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_symlink(folder / "real", folder / "link");
  write_whole_file(folder / "link/a.h5", "new");
  EXPECT_EQ(bytes_of(folder / "real/a.h5"), "new");
}

TEST(WholeFile, RefusesAPipeWithoutWaitingForItsReader) {
  const ScratchFolder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0666), 0);
  EXPECT_EQ(message_of(path, "x"), "cannot write '" + path + "': it is not a regular file; give the path of a file");
}

TEST(WholeFile, KeepsWhoMayReadTheFile) {
  const ScratchFolder folder;
  put_bytes(folder / "a.h5", "old");
  ::chmod((folder / "a.h5").c_str(), 0640);
  write_whole_file(folder / "a.h5", "new");
  struct stat status {};
  ASSERT_EQ(::stat((folder / "a.h5").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST(WholeFile, LeavesAnotherNameOfTheFileAsItWas) {
  const ScratchFolder folder;
  put_bytes(folder / "a.h5", "old");
  std::filesystem::create_hard_link(folder / "a.h5", folder / "b.h5");
  write_whole_file(folder / "a.h5", "new");
  EXPECT_EQ(bytes_of(folder / "a.h5"), "new");
  EXPECT_EQ(bytes_of(folder / "b.h5"), "old");
}

// Whatever somebody put there in the hope that it is written through.
TEST(WholeFile, APlantedLinkIsHarmless) {
  const ScratchFolder folder;
  put_bytes(folder / "precious", "old");
  for (const char* name : {"a.h5.unfinished", "a.h5.partial", "a.h5.tmp", "a.h5~", "a.h5.partial-1-0"})
    std::filesystem::create_symlink(folder / "precious", folder / name);
  write_whole_file(folder / "a.h5", "new");
  EXPECT_EQ(bytes_of(folder / "a.h5"), "new");
  EXPECT_EQ(bytes_of(folder / "precious"), "old");
  EXPECT_EQ(folder.files(), 7u);
}

TEST(WholeFile, ALongNameIsWritten) {
  const ScratchFolder folder;
  const std::string name(255, 'n');
  write_whole_file(folder / name, "one");
  write_whole_file(folder / name, "two");
  EXPECT_EQ(bytes_of(folder / name), "two");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(CheckPlace, AsksWhatWritingWouldAnswer) {
  const ScratchFolder folder;
  const auto said = [](const std::string& path) {
    try {
      check_place(path);
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(said(folder / "a.h5"), "no error");
  EXPECT_EQ(said(folder / "folders/to/make/a.h5"), "no error");
  EXPECT_EQ(said(folder / "folders/"),
            "cannot write '" + (folder / "folders/") + "': it names a folder; give the path of a file");
  EXPECT_EQ(said(""), "cannot write '': the path is empty; give the path of a file");
  EXPECT_EQ(said("/dev/stdout"),
            "cannot write '/dev/stdout': it is a symbolic link; give the path of the file itself, or remove the link");
  EXPECT_EQ(folder.files(), 0u);
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
