#include <filesystem>

#include "headwater/report/payload_parts.hpp"

namespace headwater {

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

namespace {

void coverage_of(PayloadContext& c, const Tree& data) {
  if (!data.find_array("coverage_level")) return;
  Positions keep;
  const auto& levels = texts(data, "coverage_level");
  const auto& units = integers(data, "coverage_units");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool few = units[i] < kLeastUnits;
    if (c.publish() && (few || c.units.stands_in(levels[i])))
      ++c.left_out;
    else
      keep.push_back(i);
  }
  c.out.columns(data, {"coverage_column", "coverage_level", "coverage_units", "coverage_rows", "coverage_used"}, &keep);
}

}  // namespace

void data_part(PayloadContext& c) {
  const Tree* data = c.result.find_child("data");
  if (!data) return;
  c.out.json.key("data");
  c.out.json.begin_object();
  c.out.json.member("file", file_name(text_attribute(*data, "file")));
  c.out.attributes(*data, {"sha256", "rows_read", "rows_kept"});
  c.out.columns(*data, {"lost_reason", "lost_rows", "missing_column", "missing_reason", "missing_cells",
                        "suspicion_kind", "suspicion_column"});
  coverage_of(c, *data);
  c.out.columns(*data, {"data_note_message"});
  if (data->find_array("succession_message"))
    c.out.json.member("successions", static_cast<std::int64_t>(texts(*data, "succession_message").size()));
  if (!c.publish()) c.out.columns(*data, {"suspicion_message", "succession_message"});
  c.out.json.end_object();
}

}  // namespace headwater
