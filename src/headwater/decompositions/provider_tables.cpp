#include "headwater/decompositions/provider_tables.hpp"

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/rank_sets.hpp"

namespace headwater {
namespace {

void add_funnel_limits(Decomposition& d, ExtraTable& table) {
  const Vector& values = d.estimates.values;
  const Vector errors = d.covariance.diagonal().cwiseMax(0).cwiseSqrt();
  const Funnel limits = funnel(values, errors);
  std::vector<double> near_low, near_high, far_low, far_high;
  for (Index i = 0; i < values.size(); ++i) {
    const double spread = std::sqrt(errors(i) * errors(i) + limits.variance);
    near_low.push_back(limits.target - normal_quantile(0.975) * spread);
    near_high.push_back(limits.target + normal_quantile(0.975) * spread);
    far_low.push_back(limits.target - normal_quantile(0.999) * spread);
    far_high.push_back(limits.target + normal_quantile(0.999) * spread);
  }
  table.numbers("limit95_low", near_low, "lower 95 % funnel limit", d.unit)
      .numbers("limit95_high", near_high, "upper 95 % funnel limit", d.unit)
      .numbers("limit998_low", far_low, "lower 99.8 % funnel limit", d.unit)
      .numbers("limit998_high", far_high, "upper 99.8 % funnel limit", d.unit);
  add_extra(d, "funnel_target", limits.target, "centre of the funnel", d.unit);
  add_extra(d, "funnel_dispersion", limits.dispersion, "Σz²/n, winsorised at 10 % in each tail");
  add_extra(d, "funnel_variance", limits.variance, "additive over-dispersion", d.unit + "²");
}

std::vector<double> numbers_of(const Vector& values) { return {values.data(), values.data() + values.size()}; }

}  // namespace

void add_unit_table(Decomposition& d, const Shrunken& post, const std::string& title, const std::string& above) {
  ExtraTable table("unit", title, d.estimates.names);
  table
      .numbers("shrunken", numbers_of(post.mean), "posterior mean, over what the data leave open of signal and noise",
               d.unit)
      .numbers("likeliest", numbers_of(post.likeliest), "the same at the likeliest signal and noise alone", d.unit)
      .numbers("std_error", numbers_of(post.deviation), "posterior standard deviation", d.unit)
      .numbers("low", numbers_of(post.low), "lower end of the posterior interval", d.unit)
      .numbers("high", numbers_of(post.high), "upper end of the posterior interval", d.unit)
      .numbers("above", numbers_of(post.above), above);
  add_funnel_limits(d, table);
  table.add_to(d);
}

void add_parameter_table(Decomposition& d, const std::vector<ShownParameter>& parameters) {
  const double tail = 0.5 - d.inference.level / 2;
  Names names;
  std::vector<double> likeliest, mean, low, high;
  for (const ShownParameter& parameter : parameters) {
    names.push_back(parameter.name);
    likeliest.push_back(parameter.of(parameter.model->likeliest));
    mean.push_back(mean_over(*parameter.model, parameter.of));
    low.push_back(quantile_over(*parameter.model, parameter.of, tail));
    high.push_back(quantile_over(*parameter.model, parameter.of, 1 - tail));
  }
  ExtraTable table("parameter", "What lies behind the shrunken levels: signal and noise, and how sure they are", names);
  table.numbers("likeliest", likeliest, "at the maximum of the restricted likelihood")
      .numbers("mean", mean, "mean over what the data leave open: the levels are shrunken by all of it")
      .numbers("low", low, "lower end of the interval")
      .numbers("high", high, "upper end of the interval");
  table.add_to(d);
}

std::vector<OptionCard> rank_option_cards() {
  return {{"ranks", "choice: none | marginal | simultaneous | tau_best", "none", "rank sets to show"},
          {"tau", "integer", "10", "with ranks = tau_best: among how many"},
          {"draws", "integer", "2000", "of the joint normal behind rank sets"}};
}

void add_ranks(Decomposition& d, const MethodCall& call, const std::vector<int>& group) {
  const std::string kind = call.get("ranks", "none");
  if (kind == "none") return;
  const long tau = call.integer("tau", 10), draws = call.integer("draws", 2000);
  if (tau < 1 || draws < 100 || draws > 1000000)
    throw Error(ErrorKind::usage, "decomposition.option",
                call.method + " takes tau of at least 1 and 100 to 1000000 draws; it was given " + call.text,
                {.key = tau < 1 ? "tau" : "draws"});
  const RankProblem problem{d.estimates.values,      d.covariance,    group, d.inference.level,
                            static_cast<int>(draws), d.inference.seed};
  const RankSets sets = kind == "marginal" ? marginal_rank_sets(problem) : simultaneous_rank_sets(problem);
  if (kind == "tau_best") {
    const std::vector<bool> possible = possibly_among_best(sets, static_cast<int>(tau));
    Names names;
    for (std::size_t u = 0; u < possible.size(); ++u)
      if (possible[u]) names.push_back(d.estimates.names[u]);
    ExtraTable table(
        "candidate",
        "Units that may be among the " + std::to_string(tau) + " largest: the set holds them all at the level", names);
    table.add_to(d);
    return;
  }
  const auto widened = [](const std::vector<int>& ranks) { return std::vector<double>(ranks.begin(), ranks.end()); };
  ExtraTable table("rank", "Ranks with their sets (" + kind + "); a rank means nothing without its set",
                   d.estimates.names);
  table.numbers("set_low", widened(sets.low), "best rank in the set")
      .numbers("point", widened(sets.rank), "rank of the estimate")
      .numbers("set_high", widened(sets.high), "worst rank in the set");
  table.add_to(d);
}

}  // namespace headwater
