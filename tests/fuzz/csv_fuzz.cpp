// Panels as CSV, with the keys of the corpus or without.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  fuzz::Bytes bytes(data, size);
  const std::size_t keys = bytes.below(3);
  const std::string text = bytes.rest();
  try {
    const ReadOptions options{.unit = keys > 0 ? "unit" : "", .time = keys > 1 ? "time" : ""};
    make_panel(parse_csv(text, "fuzz.csv", keys == 2 ? ',' : '\t', options), options);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
  return 0;
}
