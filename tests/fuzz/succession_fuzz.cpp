// Succession tables over a panel of four units.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/hdf5/scratch_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  static const std::string panel = [] {
    std::string text = "unit,time,y\n";
    for (const char* unit : {"R0A", "R1B", "R2C", "R3D"})
      for (int year = 2015; year < 2020; ++year)
        if (unit[1] != '1' || year < 2018) text += std::string(unit) + "," + std::to_string(year) + ",1.5\n";
    return text;
  }();
  static const ScratchFolder folder;
  static const std::string table = folder / "succession.csv";
  std::filesystem::remove(table);  // what is truncated would be flushed to the disk
  put_bytes(table, {reinterpret_cast<const char*>(data), size});
  try {
    const ReadOptions options{.unit = "unit", .time = "time", .succession = table};
    make_panel(parse_csv(panel, "panel.csv", ',', options), options);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
  return 0;
}
