// SHA-256 of bytes, as lower-case hexadecimal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headwater {

class Sha256 {
 public:
  Sha256();
  void add(const void* bytes, std::size_t count);
  std::string hexadecimal();  // ends the message

 private:
  std::uint32_t state_[8];
  unsigned char pending_[64];
  std::size_t pending_count_ = 0;
  std::uint64_t total_ = 0;
};

std::string sha256(std::string_view bytes);
std::string sha256_of_file(const std::string& path);  // throws Error{io}

}  // namespace headwater
