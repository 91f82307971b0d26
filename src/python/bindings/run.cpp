// Configuration, panel, run: what `headwater run` and `headwater fit` do, on files and on data in memory.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "bindings.hpp"
#include "headwater/panel/arrow_stream.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/report/html.hpp"
#include "headwater/run/again.hpp"
#include "headwater/run/fitted.hpp"
#include "headwater/run/outputs.hpp"
#include "headwater/run/pipeline.hpp"
#include "headwater/run/run_data.hpp"

namespace nb = nanobind;

namespace headwater::python {
namespace {

struct PanelHandle {
  std::shared_ptr<const Panel> panel;
};

PanelHandle held(Panel panel) { return {std::make_shared<const Panel>(std::move(panel))}; }

// The stream stays the capsule's, which releases it; reading it uses it up.
PanelHandle read_stream(const RunConfig& config, const nb::capsule& capsule, const std::string& label,
                        const std::string& sha256) {
  auto* stream = static_cast<arrow_c::ArrowArrayStream*>(capsule.data("arrow_array_stream"));
  const nb::gil_scoped_release no_lock;
  const ReadOptions options = read_options(config);
  RawTable table = read_arrow_stream(*stream, label, options);
  table.ledger.sha256 = sha256;
  return held(make_panel(std::move(table), options));
}

PanelHandle read_file_panel(const RunConfig& config) {
  const nb::gil_scoped_release no_lock;
  return held(read_run_panel(config));
}

// A report that this build cannot write is refused before anything is computed.
Node run_on(const RunConfig& config, const PanelHandle& panel) {
  const nb::gil_scoped_release no_lock;
  if (!config.output.report.empty()) report_html(report_page(), "", "");
  auto tree = std::make_shared<const Tree>(describe(run(config, *panel.panel)));
  write_result_file(*tree, config);
  write_table_file(*tree, config);
  write_report_file(*tree, config);
  return {std::move(tree)};
}

using Drivers = std::vector<std::pair<std::string, std::string>>;

RunConfig ask_again(const RunConfig& config, const std::string& model, const std::string& covariance,
                    const std::string& profile, const Names& tests, const Names& use, const Drivers& drivers) {
  return asked_again(config, {model, covariance, profile, tests, use, drivers});
}

Node fitted_rows(const RunConfig& config, const PanelHandle& panel, const std::string& fit) {
  return {std::make_shared<const Tree>(fitted(config, *panel.panel, fit))};
}

Node predicted_rows(const RunConfig& config, const PanelHandle& panel, const std::string& fit,
                    const PanelHandle& other) {
  return {std::make_shared<const Tree>(predicted(config, *panel.panel, fit, *other.panel))};
}

}  // namespace

void bind_run(nb::module_& module) {
  nb::class_<PanelHandle>(module, "Panel", "Immutable columns with unit and time keys, sorted.")
      .def_prop_ro("rows", [](const PanelHandle& self) { return self.panel->rows(); })
      .def_prop_ro("unit", [](const PanelHandle& self) { return self.panel->keys().unit; })
      .def_prop_ro("time", [](const PanelHandle& self) { return self.panel->keys().time; })
      .def_prop_ro("source", [](const PanelHandle& self) { return self.panel->ledger().file; })
      .def_prop_ro("columns", [](const PanelHandle& self) {
        Names names;
        for (const Column& column : self.panel->columns()) names.push_back(column.name);
        return names;
      });
  nb::class_<RunConfig>(module, "Config", "A resolved run.")
      .def_static("from_flags", &config_from_flags, nb::arg("settings"))
      .def_static("from_file", &read_config, nb::arg("path"), nb::arg("overrides"))
      .def_prop_ro("data_file", [](const RunConfig& self) { return self.data.file; })
      .def_prop_ro("text", [](const RunConfig& self) { return to_text(self); })
      .def("read_file", &read_file_panel)
      .def("read_stream", &read_stream, nb::arg("stream"), nb::arg("label"), nb::arg("sha256"))
      .def("again", &ask_again, nb::arg("model"), nb::arg("covariance"), nb::arg("profile"), nb::arg("tests"),
           nb::arg("use"), nb::arg("drivers"))
      .def("fitted", &fitted_rows, nb::arg("panel"), nb::arg("fit"), nb::call_guard<nb::gil_scoped_release>())
      .def("predicted", &predicted_rows, nb::arg("panel"), nb::arg("fit"), nb::arg("other"),
           nb::call_guard<nb::gil_scoped_release>())
      .def("run", &run_on, nb::arg("panel"), "Computes without the interpreter lock; writes the files asked for.");
}

}  // namespace headwater::python
