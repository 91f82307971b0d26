// Text eight bytes at a time.
#pragma once

#include <cstdint>
#include <cstring>

namespace headwater {

constexpr std::uint64_t kHighBits = 0x8080808080808080u, kOnes = 0x0101010101010101u;

inline std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The high bit of the first byte that is zero, and perhaps of later ones.
inline std::uint64_t zero_bytes(std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; }
inline std::uint64_t bytes_equal(std::uint64_t word, char c) {
  return zero_bytes(word ^ (kOnes * static_cast<unsigned char>(c)));
}

// Eight bytes of plain text: none is NUL, none above 127.
inline bool plain_text(const char* at) {
  const std::uint64_t word = word_at(at);
  return (word & kHighBits) == 0 && zero_bytes(word) == 0;
}

}  // namespace headwater
