#include "headwater/moments/moments.hpp"

#include <gtest/gtest.h>

namespace headwater {
namespace {

Grouping groups(std::vector<std::int32_t> code, Names labels) {
  const auto count = static_cast<std::int32_t>(labels.size());
  return {.name = "g", .code = std::move(code), .count = count, .labels = std::move(labels)};
}

TEST(SumsBy, AddsTheRowsOfEachGroup) {
  Matrix rows(4, 2);
  rows << 1, 10, 2, 20, 3, 30, 4, 40;
  const Matrix sums = sums_by(rows, groups({1, 0, 1, 2}, {"a", "b", "c"}));
  Matrix wanted(3, 2);
  wanted << 2, 20, 4, 40, 4, 40;
  EXPECT_EQ(sums, wanted);
}

TEST(SumsBy, OfTwoPartsMergeByAddition) {
  Matrix rows(4, 1);
  rows << 1, 2, 3, 4;
  const Grouping all = groups({0, 1, 0, 1}, {"a", "b"});
  const Matrix first = sums_by(rows.topRows(2), groups({0, 1}, {"a", "b"})),
               second = sums_by(rows.bottomRows(2), groups({0, 1}, {"a", "b"}));
  EXPECT_EQ(sums_by(rows, all), first + second);
}

TEST(Intersection, HasOnlyThePairsThatOccur) {
  const Grouping a = groups({0, 0, 1, 1, 0}, {"x", "y"}), b = groups({0, 1, 1, 1, 0}, {"1", "2"});
  const Grouping both = intersection({&a, &b});
  EXPECT_EQ(both.count, 3);
  EXPECT_EQ(both.code, (std::vector<std::int32_t>{0, 1, 2, 2, 0}));
  EXPECT_EQ(both.labels, (Names{"x^1", "x^2", "y^2"}));
}

TEST(Intersection, OfAGroupingWithItselfKeepsBothLabels) {
  const Grouping a = groups({0, 1, 0}, {"x", "y"});
  const Grouping twice = intersection({&a, &a});
  EXPECT_EQ(twice.code, a.code);
  EXPECT_EQ(twice.labels, (Names{"x^x", "y^y"}));
}

TEST(NestedIn, AsksWhetherEveryInnerLevelHasOneOuterLevel) {
  const Grouping trust = groups({0, 0, 1, 1, 2}, {"a", "b", "c"}), region = groups({0, 0, 1, 1, 0}, {"n", "s"}),
                 moved = groups({0, 1, 1, 1, 0}, {"n", "s"});
  EXPECT_TRUE(nested_in(trust, region));
  EXPECT_FALSE(nested_in(trust, moved));
  EXPECT_FALSE(nested_in(region, trust));
}

}  // namespace
}  // namespace headwater
