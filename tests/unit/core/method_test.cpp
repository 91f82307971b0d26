#include "headwater/core/method.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"

namespace headwater {
namespace {

std::string message_of(const std::string& text) {
  try {
    parse_method_call(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(MethodCall, ReadsNamedAndPositionalArguments) {
  const MethodCall call = parse_method_call(" change( from = 2019Q4, to='2024Q4', f(a, b) ) ");
  EXPECT_EQ(call.method, "change");
  EXPECT_EQ(call.get("from"), "2019Q4");
  EXPECT_EQ(call.get("to"), "2024Q4");
  EXPECT_EQ(call.positional(), std::vector<std::string>{"f(a, b)"});
  EXPECT_EQ(parse_method_call("iid").arguments.size(), 0u);
}

TEST(MethodCall, TypesItsOptions) {
  const MethodCall call = parse_method_call("m(lag = 2, share = 0.5)");
  EXPECT_EQ(call.integer("lag", 0), 2);
  EXPECT_EQ(call.number("share", 0), 0.5);
  EXPECT_EQ(call.integer("absent", 7), 7);
  EXPECT_THROW(call.integer("share", 0), Error);
}

TEST(MethodCall, SyntaxErrorsShowTheSpot) {
  EXPECT_EQ(message_of("cluster(trust"),
            "cannot read the method 'cluster(trust': expected ')'\n  cluster(trust\n               ^");
  EXPECT_EQ(message_of("(x)"), "cannot read the method '(x)': expected the name of a method\n  (x)\n  ^");
}

TEST(CheckOptions, NamesTheNearestOption) {
  const MethodCard card{
      .name = "change", .kind = "decomposition", .options = {{"from", "period", "", ""}, {"to", "period", "", ""}}};
  try {
    check_options(parse_method_call("change(form = 2019)"), card);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "change has no option 'form'; did you mean 'from'?");
    EXPECT_EQ(exit_code(error.kind()), 2);
  }
}

const MethodCard& card_with_positions() {
  static const MethodCard card{
      .name = "change",
      .kind = "decomposition",
      .options = {{"from", "period", "", ""}, {"to", "period", "", ""}, {"of", "method(options)", "", ""}},
      .positions = {"from", "to"}};
  return card;
}

std::string refusal(const std::string& call, const MethodCard& card) {
  try {
    named(parse_method_call(call), card);
  } catch (const Error& error) {
    EXPECT_EQ(exit_code(error.kind()), 2);
    return error.message();
  }
  return "no error";
}

TEST(Named, PutsValuesUnderTheNamesOfTheirPlaces) {
  const MethodCall both = named(parse_method_call("change(2020-21 Q4, \"2023-24 Q4\")"), card_with_positions());
  EXPECT_EQ(both.get("from"), "2020-21 Q4");
  EXPECT_EQ(both.get("to"), "2023-24 Q4");
  EXPECT_EQ(both.text, "change(from = 2020-21 Q4, to = \"2023-24 Q4\")");
  const MethodCall around =
      named(parse_method_call("change(to = 2023, of = f(a = 1, 2), 2020)"), card_with_positions());
  EXPECT_EQ(around.get("from"), "2020") << "the places of options given by name are passed over, as in R";
  EXPECT_EQ(around.text, "change(to = 2023, of = f(a = 1, 2), from = 2020)");
  EXPECT_EQ(named(parse_method_call(around.text), card_with_positions()).arguments, around.arguments);
  const MethodCall plain = named(parse_method_call("change( from =2020 )"), card_with_positions());
  EXPECT_EQ(plain.text, "change( from =2020 )") << "what has its names stays as written";
}

TEST(Named, LeavesListsAlone) {
  const MethodCard card{
      .name = "cluster", .kind = "covariance", .options = {{"groups", "text", "", ""}}, .list = "columns"};
  EXPECT_EQ(named(parse_method_call("cluster(a, b, groups = own)"), card).positional(),
            (std::vector<std::string>{"a", "b"}));
}

TEST(Named, RefusesWhatHasNoPlace) {
  EXPECT_EQ(
      refusal("change(1, 2, 3)", card_with_positions()),
      "change takes from, to by position, so '3' has no place in it; write it with the name of an option (from, to, "
      "of)");
  EXPECT_EQ(
      refusal("change(1, from = 2, to = 3)", card_with_positions()),
      "change takes from, to by position, so '1' has no place in it; write it with the name of an option (from, to, "
      "of)");
  EXPECT_EQ(refusal("robust(trust)", {.name = "robust", .kind = "covariance"}),
            "robust takes no value without a name, so 'trust' has no place in it; it has no options, write robust");
  EXPECT_EQ(
      refusal("index(a)", {.name = "index", .kind = "decomposition", .options = {{"price", "text", "", ""}}}),
      "index takes no value without a name, so 'a' has no place in it; write it with the name of an option (price)");
  EXPECT_EQ(refusal("change(from = 1, from = 2)", card_with_positions()),
            "option 'from' of change is given twice; give it once");
}

TEST(CheckOptions, NamesTheChoices) {
  const MethodCard card{.name = "first_difference",
                        .kind = "estimator",
                        .options = {{"gaps", "choice: break | bridge", "break", ""}, {"note", "text", "", ""}}};
  EXPECT_NO_THROW(check_options(parse_method_call("first_difference(gaps = bridge, note = anything)"), card));
  try {
    check_options(parse_method_call("first_difference(gaps = brigde)"), card);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "gaps = brigde is not one of break, bridge; did you mean 'bridge'?");
    EXPECT_EQ(error.place().key, "gaps");
  }
}

TEST(Nearest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("agency", {"capital", "digital"}), "");
  EXPECT_EQ(nearest("dig", {"capital", "digital"}), "digital");
  EXPECT_EQ(nearest("cap", {"capital", "capacity"}), "");
  EXPECT_EQ(nearest("captial", {"capital", "digital"}), "capital");
}

}  // namespace
}  // namespace headwater
