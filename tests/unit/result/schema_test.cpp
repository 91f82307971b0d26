#include "headwater/result/schema.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/result/result_file.hpp"
#include "schema_tree.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

// What is wrong with a file that holds the tree: one sentence.
std::string verdict(const Tree& tree, bool stored = false) {
  const Departure found = departure(tree, result_schema(), stored);
  return found.why.empty() ? "" : "'" + found.path + "' " + found.why;
}

Tree& fit_of(Tree& root) { return root.child("fits").child("m"); }
Tree& decomposition_of(Tree& root) { return root.child("decompositions").child("m").children.front(); }

LabelledArray& array_of(Tree& tree, const std::string& name) {
  return *std::find_if(tree.arrays.begin(), tree.arrays.end(), [&](const LabelledArray& a) { return a.name == name; });
}

TEST(Schema, TakesWhatItSays) {
  EXPECT_EQ(verdict(sample_result()), "");
  const ScratchFolder folder;
  write_result(sample_result(), folder / "a.h5");
  EXPECT_EQ(text_attribute(read_result(folder / "a.h5"), "format"), "headwater.result");
}

TEST(Schema, ArraysLieOnTheirAxes) {
  Tree root = sample_result();
  LabelledArray& estimate = array_of(fit_of(root), "estimate");
  const Tree& fit = fit_of(root);
  estimate.dims = {"cluster"};
  estimate.shape = {fit.find_axis("cluster")->size()};
  estimate.values = std::vector<double>(labels(fit, "cluster").size(), 1.0);
  EXPECT_EQ(verdict(root), "'/fits/m/estimate' lies on axis cluster, not term");
  estimate.dims.clear();
  EXPECT_EQ(verdict(root), "'/fits/m/estimate' lies on no axis, not axis term");
  root = sample_result();
  array_of(fit_of(root), "vcov").dims = {"term_2", "term"};
  EXPECT_EQ(verdict(root), "'/fits/m/vcov' lies on axes term_2, term, not axes term, term_2");
  root = sample_result();
  array_of(decomposition_of(root), "total").dims = {"component"};
  EXPECT_EQ(verdict(root), "'/decompositions/m/1_change/total' lies on axis component, not no axis");
}

// Every array of the whole result in turn: on no axis, longer than its axes, of another kind, called otherwise, gone.
class EachArray {
 public:
  template <class Change>
  void expect(const Change& change, const std::string& what) {
    std::size_t tried = 0;
    visit(change, what, tried);
    EXPECT_GT(tried, 250u);
  }

 private:
  template <class Change>
  void visit(const Change& change, const std::string& what, std::size_t& tried) {
    const Tree sound = sample_result();
    for (std::size_t i = 0;; ++i) {
      Tree root = sound;
      std::size_t left = i;
      Tree* node = nullptr;
      LabelledArray* array = find(root, left, node);
      if (!array) return;
      const std::string name = node->name + "/" + array->name;
      if (!change(*node, *array)) continue;
      ++tried;
      EXPECT_NE(verdict(root), "") << name << " " << what;
    }
  }
  static LabelledArray* find(Tree& tree, std::size_t& left, Tree*& node) {
    if (left < tree.arrays.size()) {
      node = &tree;
      return &tree.arrays[left];
    }
    left -= tree.arrays.size();
    for (Tree& child : tree.children)
      if (LabelledArray* found = find(child, left, node)) return found;
    return nullptr;
  }
};

TEST(Schema, NoArrayPassesOtherwise) {
  EachArray each;
  each.expect(
      [](Tree&, LabelledArray& array) {
        array.dims.push_back("stranger");
        array.shape.push_back(1);
        return true;
      },
      "along one more axis");
  each.expect(
      [](Tree&, LabelledArray& array) {
        std::visit([](auto& values) { values.pop_back(); }, array.values);
        return true;
      },
      "one value short");
  each.expect(
      [](Tree&, LabelledArray& array) {
        const std::size_t count = std::visit([](const auto& values) { return values.size(); }, array.values);
        if (std::holds_alternative<std::vector<double>>(array.values))
          array.values = std::vector<std::int64_t>(count, 0);
        else
          array.values = std::vector<double>(count, 0);
        return true;
      },
      "of another kind");
  each.expect(
      [](Tree&, LabelledArray& array) {
        array.name += "x";
        return true;
      },
      "called otherwise");
}

TEST(Schema, AxesAreKnownAndTwinsAreAlike) {
  Tree root = sample_result();
  fit_of(root).axis("stranger", {"a"}, "an axis");
  EXPECT_EQ(verdict(root), "'/fits/m/stranger' is not in the schema of result files");
  root = sample_result();
  for (Axis& axis : fit_of(root).axes)
    if (axis.name == "term_2") std::get<std::vector<std::string>>(axis.labels).front() = "other";
  EXPECT_EQ(verdict(root), "'/fits/m/term_2' does not have the labels of term");
  root = sample_result();
  for (Axis& axis : fit_of(root).axes)
    if (axis.name == "term") axis.labels = std::vector<double>{1, 2};
  EXPECT_EQ(verdict(root), "'/fits/m/term' holds axis of numbers, not axis of texts");
}

TEST(Schema, CodesAreInRange) {
  Tree root = sample_result();
  Tree& tests = fit_of(root).child("tests");
  std::get<std::vector<std::int64_t>>(array_of(tests, "interval_test").values).front() = 7;
  EXPECT_EQ(verdict(root), "'/fits/m/tests/interval_test' holds 7, which is not row of test");
  root = sample_result();
  std::get<std::vector<std::int64_t>>(array_of(decomposition_of(root), "estimable").values).front() = -1;
  EXPECT_EQ(verdict(root), "'/decompositions/m/1_change/estimable' holds -1, which is not 0..1");
  root = sample_result();
  std::get<std::vector<std::string>>(array_of(root.child("comparison"), "model_id").values).front() = "nobody";
  EXPECT_EQ(verdict(root), "'/comparison/model_id' holds 'nobody', which is not a fit");
  root = sample_result();
  fit_of(root).attribute("level", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(verdict(root), "'/fits/m@level' holds NaN, which is not 0..1");
  root = sample_result();
  decomposition_of(root).attribute("fit", std::string("broken"));
  EXPECT_EQ(verdict(root), "'/decompositions/m/1_change@fit' holds 'broken', which is not name of its group");
}

TEST(Schema, NothingIsMissingAndNothingIsMore) {
  Tree root = sample_result();
  std::erase_if(fit_of(root).arrays, [](const LabelledArray& array) { return array.name == "p_value"; });
  EXPECT_EQ(verdict(root), "'/fits/m/p_value' is missing");
  root = sample_result();
  std::erase_if(fit_of(root).children, [](const Tree& child) { return child.name == "tests"; });
  EXPECT_EQ(verdict(root), "'/fits/m/tests/df1' is missing");
  root = sample_result();
  root.child("fits").child("broken").attribute("nobs", std::int64_t{4});
  EXPECT_EQ(verdict(root), "'/fits/broken@nobs' is there although the fit failed");
  root = sample_result();
  fit_of(root).attribute("error_message", std::string("none"));
  EXPECT_EQ(verdict(root), "'/fits/m@error_message' is there although the fit did not fail");
  root = sample_result();
  root.attribute("estimated", std::int64_t{0});
  EXPECT_NE(verdict(root).find("is there although nothing was estimated"), std::string::npos);
  root = sample_result();
  root.child("strangers");
  EXPECT_EQ(verdict(root), "'/strangers' is not in the schema of result files");
  root = sample_result();
  decomposition_of(root).name = "1_gelbach";
  EXPECT_EQ(verdict(root), "'/decompositions/m/1_gelbach' is not called by its number and its method");
  root = sample_result();
  fit_of(root).scalar("df", 4, "twice");
  EXPECT_EQ(verdict(root), "'/fits/m/df' is there twice");
}

TEST(Schema, RefusesOnReadingAndOnWriting) {
  const ScratchFolder folder;
  Tree root = sample_result();
  fit_of(root).axis("stranger", {"a"}, "an axis");
  try {
    write_result(root, folder / "a.h5");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "'/fits/m/stranger' is not in the schema of result files, so no reader would take the file (a new item "
              "needs its row in result/schema.tsv); please report this");
  }
  EXPECT_EQ(folder.files(), 0u);
  write_tree(root, folder / "a.h5", {"headwater.result", kResultVersion, "result file", "write it again"});
  try {
    read_result(folder / "a.h5");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), (folder / "a.h5") +
                                   ": '/fits/m/stranger' is not in the schema of result files; headwater has not "
                                   "written it so, and nothing in the file is used: write it again");
  }
}

TEST(SchemaTable, SaysWhichLineIsNoRow) {
  try {
    const Schema schema("path\n/fits\tnumbers\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "schema.tsv has a line that is no row of seven fields (path, kind, axes, when, since, values, what): "
              "/fits\tnumbers");
  }
}

}  // namespace
}  // namespace headwater
