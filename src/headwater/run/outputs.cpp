#include "headwater/run/outputs.hpp"

#include "headwater/core/progress.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/report/html.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/result/result_file.hpp"

namespace headwater {

void write_result_file(const Tree& tree, const RunConfig& config) {
  if (config.output.result.empty()) return;
  const Stage stage("writing " + config.output.result);
  write_result(tree, config.output.result);
}

void write_table_file(const Tree& tree, const RunConfig& config) {
  if (config.output.table.empty()) return;
  write_whole_file(config.output.table, visible(text_report(tree, {.stars = config.output.stars})));
}

void write_report_file(const Tree& tree, const RunConfig& config) {
  if (config.output.report.empty()) return;
  const Stage stage("writing " + config.output.report);
  write_report(config.output.result.empty() ? tree : read_result(config.output.result), config.output.report,
               parse_audience(config.output.audience));
}

}  // namespace headwater
