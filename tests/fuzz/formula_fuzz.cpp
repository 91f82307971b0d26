// Formulas, expressions, conditions and method calls as text.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/formula/formula.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto reads = [&](const auto& read) {
    try {
      read();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::internal) std::abort();
    }
  };
  reads([&] { parse_formula(text); });
  reads([&] {
    const ExpressionPtr expression = parse_expression(text);
    if (to_text(*parse_expression(to_text(*expression))) != to_text(*expression)) std::abort();
  });
  reads([&] { parse_method_call(text); });
  return 0;
}
