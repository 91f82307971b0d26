// What is shown of units' levels and figures: shrunken values with funnel limits, signal and noise, rank sets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"
#include "headwater/decompositions/shrinkage.hpp"

namespace headwater {

// One row a unit; the decomposition's values and covariance make the funnel.
void add_unit_table(Decomposition& d, const Shrunken& post, const std::string& title, const std::string& above);

// One row a parameter: its likeliest value, mean and interval over what the data leave open.
struct ShownParameter {
  std::string name;
  const SignalNoise* model;
  OfHyper of;
};
void add_parameter_table(Decomposition& d, const std::vector<ShownParameter>& parameters);

// Options ranks, tau and draws of a call.
std::vector<OptionCard> rank_option_cards();
// Ranks with their sets where the call asks for them; only units of one group are compared.
void add_ranks(Decomposition& d, const MethodCall& call, const std::vector<int>& group);

}  // namespace headwater
