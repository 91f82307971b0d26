// Identities of aggregates and index numbers for any panel: I9 (totals, time reversal) and I10 (products, links).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "unit/decompositions/small_panel.hpp"

namespace headwater::property {
namespace {

Panel any_panel() {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000000000);
  return small_panel(seed, *rc::gen::inRange(8, 30), 5, *rc::gen::element(1.0, 0.8, 0.6));
}

Decomposition run(const Panel& panel, const std::string& call) {
  Spec spec = small_spec("y ~ 1", "pooled");
  spec.drivers.clear();
  return decomposition(parse_method_call(call).method).run({panel, spec, parse_method_call(call)}).front();
}

double part(const Decomposition& d, const std::string& name) {
  for (std::size_t i = 0; i < d.estimates.names.size(); ++i)
    if (d.estimates.names[i].rfind(name, 0) == 0) return d.estimates.values(static_cast<Index>(i));
  return 0;
}

double aggregate_of(const Panel& panel, double year) {
  double top = 0, bottom = 0;
  for (Index i = 0; i < panel.rows(); ++i) {
    if (panel.column("year").numbers(i) != year) continue;
    top += panel.column("size").numbers(i) * panel.column("y").numbers(i);
    bottom += panel.column("size").numbers(i);
  }
  return top / bottom;
}

RC_GTEST_PROP(Aggregate, EveryMethodSumsToTheChangeAndTheSymmetricOnesNegate, ()) {
  const Panel panel = any_panel();
  const auto once = [&](const std::string& method, const char* from, const char* to) {
    return run(panel, "aggregate(method = " + method + ", share = size, from = " + from + ", to = " + to + ")");
  };
  const double change = aggregate_of(panel, 2014) - aggregate_of(panel, 2010);
  for (const char* method : {"diewert_fox", "melitz_polanec", "griliches_regev", "fhk", "bhc"}) {
    const Decomposition d = once(method, "2010", "2014");
    RC_ASSERT(std::abs(d.estimates.values.sum() - change) <= 1e-12);
    RC_ASSERT(std::abs(d.estimates.influence.sum()) <= 1e-10);
  }
  for (const char* method : {"diewert_fox", "melitz_polanec", "griliches_regev"}) {
    const Decomposition there = once(method, "2010", "2014"), back = once(method, "2014", "2010");
    for (const char* name : {"within", "between"}) RC_ASSERT(std::abs(part(there, name) + part(back, name)) <= 1e-12);
    RC_ASSERT(std::abs(part(there, "entry") + part(back, "exit")) <= 1e-12);
  }
}

RC_GTEST_PROP(Index, FisherIsAProductAndChainsAreLinks, ()) {
  const Panel panel = small_panel(*rc::gen::inRange<std::uint64_t>(0, 1000000000), 12, 5);
  const auto total = [&](const std::string& options) {
    return run(panel, "index(price = size, quantity = w, item = type, " + options + ")").total;
  };
  double v1 = 0, v2 = 0;
  for (Index i = 0; i < panel.rows(); ++i) {
    const double value = panel.column("size").numbers(i) * panel.column("w").numbers(i);
    (panel.column("year").numbers(i) == 2010 ? v1 : v2) +=
        panel.column("year").numbers(i) == 2010 || panel.column("year").numbers(i) == 2014 ? value : 0;
  }
  RC_ASSERT(std::abs(total("method = fisher, from = 2010, to = 2014") +
                     total("method = fisher, of = quantity, from = 2010, to = 2014") - std::log(v2 / v1)) <= 1e-12);
  for (const char* formula : {"laspeyres", "tornqvist", "walsh", "sato_vartia", "paasche"}) {
    const std::string with = std::string("method = ") + formula;
    double links = 0;
    for (int t = 2010; t < 2014; ++t)
      links += total(with + ", from = " + std::to_string(t) + ", to = " + std::to_string(t + 1));
    RC_ASSERT(std::abs(total(with + ", from = 2010, to = 2014, chain = yes") - links) <= 1e-12);
  }
}

}  // namespace
}  // namespace headwater::property
