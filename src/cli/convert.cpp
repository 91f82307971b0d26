#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/file_roles.hpp"
#include "headwater/run/run_data.hpp"
#include "output.hpp"

namespace headwater::cli {

std::vector<Flag> convert_flags() {
  return {{"unit", true, false, "column of the unit key, kept as text"},
          {"time", true, false, "column of the time key, kept as text"},
          {"text", true, false, "further columns that stay text, separated by commas"}};
}

int convert_command(const Words& words) {
  const Command& command = *find_command("convert");
  const Flags flags(command, words, 0, 2);
  if (flags.arguments().size() != 2)
    throw Error(ErrorKind::usage, "usage.arguments", "headwater convert takes two files: headwater convert IN OUT.h5");
  const std::string &from = flags.arguments()[0], &to = flags.arguments()[1];
  if (lower(to).rfind(".h5") != to.size() - 3 || to.size() < 4)
    throw Error(ErrorKind::usage, "usage.output",
                "'" + to + "' does not end in .h5; headwater convert writes Headwater's HDF5 panel", {.file = to});
  check_files({{"data file", from}}, {{"panel", to}});
  ReadOptions options{.unit = flags.get("unit"), .time = flags.get("time"), .text = column_list(flags.get("text"))};
  const RawTable table = read_data_table(from, options);
  write_hdf5_panel(table, to);
  print("wrote " + to + ": " + counted(static_cast<long long>(table.source_rows.size()), "row") + ", " +
        counted(static_cast<long long>(table.columns.size()), "column") + "\n");
  for (const Note& note : table.ledger.notes) print("note: " + note.message + "\n");
  return 0;
}

}  // namespace headwater::cli
