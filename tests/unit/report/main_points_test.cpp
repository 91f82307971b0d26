// Every sentence of the first screen, for a finding, a null, what is not identified, a fall, and a result without a
// change.
#include "headwater/report/main_points.hpp"

#include <gtest/gtest.h>

#include "headwater/report/sentences.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

Captions needed() {
  Captions captions;
  for (const CaptionKey& key : caption_keys())
    if (key.required) captions[key.name] = "the " + key.name;
  return captions;
}

Tree result_of(const std::vector<std::string>& drivers) {
  Tree result = small_result(1);
  Tree& fit = result.child("fits").children.front();
  fit.attribute("unit", std::string("trust"));
  fit.attribute("time", std::string("year"));
  fit.attribute("outcome", std::string("log(y)"));
  fit.text("driver", "term", drivers, "driver groups");
  fit.vector("within_sd", "term", column({0.1, 0.01}), "within");
  return result;
}

Tree& change_in(Tree& result) {
  Tree& own = result.child("decompositions").child("staff");
  own.children.push_back(small_decomposition());
  Tree& node = own.children.back();
  node.attribute("fit", std::string("staff"));
  return node;
}

void set(Tree& tree, const std::string& array, std::vector<double> values) {
  for (LabelledArray& found : tree.arrays)
    if (found.name == array) found.values = std::move(values);
}

MainPoints points_of(const Tree& result, const Captions& captions = needed()) {
  return main_points(payload_context(result, Audience::publish, captions));
}

TEST(MainPoints, AFindingAndWhatIsNotIdentified) {
  Tree result = result_of({"workforce", "capital"});
  change_in(result);
  const MainPoints found = points_of(result);
  EXPECT_EQ(found.headline, "Y (log) rose by 4.08% from 2013 to 2016.");
  ASSERT_EQ(found.points.size(), 4U);
  EXPECT_EQ(found.points[0],
            "From 2013 to 2016, y (log) of the mean trust rose by 4.08% (95% interval 2.86% to 5.30%).");
  EXPECT_EQ(found.points[1], "Workforce and capital can be told to go with y (log).");
  EXPECT_EQ(found.points[2], "The drivers account for 20% of the variance of y (log) within trusts and periods.");
  EXPECT_EQ(found.points[3], "Nothing can be said of dma: the data cannot tell it apart from the rest.");
  EXPECT_FALSE(found.headline_by_author || found.points_by_author);
}

TEST(MainPoints, AFallIsTold) {
  Tree result = result_of({"workforce", "capital"});
  Tree& node = change_in(result);
  set(node, "total", {-0.04});
  set(node, "total_conf_low", {-0.052});
  set(node, "total_conf_high", {-0.028});
  const MainPoints found = points_of(result);
  EXPECT_EQ(found.headline, "Y (log) fell by 4.08% from 2013 to 2016.");
  EXPECT_EQ(found.points[0],
            "From 2013 to 2016, y (log) of the mean trust fell by 4.08% (95% interval 2.86% to 5.30%).");
}

TEST(MainPoints, NoChangeAndNoAssociation) {
  Tree result = result_of({"workforce", "capital"});
  Tree& node = change_in(result);
  set(node, "total_conf_low", {-0.01});
  Tree& fit = result.child("fits").children.front();
  set(fit, "conf_low", {-0.05, -20.5});
  const MainPoints found = points_of(result);
  EXPECT_EQ(found.headline, "No change in y (log) can be told from 2013 to 2016.");
  EXPECT_EQ(found.points[0],
            "From 2013 to 2016, y (log) of the mean trust moved by 4.08% (95% interval \xE2\x88\x92"
            "1.02% to 5.30%), "
            "which cannot be told apart from no change.");
  EXPECT_EQ(found.points[1],
            "Capital can be told to go with y (log); for workforce no association can be told from zero.");
  EXPECT_EQ(
      found.points[2],
      "The drivers account for 20% of the variance of y (log) within trusts and periods; a difference of up to 2.8% "
      "for one standard deviation of fte (log) could have gone unseen.");
}

TEST(MainPoints, AChangeWithoutAnInterval) {
  Tree result = result_of({"", ""});
  Tree& node = change_in(result);
  for (const char* array : {"total_conf_low", "total_conf_high", "total_std_error"}) set(node, array, {std::nan("")});
  const MainPoints found = points_of(result);
  EXPECT_EQ(found.points[0], "From 2013 to 2016, y (log) of the mean trust rose by 4.08%; no interval can be given.");
  EXPECT_EQ(found.points[1].rfind("The drivers account", 0), 0U);
}

TEST(MainPoints, WithoutAChangeThereIsNoHeadline) {
  Tree result = result_of({"workforce", "workforce"});
  Tree& fit = result.child("fits").children.front();
  Tree& tests = fit.child("tests");
  tests.axis("test", {"1"}, "tests");
  tests.text("hypothesis", "test", {"every coefficient of workforce is zero (2 terms)"}, "in words");
  tests.vector("p_value", "test", column({0.2}), "p");
  const MainPoints found = points_of(result);
  EXPECT_EQ(found.headline, "");
  ASSERT_EQ(found.points.size(), 3U);
  EXPECT_EQ(found.points[0], "For workforce no association can be told from zero.");
}

TEST(MainPoints, TheAuthorsWordsTakeThePlaceOfTheGeneratedOnes) {
  Tree result = result_of({"workforce", "capital"});
  change_in(result);
  Captions captions = needed();
  captions["headline"] = "It's less";
  MainPoints found = points_of(result, captions);
  EXPECT_TRUE(found.headline_by_author && !found.points_by_author);
  EXPECT_EQ(found.headline, "It's less");
  captions["summary"] = "one; it's two ;";
  found = points_of(result, captions);
  EXPECT_TRUE(found.points_by_author);
  EXPECT_EQ(found.points, (std::vector<std::string>{"one", "it's two"}));
}

TEST(Sentences, FiguresHaveTheDigitsTheyDeserve) {
  EXPECT_EQ(figure(1234567.8, 100), "1,234,568");
  EXPECT_EQ(figure(-0.01234, 0.001),
            "\xE2\x88\x92"
            "0.0123");
  EXPECT_EQ(figure(0.5, std::nan("")), "0.500");
  EXPECT_EQ(figure(-0.0001, 1), "0.0");
  EXPECT_EQ(figure(std::nan(""), 1), "–");
  EXPECT_EQ(figure(1e-9, std::nan("")), "1e-09");
  EXPECT_EQ(figure_share(0.003), "0.30%");
  EXPECT_EQ(figure_share(0.123), "12%");
  EXPECT_EQ(figure_p(0.0004), "p <0.001");
  EXPECT_EQ(together_in_words({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(as_sentence("ends!"), "Ends!");
}

}  // namespace
}  // namespace headwater
