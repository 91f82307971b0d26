// SHA-256, FIPS 180-4 section 6.2: padding and pieces; the blocks are worked in hash_blocks.cpp.
#include "headwater/core/hash.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/hash_blocks.hpp"

namespace headwater {
Sha256::Sha256()
    : state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {}

void Sha256::add(const void* bytes, std::size_t count) {
  if (count == 0) return;
  const auto* p = static_cast<const unsigned char*>(bytes);
  total_ += count;
  if (pending_count_ > 0) {
    const std::size_t taken = std::min(count, 64 - pending_count_);
    std::memcpy(pending_ + pending_count_, p, taken);
    pending_count_ += taken;
    p += taken;
    count -= taken;
    if (pending_count_ < 64) return;
    sha256_blocks(state_, pending_, 1);
    pending_count_ = 0;
  }
  sha256_blocks(state_, p, count / 64);
  pending_count_ = count % 64;
  if (pending_count_ > 0) std::memcpy(pending_, p + (count - pending_count_), pending_count_);
}

std::string Sha256::hexadecimal() {
  const std::uint64_t bits = total_ * 8;
  const unsigned char one = 0x80, zero = 0;
  add(&one, 1);
  while (pending_count_ != 56) add(&zero, 1);
  unsigned char length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<unsigned char>(bits >> (56 - 8 * i));
  add(length, 8);
  std::string text;
  for (const std::uint32_t word : state_)
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(word >> shift) & 0xF];
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.hexadecimal();
}

std::string sha256_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(ErrorKind::io, "io.cannot_read",
                "cannot open '" + path + "' for reading; check the path and its permissions", {.file = path});
  Sha256 hash;
  std::vector<char> buffer(1 << 16);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
    hash.add(buffer.data(), static_cast<std::size_t>(file.gcount()));
  return hash.hexadecimal();
}

}  // namespace headwater
