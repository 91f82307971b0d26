// Instruments of a model with random effects: which are made of the model's own columns, and which variances they go
// with.
#pragma once

#include "headwater/estimators/error_components.hpp"
#include "headwater/estimators/whitening.hpp"

namespace headwater {

// What is made of columns: nothing; their two parts, means and what varies about them; and of the model's own
// regressors, for a formula that ends in endogenous ~ 1, those parts, with the value in each period of exogenous ones,
// of all.
enum class Made { nothing, parts, own_parts, exogenous_periods, all_periods };

// A way to use instruments beside random effects.
struct RandomInstruments {
  const char* name;
  Made made;
  const char* words;  // of the variances
  ErrorComponents (*components)(const ComponentData& data);

  bool own() const { return made >= Made::own_parts; }
  bool balanced() const { return made >= Made::exogenous_periods; }  // every unit needs a row in every period
};

// `iv` of the estimator random.
OptionCard random_instruments_card();
// What `call` asks for. Throws Error{usage, "estimator.unsupported" | "iv.own_instruments" | "iv.outside_instruments"},
// Error{data, "iv.unbalanced"}, Error{identification, "iv.too_few_lasting"} where the design does not have what it
// needs.
const RandomInstruments& random_instruments(const EstimatorInput& input);

// The instruments left out of the equation, whitened, with their names; regressors that instrument themselves and what
// adds nothing are not among them.
struct MadeInstruments {
  Matrix columns;
  Names names;
  Names unused;  // outside instruments that add nothing
};
MadeInstruments made_instruments(const RandomInstruments& how, const ComponentData& data,
                                 const RandomWhitening& whitening);

}  // namespace headwater
