#include "headwater/hdf5/tree_file.hpp"

#include <gtest/gtest.h>

#include "example_result.hpp"
#include "headwater/core/error.hpp"
#include "scratch_folder.hpp"

namespace headwater {
namespace {

const TreeFormat kFormat{"headwater.result", 1, "result file", "write it with `headwater run`"};

TEST(TreeFile, ComesBackAsWritten) {
  const ScratchFolder folder;
  const Tree tree = example_result();
  write_tree(tree, folder / "a.h5", kFormat);
  Tree back = read_tree(folder / "a.h5", kFormat);
  EXPECT_EQ(std::get<std::int64_t>(back.attributes.at("complete")), 1);
  EXPECT_EQ(text_attribute(back, "format"), "headwater.result");
  EXPECT_EQ(number_attribute(back, "format_version"), 1);
  EXPECT_EQ(text_attribute(back, "content_sha256"), content_sha256(back));
  for (const char* added : {"complete", "format", "format_version", "content_sha256"}) back.attributes.erase(added);
  EXPECT_EQ(content_sha256(back), content_sha256(tree));

  const Tree& fit = *back.find_child("fits")->find_child("workforce");
  EXPECT_EQ(fit.attributes, tree.find_child("fits")->find_child("workforce")->attributes);
  EXPECT_EQ(labels(fit, "term"), (std::vector<std::string>{"x", "log(é)", "(Intercept)"}));
  EXPECT_EQ(fit.find_array("vcov")->dims, (std::vector<std::string>{"term", "term_2"}));
  EXPECT_EQ(numbers(fit, "vcov"), (std::vector<double>{4, 0.5, 0.25, 0.5, 9, 0.125, 0.25, 0.125, 16}));
  EXPECT_TRUE(
      same_bits(numbers(fit, "estimate"), numbers(*tree.find_child("fits")->find_child("workforce"), "estimate")));
  EXPECT_EQ(texts(fit, "driver"), (std::vector<std::string>{"workforce", "", "other"}));
  EXPECT_EQ(integers(fit, "rows")[1], -9007199254740993);
  EXPECT_EQ(fit.find_array("estimate")->unit, "log points");
  EXPECT_EQ(fit.find_child("tests")->find_array("mde")->dims, (std::vector<std::string>{"term"}));
  EXPECT_TRUE(same_bits(std::get<std::vector<double>>(fit.find_axis("grid_point")->labels), {-0.0, 1e-300}));
}

TEST(TreeFile, SameTreeSameBytes) {
  const ScratchFolder folder;
  write_tree(example_result(), folder / "a.h5", kFormat);
  write_tree(example_result(), folder / "b.h5", kFormat);
  EXPECT_EQ(bytes_of(folder / "a.h5"), bytes_of(folder / "b.h5"));
}

TEST(TreeFile, LargeArraysSpanChunks) {
  const ScratchFolder folder;
  Tree tree;
  std::vector<std::string> rows;
  Vector values(300'000);
  for (Index i = 0; i < values.size(); ++i) {
    rows.push_back("row " + std::to_string(i));
    values(i) = std::sin(static_cast<double>(i));
  }
  tree.axis("row", rows, "rows");
  tree.vector("residual", "row", values, "residuals");
  write_tree(tree, folder / "a.h5", kFormat);
  const Tree back = read_tree(folder / "a.h5", kFormat);
  EXPECT_EQ(numbers(back, "residual"), numbers(tree, "residual"));
  EXPECT_EQ(labels(back, "row"), rows);
}

TEST(TreeFile, LongTextsAsAttributes) {
  const ScratchFolder folder;
  Tree tree;
  tree.attribute("formula", std::string(200'000, 'x'));
  tree.attribute("empty", std::string());
  write_tree(tree, folder / "a.h5", kFormat);
  const Tree back = read_tree(folder / "a.h5", kFormat);
  EXPECT_EQ(text_attribute(back, "formula").size(), 200'000u);
  EXPECT_EQ(text_attribute(back, "empty", "absent"), "");
}

TEST(TreeFile, NothingIsWrittenFromATreeThatDoesNotFit) {
  const ScratchFolder folder;
  Tree tree;
  tree.axis("term", {"a", "b"}, "terms");
  tree.vector("estimate", "term", Vector::Ones(3), "coefficients");
  try {
    write_tree(tree, folder / "a.h5", kFormat);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "'/estimate' cannot be stored: axis 'term' has 2 labels, and the array 3 values along it; please report this");
  }
  EXPECT_EQ(folder.files(), 0u);
}

}  // namespace
}  // namespace headwater
