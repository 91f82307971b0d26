// Reference cases: which model a case describes, and how near its numbers an answer must be.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "headwater/estimators/fit.hpp"

namespace headwater::golden {

struct Case {
  std::string id;  // "reference_absent" stands for a folder that is not there
  nlohmann::json json;

  bool absent() const { return json.is_null(); }
  std::string unit() const;  // index columns, "" when the case has none
  std::string time() const;
};
void PrintTo(const Case& one, std::ostream* out);

// Every case of the families, in the order of their names.
std::vector<Case> cases_of(const std::vector<std::string>& families);
std::string case_name(const ::testing::TestParamInfo<Case>& info);

// The case's data, model and weights as this library fits them, plm's conventions where the case is plm's.
Fit fit_case(const Case& one);

// A number, or one of the strings "NaN" and "Infinity".
double number(const nlohmann::json& json);

using Rename = std::function<std::string(const std::string&)>;

// |got − ref| ≤ tolerance · max(|ref|, se), for every coefficient of the case, in any order. `renamed` turns a name of
// the case into ours.
void expect_coefficients(const Fit& fit, const nlohmann::json& one, double tolerance, const Rename& renamed);
// |got − ref| ≤ tolerance · √(Vii Vjj), over `names` of the case.
void expect_covariance(const Fit& fit, const Matrix& covariance, const nlohmann::json& matrix,
                       const std::vector<std::string>& names, double tolerance, const Rename& renamed);
void expect_errors(const Fit& fit, const Matrix& covariance, const nlohmann::json& se, double tolerance,
                   const Rename& renamed);

}  // namespace headwater::golden
