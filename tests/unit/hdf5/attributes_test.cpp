#include <gtest/gtest.h>

#include <ctime>

#include "headwater/hdf5/tree_file.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

const TreeFormat kManyFormat{"headwater.result", 1, "result file", "write it"};

Tree with_attributes(int count) {
  Tree tree;
  for (int i = 0; i < count; ++i) tree.attribute("key" + std::to_string(i), "value " + std::to_string(i));
  return tree;
}

double seconds_to_read(const Tree& tree, const std::string& path) {
  write_tree(tree, path, kManyFormat);
  const std::clock_t begun = std::clock();
  const Tree read = read_tree(path, kManyFormat);
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  for (const auto& [key, value] : tree.attributes) EXPECT_EQ(read.attributes.at(key), value) << key;
  return seconds;
}

// Asked for one by one by their number, 2,000 took eleven seconds and four times as long for twice as many.
TEST(Attributes, CostWhatTheirNumberWarrants) {
  const ScratchFolder folder;
  EXPECT_LT(seconds_to_read(with_attributes(4000), folder / "many.h5"), 5);
  EXPECT_LT(seconds_to_read(with_attributes(3), folder / "few.h5"), 1);
}

}  // namespace
}  // namespace headwater
