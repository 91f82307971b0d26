// What becomes of the process that reads a file is at worst a message, and what it sends is not trusted.
#include "headwater/hdf5/reading_child.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <new>
#include <stdexcept>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/hdf5/tree_stream.hpp"
#include "unit/hdf5/example_result.hpp"
#include "unit/hdf5/mended_sums.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

using namespace hdf5;

std::string message_of(const std::function<Tree()>& read, const char* code) {
  try {
    read_apart("FILE", 3 << 20, ReadAs{}, read);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_EQ(error.place().file, "FILE");
    return error.message();
  }
  return "no error";
}

Tree ended_by(int signal) {
  ::raise(signal);
  return {};
}

void expect_same(const Tree& found, const Tree& expected) {
  EXPECT_EQ(content_sha256(found), content_sha256(expected));  // names, values, labels, shapes, attributes
  ASSERT_EQ(found.arrays.size(), expected.arrays.size());
  for (std::size_t i = 0; i < found.arrays.size(); ++i) {
    EXPECT_EQ(found.arrays[i].description, expected.arrays[i].description);
    EXPECT_EQ(found.arrays[i].unit, expected.arrays[i].unit);
  }
  ASSERT_EQ(found.axes.size(), expected.axes.size());
  for (std::size_t i = 0; i < found.axes.size(); ++i)
    EXPECT_EQ(found.axes[i].description, expected.axes[i].description);
  ASSERT_EQ(found.children.size(), expected.children.size());
  for (std::size_t i = 0; i < found.children.size(); ++i) expect_same(found.children[i], expected.children[i]);
}

TEST(ReadingChild, HandsOverTheWholeTree) {
  Tree tree = example_result();
  tree.arrays.push_back({"many", {}, {}, std::vector<double>(400'000, 0.1), "longer than what is set aside", "1"});
  tree.text("long", "", {std::string(3 << 20, 'w')}, "a text");
  expect_same(read_apart("FILE", 100, ReadAs{}, [&] { return tree; }), tree);
  expect_same(read_apart("FILE", 100, ReadAs{}, [] { return Tree{}; }), Tree{});
}

TEST(ReadingChild, HandsOverErrors) {
  const auto read = []() -> Tree {
    throw Error(ErrorKind::formula, "some.code", "what é", {.file = "f", .row = 7, .column = std::nullopt, .key = "k"});
  };
  try {
    read_apart("FILE", 100, ReadAs{}, read);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::formula);
    EXPECT_EQ(error.code(), "some.code");
    EXPECT_EQ(error.message(), "what é");
    EXPECT_EQ(error.place().file, "f");
    EXPECT_EQ(error.place().row, 7);
    EXPECT_EQ(error.place().column, std::nullopt);
    EXPECT_EQ(error.place().key, "k");
  }
  EXPECT_THROW(read_apart("FILE", 100, ReadAs{}, []() -> Tree { throw std::bad_alloc(); }), std::bad_alloc);
  try {
    read_apart("FILE", 100, ReadAs{}, []() -> Tree { throw std::runtime_error("odd"); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::internal);
    EXPECT_EQ(error.message(), "odd");
  }
}

TEST(ReadingChild, IsAMessageWhenItCrashes) {
  EXPECT_EQ(message_of([] { return ended_by(SIGSEGV); }, "hdf5.damaged"),
            "FILE cannot be read as HDF5 (the library ended by Segmentation fault); the file is damaged or made to do "
            "harm, write it again");
  EXPECT_EQ(message_of([] { return ended_by(SIGABRT); }, "hdf5.damaged"),
            "FILE cannot be read as HDF5 (the library ended by Aborted); the file is damaged or made to do harm, write "
            "it again");
  EXPECT_EQ(message_of([] { return ended_by(SIGXCPU); }, "hdf5.endless"),
            "FILE is not read after 13 s, which is far more than its size warrants; the file is damaged or made to go "
            "on for ever, write it again");
  // The machine ends it so when memory is short, and so does the command when there is none.
  EXPECT_THROW(read_apart("FILE", 100, ReadAs{}, [] { return ended_by(SIGKILL); }), std::bad_alloc);
  EXPECT_THROW(read_apart("FILE", 100, ReadAs{}, []() -> Tree { ::_exit(70); }), std::bad_alloc);
}

TEST(ReadingChild, HasItsTimeAndLeavesNoCore) {
  const Tree tree = read_apart("FILE", 5 << 20, ReadAs{}, [] {
    rlimit time{}, core{};
    ::getrlimit(RLIMIT_CPU, &time);
    ::getrlimit(RLIMIT_CORE, &core);
    Tree made;
    made.attribute("seconds", static_cast<std::int64_t>(time.rlim_cur));
    made.attribute("core", static_cast<std::int64_t>(core.rlim_cur));
    return made;
  });
  EXPECT_EQ(number_attribute(tree, "seconds"), 15);
  EXPECT_EQ(number_attribute(tree, "core"), 0);
}

std::string stream_of(const Tree& tree) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  Sender sender(ends[1]);
  sender.put(tree);
  EXPECT_TRUE(sender.finish());
  ::close(ends[1]);
  std::string bytes(1 << 16, '\0');
  bytes.resize(static_cast<std::size_t>(::read(ends[0], bytes.data(), bytes.size())));
  ::close(ends[0]);
  return bytes;
}

bool arrives(const std::string& stream) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  EXPECT_EQ(::write(ends[1], stream.data(), stream.size()), static_cast<ssize_t>(stream.size()));
  ::close(ends[1]);
  bool whole = false;
  try {
    Receiver(ends[0]).result();
    whole = true;
  } catch (const BrokenStream& broken) {
    EXPECT_EQ(broken.system_error, 0);
  } catch (const Error&) {
  }
  ::close(ends[0]);
  return whole;
}

TEST(ReadingChild, IsNotTrustedInWhatItSends) {
  const std::string stream = stream_of(example_result());
  ASSERT_TRUE(arrives(stream));
  for (std::size_t size = 0; size < stream.size(); ++size) EXPECT_FALSE(arrives(stream.substr(0, size))) << size;
  for (std::size_t at = 0; at < stream.size(); ++at)
    for (const int byte : {0, 1, 255}) {
      std::string changed = stream;
      changed[at] = static_cast<char>(byte);
      arrives(changed);  // any answer but a crash
    }
  EXPECT_THROW(Receiver(-1).result(), BrokenStream);
}

// Every byte of the object headers, heaps and indices of a small result, with the checksums made right again.
TEST(ReadingChild, OutlivesFilesWithRightChecksums) {
  const TreeFormat format{"headwater.result", 1, "result file", "give one that `headwater run` has written"};
  const std::string sound = tree_file_bytes(example_result(), format);
  const auto blocks = summed_blocks(sound);
  EXPECT_GT(blocks.size(), 40u);
  const ScratchFolder folder;
  const std::string path = folder / "result.h5";
  put_bytes(path, sound);
  expect_same(read_tree(path, format).children.at(1), example_result().children.at(1));
  int taken = 0, refused = 0;
  std::size_t byte = 0;
  for (const SummedBlock& block : blocks)
    for (std::size_t at = block.at + 4; at < block.at + block.size; at += 17, ++byte) {
      std::string changed = sound;
      changed[at] = static_cast<char>(byte % 3 == 0 ? 255 : byte % 3 == 1 ? 0 : changed[at] ^ 1);
      mend_sums(changed, blocks);
      std::filesystem::remove(path);
      put_bytes(path, changed);
      try {
        read_tree(path, format);
        ++taken;
      } catch (const Error& error) {
        ++refused;
        EXPECT_NE(error.kind(), ErrorKind::internal) << at << ": " << error.message();
      }
    }
  EXPECT_GT(refused, 50);
  EXPECT_GT(taken, 5);
}

}  // namespace
}  // namespace headwater
