// Random strings of the grammar's own tokens: they parse, or they are refused with the formula error; never anything
// else. What parses has a canonical text that reads back to itself.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "headwater/core/error.hpp"
#include "headwater/formula/formula.hpp"

namespace headwater {
namespace {

constexpr std::array kTokens = {
    "y",     "x",  "z",      "trust", "`a b`", "1", "0",    "2.5",      "'t'", "\"q\"", "+",  "-",
    "*",     "/",  "^",      ":",     "~",     "|", "(",    ")",        "[",   "]",     "[[", "]]",
    ",",     "=",  "==",     "<=",    "!",     "&", "log(", "I(",       "l(x", "f(",    "d(", "sw(",
    "csw0(", "c(", "ratio(", "i(",    "poly(", "%", "1e9",  "\xC3\xA9", " "};

class Soup {
 public:
  explicit Soup(unsigned seed) : random_(seed) {}

  std::string tokens() {
    std::string text;
    for (unsigned n = pick(14); n > 0; --n) text += kTokens[pick(kTokens.size())];
    return text;
  }

  // A formula that is right more often than not.
  std::string formula() {
    std::string text = pick(4) == 0 ? "ratio(y, x) ~ " : "y ~ ";
    text += sum(3);
    if (pick(2)) text += " | trust" + std::string(pick(2) ? "^x" : "[z]");
    if (pick(4) == 0) text += " | endogenous ~ z";
    return text;
  }

 private:
  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }  // the same on every machine

  std::string sum(int depth) {
    std::string text = term(depth);
    for (unsigned n = pick(3); n > 0; --n) text += (pick(6) ? " + " : " - ") + term(depth);
    return text;
  }

  std::string term(int depth) {
    switch (depth == 0 ? 0 : pick(8)) {
      case 1: return "I(" + arithmetic(depth) + ")";
      case 2: return "l(" + arithmetic(depth - 1) + ", 1:" + std::to_string(1 + pick(3)) + ")";
      case 3: return term(depth - 1) + ":" + term(depth - 1);
      case 4: return "(" + sum(depth - 1) + ")";
      case 5: return term(depth - 1) + "*" + term(depth - 1);
      case 6: return "csw(x, " + term(depth - 1) + ")";
      case 7: return "i(trust, " + arithmetic(depth - 1) + ")";
      default: return kTokens[pick(5)];
    }
  }

  std::string arithmetic(int depth) {
    if (depth == 0) return kTokens[pick(8)];
    static constexpr std::array kOperators = {"+", "-", "*", "/", "^", " == ", " < ", " & ", " | ", ":"};
    switch (pick(5)) {
      case 0: return "(" + arithmetic(depth - 1) + ")";
      case 1: return std::string(pick(2) ? "-" : "!") + arithmetic(depth - 1);
      case 2: return "log(" + arithmetic(depth - 1) + ")";
      default: return arithmetic(depth - 1) + kOperators[pick(kOperators.size())] + arithmetic(depth - 1);
    }
  }

  std::mt19937 random_;
};

bool reads_back(const std::string& text) {
  std::vector<ModelFormula> models;
  try {
    models = expand(parse_formula(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "formula.syntax") << text;
    EXPECT_NE(error.message().find("\n  "), std::string::npos) << text;
    return false;
  }
  for (const ModelFormula& model : models) {
    const std::vector<ModelFormula> again = expand(parse_formula(model.text));
    EXPECT_EQ(again.size(), 1u) << text;
    EXPECT_EQ(again.front().text, model.text) << text;
    EXPECT_EQ(again.front().intercept, model.intercept) << text;
    EXPECT_EQ(again.front().terms.size(), model.terms.size()) << text;
  }
  return true;
}

TEST(TokenSoup, ParsesOrIsRefused) {
  Soup soup(20260212);
  for (int i = 0; i < 20000; ++i) reads_back(soup.tokens());
}

TEST(TokenSoup, MostWellMeantFormulasParseAndReadBack) {
  Soup soup(7);
  int parsed = 0;
  for (int i = 0; i < 5000; ++i) parsed += reads_back(soup.formula());
  EXPECT_GT(parsed, 1500);
}

}  // namespace
}  // namespace headwater
