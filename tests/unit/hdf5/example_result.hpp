// A small result with every kind of item, for tests that need a real file.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

inline Tree example_result() {
  Tree tree;
  tree.attribute("program_version", std::string("0.1.0"));
  tree.attribute("seed", std::int64_t{20260212});
  tree.attribute("wall_time", 0.25);
  Tree& run = tree.child("run");
  run.text("config", "", {"[data]\nfile = café.csv\n"}, "the resolved configuration");
  Tree& fit = tree.child("fits").child("workforce");
  fit.attribute("estimator", std::string("within"));
  fit.attribute("nobs", std::int64_t{1000});
  fit.attribute("models", std::vector<std::string>{"a", "", "ü"});
  fit.attribute("none", std::vector<std::string>{});
  fit.attribute("grid", std::vector<double>{1, 0.5});
  fit.attribute("years", std::vector<std::int64_t>{2013, 2014});
  const std::vector<std::string> terms{"x", "log(é)", "(Intercept)"};
  fit.axis("term", terms, "regressors");
  fit.axis("term_2", terms, "regressors, again");
  fit.axis("note", {}, "warnings");
  fit.axes.push_back({"year", std::vector<std::int64_t>{2013, 2014}, "years"});
  fit.axes.push_back({"grid_point", std::vector<double>{-0.0, 1e-300}, "points"});
  Vector estimate(3);
  estimate << 0.1, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity();
  fit.vector("estimate", "term", estimate, "coefficients", "log points");
  Matrix vcov(3, 3);
  vcov << 4, 0.5, 0.25, 0.5, 9, 0.125, 0.25, 0.125, 16;
  fit.matrix("vcov", "term", "term_2", vcov, "covariance of the coefficients");
  fit.scalar("df", 205, "degrees of freedom");
  fit.text("driver", "term", {"workforce", "", "other"}, "driver group");
  fit.text("note_message", "note", {}, "the warning in words");
  fit.integers("rows", "year", {7, -9007199254740993}, "rows", "rows");
  fit.child("tests").vector("mde", "term", Vector::Ones(3), "an array whose axis is one group further out");
  return tree;
}

// Values bit for bit, so that NaN equals NaN and -0 differs from 0.
inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::isnan(a[i]) && std::isnan(b[i])) && (a[i] != b[i] || std::signbit(a[i]) != std::signbit(b[i])))
      return false;
  return true;
}

}  // namespace headwater
