#include "headwater/report/json.hpp"

#include <gtest/gtest.h>

#include "small_result.hpp"

namespace headwater {
namespace {

void set_number(Tree& fit, const char* name, std::size_t i, double value) {
  for (LabelledArray& array : fit.arrays)
    if (array.name == name) std::get<std::vector<double>>(array.values)[i] = value;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(FitJson, IsTheContractWordByWord) {
  EXPECT_EQ(
      fits_json(small_result(1)),
      R"~({"schema": "headwater.fit/1", "version": "0.1.0", "estimator": "within", "outcome": "y", "nobs": 1000, "status": "converged", )~"
      R"~("terms": [{"term": "log(fte)", "estimate": 0.25, "std_error": 0.10000000000000001, "statistic": 2.5, "p_value": 0.014500000000000001, )~"
      R"~("conf_low": 0.050000000000000003, "conf_high": 0.45000000000000001, "mde": 0.28000000000000003}, )~"
      R"~({"term": "share", "estimate": -12.5, "std_error": 4, "statistic": -3.125, "p_value": 0.00029999999999999997, )~"
      R"~("conf_low": -20.5, "conf_high": -4.5, "mde": 11.199999999999999}], )~"
      R"~("vcov": {"type": "cluster", "profile": "fixest", "names": ["log(fte)", "share"], )~"
      R"~("matrix": [[0.01, 0.125], [0.125, 16]], "df": 49, "arithmetic": "G/(G-1) = 50/49", )~"
      R"~("clusters": [{"name": "trust", "count": 50}]}, "df_residual": 947, "sigma2": 0.5, "r_squared": 0.92000000000000004, )~"
      R"~("r_squared_within": 0.20000000000000001, "rss": 80, "effects": [{"name": "trust", "levels": 50, "redundant": 0}], )~"
      R"~("effects_rank": 50, "not_identified": [{"term": "dma", "because": ["trust"]}], )~"
      R"~("sample": {"rows_read": 1200, "rows_used": 1000, "dropped": [{"reason": "fte has no value", "rows": 200}], )~"
      R"~("columns_dropped": [{"term": "dma", "because": ["trust"]}]}, "id": "staff", "formula": "y ~ log(fte) + share + dma | trust", )~"
      R"~("warnings": [{"code": "formula.log_plus", "message": "log(x + 1) depends on the unit of x"}]})~"
      "\n");
}

TEST(FitJson, NumbersThatAreNotFiniteAreNullWithTheReasonInPlace) {
  Tree result = small_result(1);
  Tree& fit = result.child("fits").children.front();
  set_number(fit, "std_error", 1, std::nan(""));
  set_number(fit, "vcov", 3, std::numeric_limits<double>::infinity());
  set_number(fit, "df", 0, std::numeric_limits<double>::infinity());
  const std::string json = fits_json(result);
  EXPECT_TRUE(contains(json, R"("std_error": null)"));
  EXPECT_TRUE(contains(json, R"("matrix": [[0.01, 0.125], [0.125, null]], "df": null)"));
  EXPECT_TRUE(contains(json, R"("undefined": {"std_error": "not a finite number"}})")) << json;
  EXPECT_TRUE(contains(json, R"("undefined": {"matrix": "not finite for some coefficients", )"
                             R"("df": "infinite: the normal distribution"}})"))
      << json;
  EXPECT_TRUE(contains(json, R"("warnings": [{"code": "formula.log_plus", "message": )")) << json;
}

TEST(FitJson, SeveralFitsAreAList) {
  const std::string json = fits_json(small_result(2));
  EXPECT_EQ(json.rfind(R"({"schema": "headwater.fits/1", "fits": [{"schema": "headwater.fit/1")", 0), 0u);
  EXPECT_TRUE(contains(json, R"("id": "staff.2")"));
}

TEST(FitJson, AFailureCarriesItsReason) {
  Tree result = small_result(2);
  Tree& fit = result.child("fits").children.back();
  fit.attribute("status", std::string("failed"));
  fit.attribute("error_kind", std::string("numerical"));
  fit.attribute("error_code", std::string("fit.singular"));
  fit.attribute("error_message", std::string("no \"slope\" is left"));
  EXPECT_TRUE(contains(
      fits_json(result),
      R"("status": "failed", "error": {"kind": "numerical", "code": "fit.singular", "message": "no \"slope\" is left"}})"));
}

TEST(DecompositionJson, IsTheContractWithWhatIsNotEstimableAsNull) {
  Tree result = small_result(1);
  result.child("decompositions").child("staff").children.push_back(small_decomposition());
  const std::string json = decompositions_json(result);
  EXPECT_EQ(json.rfind(R"({"schema": "headwater.decomposition/1", "fit": {"schema": "headwater.fit/1")", 0), 0u);
  EXPECT_TRUE(contains(
      json,
      R"("decompositions": [{"method": "change", "options": {"from": "2013", "to": "2016"}, "components": [)"
      R"({"component": "workforce", "estimate": 0.029999999999999999, "std_error": 0.0050000000000000001, "conf_low": 0.02, )"
      R"("conf_high": 0.040000000000000001, "share": 0.75, "estimable": true}, )"
      R"({"component": "effects: trust", "estimate": 0.01, "std_error": null, "conf_low": null, "conf_high": null, )"
      R"("share": 0.25, "estimable": false, "undefined": {"std_error": "not estimable", )"
      R"("conf_low": "not estimable", "conf_high": "not estimable"}}], "total": {"estimate": 0.040000000000000001, "std_error": 0.0060000000000000001}, )"
      R"("closure_error": 1.0000000000000001e-17, "covariance": [[2.5000000000000001e-05, null], [null, null]])"))
      << json;
  EXPECT_TRUE(contains(json, R"("undefined": {"covariance": "not estimable for some components"}})")) << json;
}

TEST(ErrorJson, SaysWhere) {
  EXPECT_EQ(
      error_json(Error(ErrorKind::data, "data.duplicate_key", "two rows for 'RAL'", {.file = "a.csv", .row = 7})),
      R"({"schema": "headwater.error/1", "kind": "data", "code": "data.duplicate_key", "message": "two rows for 'RAL'", )"
      R"("file": "a.csv", "row": 7, "column": null})"
      "\n");
}

}  // namespace
}  // namespace headwater
