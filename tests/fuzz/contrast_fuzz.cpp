// Questions to `headwater contrast`, over a sound result.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/run/contrast.hpp"
#include "study.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  static const Tree& result = fuzz::study().front();
  try {
    contrast(result, {reinterpret_cast<const char*>(data), size});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
  return 0;
}
