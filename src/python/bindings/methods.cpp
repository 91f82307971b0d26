// The registries, the simulator and the tails of the reference distributions.
#include "headwater/run/methods.hpp"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include "bindings.hpp"
#include "headwater/core/distributions.hpp"
#include "headwater/run/simulate.hpp"

namespace nb = nanobind;

namespace headwater::python {
namespace {

nb::str text(std::string_view view) { return nb::str(view.data(), view.size()); }

nb::dict option(const OptionCard& card) {
  nb::dict result;
  result["name"] = text(card.name);
  result["type"] = text(card.type);
  result["default"] = text(card.fallback);
  result["help"] = text(card.help);
  return result;
}

nb::dict method(const MethodCard& card) {
  nb::dict result;
  result["name"] = text(card.name);
  result["kind"] = text(card.kind);
  result["question"] = text(card.question);
  result["avoid"] = text(card.avoid);
  result["reference"] = text(card.reference);
  nb::list supports, options;
  for (const std::string_view feature : card.supports) supports.append(text(feature));
  for (const OptionCard& each : card.options) options.append(option(each));
  result["supports"] = supports;
  result["options"] = options;
  return result;
}

nb::typed<nb::list, nb::typed<nb::dict, nb::str, nb::object>> methods() {
  nb::typed<nb::list, nb::typed<nb::dict, nb::str, nb::object>> result;
  for (const MethodSection& section : all_methods())
    for (const MethodCard* card : section.cards) result.append(method(*card));
  return result;
}

std::pair<std::string, std::string> simulated_csv(const std::string& scenario, std::uint64_t seed, int trusts,
                                                  int quarters) {
  const SimulatedPanel panel =
      simulate({.scenario = parse_scenario(scenario), .seed = seed, .trusts = trusts, .quarters = quarters});
  return {panel_csv(panel), truth_csv(panel)};
}

}  // namespace

void bind_methods(nb::module_& module) {
  module.def("student_quantile", &student_quantile, nb::arg("p"), nb::arg("df"));
  module.def("f_upper", &f_upper, nb::arg("f"), nb::arg("df1"), nb::arg("df2"), "P(F > f)");
  module.def("methods", &methods);
  module.def("simulate", &simulated_csv, nb::arg("scenario"), nb::arg("seed"), nb::arg("trusts"), nb::arg("quarters"),
             nb::call_guard<nb::gil_scoped_release>(), "(CSV of the panel, CSV of what was planted)");
}

}  // namespace headwater::python
