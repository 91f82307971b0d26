// One fully resolved model. Nothing is left to default silently: requested and used options are both kept.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/core/method.hpp"
#include "headwater/formula/formula.hpp"

namespace headwater {

struct DriverGroup {
  std::string name;         // "capital", "workforce", ...
  std::vector<Term> terms;  // as written in the model file
};

enum class Singletons { drop, keep };

struct Spec {
  std::string id;     // unique within a run: "workforce.ratio"
  std::string model;  // name of the model file or section
  std::string title;
  std::string question;  // first comment of the model file
  ModelFormula formula;
  MethodCall estimator;   // e.g. within, long_difference(periods = 4)
  MethodCall covariance;  // e.g. cluster(trust), driver as written; the default is resolved by the plan
  std::string profile = "fixest";
  bool every_profile = false;  // errors under all the others are asked for
  std::string weights;         // column name or ""
  ExpressionPtr subset;        // rows where it holds, or null: all
  Singletons singletons = Singletons::drop;
  std::vector<DriverGroup> drivers;
  std::vector<MethodCall> decompositions;
  std::vector<std::string> tests;  // linear combinations "a + b = 0"
  double level = 0.95;
  double power = 0.80;
  // Expressions that must not be missing besides those of the formula: the other outcomes of a triplet, the other
  // models of a comparison with sample = common.
  std::vector<ExpressionPtr> also_required;
  std::uint64_t seed = 0;
  MethodCall bootstrap;  // of the decompositions; an empty method: none
  // How often each panel row was drawn, in a replicate or with a unit left out; null: every row once.
  std::shared_ptr<const Vector> drawn;
};

}  // namespace headwater
