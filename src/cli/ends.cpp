#include "ends.hpp"

#include <unistd.h>

#include "headwater/core/error.hpp"

namespace headwater::cli {

void end_at_once(std::string_view message) {
  const ssize_t ignored = ::write(STDERR_FILENO, message.data(), message.size());
  static_cast<void>(ignored);
  ::_exit(exit_code(ErrorKind::internal));
}

void end_without_memory() {
  end_at_once("headwater: error: there is not enough memory for this; use fewer rows or columns\n");
}

}  // namespace headwater::cli
