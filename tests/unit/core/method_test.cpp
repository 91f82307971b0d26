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
