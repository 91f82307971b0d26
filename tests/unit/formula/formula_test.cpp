#include "headwater/formula/formula.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

using Texts = std::vector<std::string>;

Texts texts(const std::string& formula) {
  std::vector<std::string> result;
  for (const ModelFormula& model : expand(parse_formula(formula))) result.push_back(model.text);
  return result;
}

std::string message_of(const std::string& formula) {
  try {
    parse_formula(formula);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::formula);
    EXPECT_EQ(error.code(), "formula.syntax");
    return error.message();
  }
  return "no error";
}

struct Case {
  const char* written;
  const char* canonical;
};

class OneModel : public testing::TestWithParam<Case> {};

TEST_P(OneModel, HasCanonicalText) {
  const std::vector<std::string> models = texts(GetParam().written);
  ASSERT_EQ(models.size(), 1u);
  EXPECT_EQ(models[0], GetParam().canonical);
  EXPECT_EQ(texts(models[0]), models) << "the canonical text reads back to itself";
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, OneModel,
    testing::Values(Case{"y~x", "y ~ x"}, Case{"y ~ 1", "y ~ 1"}, Case{"y ~ 0", "y ~ 0"},
                    Case{"y ~ 0 + x", "y ~ x - 1"}, Case{"y ~ x - 1", "y ~ x - 1"}, Case{"y ~ -1 + x", "y ~ x - 1"},
                    Case{"y ~ x + 1", "y ~ x"}, Case{"y ~ x + x", "y ~ x"},
                    Case{"log(y) ~ x1 + x2 | trust + type^quarter", "log(y) ~ x1 + x2 | trust + type^quarter"},
                    Case{"y ~ x | trust[trend] + region[[a,b]]", "y ~ x | trust[trend] + region[[a, b]]"},
                    Case{"y ~ x | trust[I(t^2)]", "y ~ x | trust[I(t^2)]"}, Case{"y ~ x | 0", "y ~ x"},
                    Case{"y ~ x | trust | p ~ z1 + z2", "y ~ x | trust | p ~ z1 + z2"},
                    Case{"y ~ x | p ~ z", "y ~ x | p ~ z"}, Case{"y ~ x | 0 | p ~ z", "y ~ x | p ~ z"},
                    Case{"y ~ a*b", "y ~ a + b + a:b"}, Case{"y ~ a*b*c", "y ~ a + b + a:b + c + a:c + b:c + a:b:c"},
                    Case{"y ~ a:b + b:a", "y ~ a:b"}, Case{"y ~ a*b - b:a", "y ~ a + b"},
                    Case{"y ~ (a + b)^2", "y ~ a + b + a:b"}, Case{"y ~ (a + b):c", "y ~ a:c + b:c"},
                    Case{"y ~ a:a", "y ~ a"}, Case{"y ~ x1 + x2 - x1", "y ~ x2"}, Case{"y ~ l(x)", "y ~ l(x, 1)"},
                    Case{"y ~ l(x, 1:3)", "y ~ l(x, 1) + l(x, 2) + l(x, 3)"},
                    Case{"y ~ l(x, c(1, 4))", "y ~ l(x, 1) + l(x, 4)"}, Case{"y ~ l(x, 0)", "y ~ l(x, 0)"},
                    Case{"y ~ l(x, -1:1)", "y ~ l(x, -1) + l(x, 0) + l(x, 1)"},
                    Case{"y ~ f(x, 2:1)", "y ~ f(x, 2) + f(x, 1)"}, Case{"y ~ d(log(x), 4)", "y ~ d(log(x), 4)"},
                    Case{"y ~ l(d(log(x)), 1:2)", "y ~ l(d(log(x), 1), 1) + l(d(log(x), 1), 2)"},
                    Case{"y ~ l(x / z, 1)", "y ~ l(x/z, 1)"}, Case{"y ~ l(x, 1:2):z", "y ~ l(x, 1):z + l(x, 2):z"},
                    Case{"y ~ I( x ^ 2 )", "y ~ I(x^2)"}, Case{"y ~ I((a+b)/c)", "y ~ I((a + b)/c)"},
                    Case{"y ~ I(a - (b - c))", "y ~ I(a - (b - c))"}, Case{"y ~ I(a-b-c)", "y ~ I(a - b - c)"},
                    Case{"y ~ I(-x^2)", "y ~ I(-x^2)"}, Case{"y ~ I((-x)^2)", "y ~ I((-x)^2)"},
                    Case{"y ~ I(2^3^2)", "y ~ I(2^3^2)"}, Case{"y ~ I((2^3)^2)", "y ~ I((2^3)^2)"},
                    Case{"y ~ I(x**2)", "y ~ I(x^2)"}, Case{"y ~ I(a >= 3 & !b)", "y ~ I(a >= 3 & !b)"},
                    Case{"y ~ I((!a) == b)", "y ~ I((!a) == b)"}, Case{"y ~ I(!a == b)", "y ~ I(!a == b)"},
                    Case{"y ~ I(region == 'London')", "y ~ I(region == \"London\")"},
                    Case{"y ~ I(x/1000000)", "y ~ I(x/1e+06)"},
                    Case{"y ~ poly(x, 2) + factor(g)", "y ~ poly(x, 2) + factor(g)"},
                    Case{"y ~ i(year, x, ref=2014)", "y ~ i(year, x, ref = 2014)"},
                    Case{"y ~ i(g, bin=.('early'=c(1,2), late = 3))", "y ~ i(g, bin = .(early = c(1, 2), late = 3))"},
                    Case{"`my y` ~ `a b` | `unit code`", "`my y` ~ `a b` | `unit code`"}, Case{"y ~ `x`", "y ~ x"},
                    Case{"y ~ caf\xC3\xA9", "y ~ caf\xC3\xA9"}, Case{"y ~\xC2\xA0x\xC2\xA0+ z", "y ~ x + z"},
                    Case{"y ~ x\n  | trust", "y ~ x | trust"}, Case{"y ~ `odd fn`(x)", "y ~ `odd fn`(x)"},
                    Case{"y ~ sw(x)", "y ~ x"}, Case{"y ~ x + z + z:x", "y ~ x + z + x:z"},
                    Case{"y ~ z:x + x", "y ~ z:x + x"}, Case{"y ~ lag(x, 1:2)", "y ~ lag(x, 1) + lag(x, 2)"},
                    Case{"y ~ lead(x) + diff(log(x))", "y ~ lead(x, 1) + diff(log(x), 1)"}));

TEST(Expand, GivesEveryAlternativeInFixestsOrder) {
  EXPECT_EQ(texts("y ~ x + sw(a, b)"), (Texts{"y ~ x + a", "y ~ x + b"}));
  EXPECT_EQ(texts("y ~ x + sw0(a, b)"), (Texts{"y ~ x", "y ~ x + a", "y ~ x + b"}));
  EXPECT_EQ(texts("y ~ csw(a, b, c)"), (Texts{"y ~ a", "y ~ a + b", "y ~ a + b + c"}));
  EXPECT_EQ(texts("y ~ csw0(a, b)"), (Texts{"y ~ 1", "y ~ a", "y ~ a + b"}));
  EXPECT_EQ(texts("y ~ csw(l(x, 1:2), z)"), (Texts{"y ~ l(x, 1) + l(x, 2)", "y ~ l(x, 1) + l(x, 2) + z"}));
  EXPECT_EQ(texts("y ~ x | csw0(trust, quarter)"), (Texts{"y ~ x", "y ~ x | trust", "y ~ x | trust + quarter"}));
  EXPECT_EQ(texts("c(y1, y2) ~ csw(a, b) | sw(f, g)"),
            (Texts{"y1 ~ a | f", "y1 ~ a + b | f", "y2 ~ a | f", "y2 ~ a + b | f", "y1 ~ a | g", "y1 ~ a + b | g",
                   "y2 ~ a | g", "y2 ~ a + b | g"}));
}

TEST(Expand, FitsARatioAsATriplet) {
  const std::vector<ModelFormula> models = expand(parse_formula("ratio(activity, resource) ~ csw(x, z) | trust"));
  ASSERT_EQ(models.size(), 6u);
  EXPECT_EQ(models[0].text, "log(activity) ~ x | trust");
  EXPECT_EQ(models[1].text, "log(resource) ~ x | trust");
  EXPECT_EQ(models[2].text, "log(activity) - log(resource) ~ x | trust");
  EXPECT_EQ(models[5].text, "log(activity) - log(resource) ~ x + z | trust");
  EXPECT_EQ(models[0].role, "activity");
  EXPECT_EQ(models[1].role, "resource");
  EXPECT_EQ(models[2].role, "ratio");
  EXPECT_EQ(texts("ratio(log(a), r) ~ 1")[0], "log(a) ~ 1") << "a logarithm is not taken twice";
  EXPECT_EQ(texts("growth(a, r) ~ x"), (Texts{"log1p(a) ~ x", "log1p(r) ~ x", "log1p(a) - log1p(r) ~ x"}));
  EXPECT_EQ(expand(parse_formula("c(y, growth(a, r)) ~ x"))[3].role, "ratio");
  const std::vector<ModelFormula> parts = expand_split(models[2], "type", {"acute", "community"}, true);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].split_value, "");
  EXPECT_EQ(parts[2].split_value, "community");
  EXPECT_EQ(parts[2].split_column, "type");
}

TEST(Expand, AddsOffsetsUp) {
  const ModelFormula model = expand(parse_formula("y ~ offset(a) + x + exposure(b) | t")).at(0);
  EXPECT_EQ(model.text, "y ~ x + offset(a + log(b)) | t");
  ASSERT_EQ(model.terms.size(), 1u);
  EXPECT_EQ(to_text(*model.offset), "a + log(b)");
  EXPECT_EQ(expand(parse_formula(model.text)).at(0).text, model.text);
  EXPECT_EQ(expand(parse_formula("y ~ offset(l(x, 1))")).at(0).text, "y ~ 1 + offset(l(x, 1))");
  EXPECT_EQ(expand(parse_formula("y ~ x")).at(0).offset, nullptr);
}

TEST(Formula, KeepsPositionsAndColumns) {
  const Formula formula = parse_formula("y ~ x1 + log(size / beds):z | trust");
  const Term& term = formula.regressors[0][1];
  EXPECT_EQ(formula.source.substr(term.where.begin, term.where.end - term.where.begin), "log(size / beds):z");
  EXPECT_EQ(columns_of(*term.factors[0]), (std::vector<std::string>{"size", "beds"}));
  EXPECT_EQ(columns_of(*parse_expression("I(a + b * a)")), (std::vector<std::string>{"a", "b"}));
}

TEST(Terms, ReadAListOfRegressors) {
  const std::vector<Term> terms = parse_terms("l(log(fte), 1) + l(agency, 1:2)");
  ASSERT_EQ(terms.size(), 3u);
  EXPECT_EQ(terms[2].text, "l(agency, 2)");
  EXPECT_THROW(parse_terms("a ~ b"), Error);
  EXPECT_THROW(parse_terms(""), Error);
}

class Mistake : public testing::TestWithParam<Case> {};

TEST_P(Mistake, ShowsTheSpotAndWhatWasExpected) {
  EXPECT_EQ(message_of(GetParam().written), std::string("cannot read the formula: ") + GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, Mistake,
    testing::Values(
        Case{"", "expected a column, a function or a number, found the end\n  \n  ^"},
        Case{"y", "expected '~' between the outcome and the regressors, found the end\n  y\n   ^"},
        Case{"y x",
             "expected '~' between the outcome and the regressors, found 'x'; a name of several words stands between "
             "back-quotes, a text between quotes\n  y x\n    ^"},
        Case{"y ~ ", "expected a column, a function or a number, found the end\n  y ~ \n      ^"},
        Case{"y ~ x +", "expected a column, a function or a number, found the end\n  y ~ x +\n         ^"},
        Case{"y ~ x z",
             "expected '+', '|' or the end, found 'z'; a name of several words stands between back-quotes, a text "
             "between quotes\n  y ~ x z\n        ^"},
        Case{"y ~ log(x", "expected ',' or ')', found the end\n  y ~ log(x\n           ^"},
        Case{"y ~ (x + z", "expected ')' to close the bracket, found the end\n  y ~ (x + z\n            ^"},
        Case{"y ~ x)", "expected '+', '|' or the end, found ')'\n  y ~ x)\n       ^"},
        Case{"y ~ x^2", "a power of a column goes inside I(): write I(x^2)\n  y ~ x^2\n      ^"},
        Case{"y ~ x/2", "'/' between terms has no meaning here; for a quotient write I(a / b)\n  y ~ x/2\n       ^"},
        Case{"y ~ x > 2", "a comparison goes inside I(): write I(x > value)\n  y ~ x > 2\n        ^"},
        Case{"y ~ 2 + x",
             "expected a column or a function; a number alone has no coefficient, found '2'\n  y ~ 2 + x\n      ^"},
        Case{"y ~ .", "'.' does not stand for all other columns here; name the regressors\n  y ~ .\n      ^"},
        Case{"y ~ 'x'", "expected a column or a function, found a text\n  y ~ 'x'\n      ^"},
        Case{"y ~ `x", "expected a closing back-quote\n  y ~ `x\n        ^"},
        Case{"y ~ I(g == 'a)", "expected a closing quote\n  y ~ I(g == 'a)\n                ^"},
        Case{"y ~ ``", "a name between back-quotes is empty\n  y ~ ``\n      ^"},
        Case{"y ~ 2x",
             "'2' is not a number and a name starts with a letter; put odd names in back-quotes\n  y ~ 2x\n      ^"},
        Case{"y ~ x $ z", "'$' has no meaning in a formula\n  y ~ x $ z\n        ^"},
        Case{"y ~ l(x, 1.5)",
             "expected l(column, steps) with whole steps such as 1, 1:4 or c(1, 4)\n  y ~ l(x, 1.5)\n           ^"},
        Case{"y ~ l(x, a)",
             "expected l(column, steps) with whole steps such as 1, 1:4 or c(1, 4)\n  y ~ l(x, a)\n           ^"},
        Case{"y ~ l(x, c())",
             "expected l(column, steps) with whole steps such as 1, 1:4 or c(1, 4)\n  y ~ l(x, c())\n           ^"},
        Case{"y ~ l(x, lag = 2)",
             "expected l(column, steps) with whole steps such as 1, 1:4 or c(1, 4)\n  y ~ l(x, lag = 2)\n      ^"},
        Case{"y ~ I(l(x, 1:2))",
             "several steps of l() inside another expression; write one term each\n  y ~ I(l(x, 1:2))\n        ^"},
        Case{"y ~ x | trust[",
             "expected a column, a function or a number, found the end\n  y ~ x | trust[\n                ^"},
        Case{"y ~ x | trust[a",
             "expected ']' after the slopes of an effect, found the end\n  y ~ x | trust[a\n                 ^"},
        Case{"y ~ x | a:b", "effects are crossed with '^', as in type^quarter\n  y ~ x | a:b\n           ^"},
        Case{"y ~ x | 3", "expected the column of an effect, such as trust or type^quarter\n  y ~ x | 3\n          ^"},
        Case{"y ~ x | t | p",
             "expected '~' between endogenous regressors and instruments, found the end\n  y ~ x | t | p\n             "
             "  ^"},
        Case{"y ~ x | p ~ 0",
             "expected endogenous ~ instruments with a column on either side, or endogenous ~ 1, found the end\n  y ~ "
             "x | p ~ 0\n         "
             "      ^"},
        Case{"ratio(a) ~ x", "expected ratio(activity, resource) with two columns\n  ratio(a) ~ x\n  ^"},
        Case{"growth(a) ~ x",
             "expected growth(activity, resource) with two columns of growth as fractions\n  growth(a) ~ x\n  ^"},
        Case{"c() ~ x", "c() holds no outcome\n  c() ~ x\n  ^"},
        Case{"y ~ x:sw(a, b)",
             "sw() stands alone between plus signs, not inside another term\n  y ~ x:sw(a, b)\n        ^"},
        Case{"y ~ x:offset(z)",
             "offset() and exposure() stand alone between plus signs, not inside another term\n  y ~ x:offset(z)\n     "
             "   ^"},
        Case{"y ~ sw(x, exposure(z))",
             "offset() and exposure() stand alone between plus signs, not inside another term\n  y ~ sw(x, "
             "exposure(z))\n            ^"},
        Case{"y ~ x + I(2 * offset(z))",
             "offset() and exposure() stand alone between plus signs, not inside another term\n  y ~ x + I(2 * "
             "offset(z))\n          ^"},
        Case{"y ~ x - offset(z)",
             "offset() and exposure() stand alone between plus signs, not inside another term\n  y ~ x - offset(z)\n   "
             "  "
             "     ^"},
        Case{"y ~ x + offset()",
             "expected offset(column) with one column or expression\n  y ~ x + offset()\n          ^"},
        Case{"y ~ x + exposure(a, b)",
             "expected exposure(column) with one column or expression\n  y ~ x + exposure(a, b)\n          ^"},
        Case{"caf\xC3\xA9 ~ x z",
             "expected '+', '|' or the end, found 'z'; a name of several words stands between back-quotes, a text "
             "between quotes\n  caf\xC3\xA9 ~ x z\n           ^"}));

TEST(Formula, SurvivesWhatNobodyShouldWrite) {
  const auto repeated = [](const std::string& piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += piece;
    return text;
  };
  const int many = 100000;
  const std::string deep = "brackets are nested too deeply; write this part with fewer";
  EXPECT_NE(message_of("y ~ " + repeated("(", many)).find(deep), std::string::npos);
  EXPECT_NE(message_of("y ~ " + repeated("I(", many)).find(deep), std::string::npos);
  EXPECT_NE(message_of("y ~ I(" + repeated("-", many) + "x)").find(deep), std::string::npos);
  EXPECT_NE(message_of("y ~ I(" + repeated("!", many) + "x)").find(deep), std::string::npos);
  EXPECT_NE(message_of("y ~ I(" + repeated("x^", many) + "x)").find(deep), std::string::npos);
  EXPECT_NE(message_of("y ~ I(x" + repeated("+x", many) + ")").find("more than 1000 operators in one expression"),
            std::string::npos);
  EXPECT_NE(message_of("y ~ (x + z)^9").find("expected a whole power from 1 to 4 of a sum of terms"),
            std::string::npos);
  std::string wide = "x0";
  for (int i = 1; i < 400; ++i) wide += " + x" + std::to_string(i);
  EXPECT_NE(message_of("y ~ (" + wide + ")^3").find("these are more than 5000 terms"), std::string::npos);
  EXPECT_EQ(expand(parse_formula("y ~ " + wide)).front().terms.size(), 400u);
  const std::string alternatives = "sw(" + std::string("a0") + [&] {
    std::string rest;
    for (int i = 1; i < 100; ++i) rest += ", a" + std::to_string(i);
    return rest;
  }() + ")";
  EXPECT_NE(message_of("y ~ " + alternatives + " + " + alternatives).find("more than 5000 models"), std::string::npos);
  const std::string long_name(65536, 'a');
  EXPECT_EQ(parse_formula("y ~ " + long_name).regressors[0][0].text, long_name);
  EXPECT_LT(message_of("y ~ x " + long_name).size(), 400u) << "a message shows the spot, not the whole text";
}

TEST(Formula, ShowsTheSpotOfALongFormula) {
  const std::string lead(200, 'a');
  EXPECT_EQ(message_of("y ~ " + lead + " + $"), "cannot read the formula: '$' has no meaning in a formula\n  ..." +
                                                    std::string(57, 'a') + " + $\n  " + std::string(63, ' ') + "^");
}

TEST(Names, OfAnyCharactersReadBack) {
  for (const char* written :
       {"`Org Code`", "`Org-Code`", "`a/b`", "`2023 beds`", "`a,b`", "`a\\`b`", "`a[1]`", "`(left`", "`King's`"}) {
    const std::string text = std::string("log(y) ~ ") + written + " + l(" + written + ", 1) | " + written + "^t";
    EXPECT_EQ(texts(text), std::vector<std::string>{text});
    EXPECT_EQ(texts(text), texts(texts(text)[0]));
  }
  EXPECT_EQ(to_text(*column_expression("a`b")), "`a\\`b`");
  EXPECT_EQ(parse_expression("`a\\`b`")->name, "a`b");
  EXPECT_EQ(parse_expression("\"say \\\"x\\\"\"")->name, "say \"x\"");
}

TEST(Equality, IsWrittenWithTwoSigns) {
  try {
    parse_expression("type = 'acute'");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "cannot read the formula: expected an operator or the end, found '='; equality is written ==\n"
              "  type = 'acute'\n"
              "       ^");
  }
}

TEST(Keys, AreNamesAndCallsJoinedByHats) {
  EXPECT_EQ(parse_keys("type^`Org Code`^I(beds > 500)").size(), 3u);
  for (const auto& [text, why] : {std::pair{"a + b", "expected '^' or the end, found '+'"},
                                  std::pair{"a-b", "expected '^' or the end, found '-'"},
                                  std::pair{"a[b]", "expected '^' or the end, found '['"}}) {
    try {
      parse_keys(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(why), std::string::npos) << error.message();
    }
  }
}

std::string product_of(int factors) {
  std::string text = "y ~ x1";
  for (int i = 2; i <= factors; ++i) text += "*x" + std::to_string(i);
  return text;
}

TEST(Products, OfManyFactorsCostWhatTheirTermsDo) {
  EXPECT_EQ(parse_formula(product_of(12)).regressors.at(0).size(), 4095u);
  EXPECT_NE(message_of(product_of(13)).find("these are more than 5000 terms; write fewer, or absorb a factor"),
            std::string::npos);
  EXPECT_NE(message_of(product_of(40)).find("these are more than 5000 terms"), std::string::npos);
  EXPECT_EQ(texts("y ~ b:a + a:b + a*b"), std::vector<std::string>{"y ~ a:b + a + b"});
}

}  // namespace
}  // namespace headwater
