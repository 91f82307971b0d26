#include "headwater/core/error.hpp"

#include <utility>

namespace headwater {

const char* name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "usage";
    case ErrorKind::data: return "data";
    case ErrorKind::formula: return "formula";
    case ErrorKind::identification: return "identification";
    case ErrorKind::numerical: return "numerical";
    case ErrorKind::io: return "io";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return 2;
    case ErrorKind::data: return 3;
    case ErrorKind::formula: return 4;
    case ErrorKind::identification: return 5;
    case ErrorKind::numerical: return 6;
    case ErrorKind::io: return 7;
    case ErrorKind::internal: return 70;
  }
  return 70;
}

Error::Error(ErrorKind kind, std::string code, std::string message, Place place)
    : kind_(kind), code_(std::move(code)), message_(std::move(message)), place_(std::move(place)) {}

}  // namespace headwater
