// The checksums of HDF5's metadata, made right again in a file that was changed: whoever makes a file makes its sums.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace headwater {

// Bytes of a file that their checksum follows.
struct SummedBlock {
  std::size_t at, size;
};

constexpr std::size_t kSum = 4;
constexpr std::array kSignatures = {"OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTIN", "BTLF", "FAHD",
                                    "FADB", "EAHD", "EAIB", "EADB", "EASB", "FSHD", "FSSE", "SMTB", "SMLI"};

// The hash "lookup3" of R. Jenkins, of which HDF5's specification makes its checksum: words a, b, c, of twelve bytes.
struct Words {
  std::uint32_t a, b, c;

  void mix() {
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
  }
  void finish() {
    c ^= b, c -= std::rotl(b, 14);
    a ^= c, a -= std::rotl(c, 11);
    b ^= a, b -= std::rotl(a, 25);
    c ^= b, c -= std::rotl(b, 16);
    a ^= c, a -= std::rotl(c, 4);
    b ^= a, b -= std::rotl(a, 14);
    c ^= b, c -= std::rotl(b, 24);
  }
};

inline std::uint32_t word(const char* bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 4); ++i)
    value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  return value;
}

inline std::uint32_t sum_of(const char* bytes, std::size_t size) {
  const std::uint32_t first = 0xdeadbeef + static_cast<std::uint32_t>(size);
  Words words{first, first, first};
  const auto add = [&](std::size_t count) {
    words.a += word(bytes, count);
    if (count > 4) words.b += word(bytes + 4, count - 4);
    if (count > 8) words.c += word(bytes + 8, count - 8);
  };
  for (; size > 12; size -= 12, bytes += 12) {
    add(12);
    words.mix();
  }
  if (size == 0) return words.c;
  add(size);
  words.finish();
  return words.c;
}

inline bool sum_follows(const std::string& file, std::size_t at, std::size_t size) {
  return word(file.data() + at + size, kSum) == sum_of(file.data() + at, size);
}

inline std::vector<std::size_t> signatures_in(const std::string& file) {
  std::vector<std::size_t> places;
  for (const char* signature : kSignatures)
    for (std::size_t at = 0; (at = file.find(signature, at)) != std::string::npos; at += kSum) places.push_back(at);
  std::sort(places.begin(), places.end());
  places.push_back(file.size());
  return places;
}

// Those of a sound file: its superblock, object headers, heaps, trees and indices.
inline std::vector<SummedBlock> summed_blocks(const std::string& sound) {
  constexpr std::size_t kLongest = 8192;
  std::vector<SummedBlock> blocks{{0, 44}};
  const std::vector<std::size_t> places = signatures_in(sound);
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    std::size_t size = std::min(places[i + 1] - places[i], kLongest);
    for (size -= std::min(size, kSum); size > kSum && !sum_follows(sound, places[i], size);) --size;
    if (size > kSum) blocks.push_back({places[i], size});
  }
  return blocks;
}

inline void mend_sums(std::string& file, const std::vector<SummedBlock>& blocks) {
  for (const SummedBlock& block : blocks) {
    const std::uint32_t sum = sum_of(file.data() + block.at, block.size);
    for (std::size_t i = 0; i < kSum; ++i) file[block.at + block.size + i] = static_cast<char>(sum >> 8 * i);
  }
}

}  // namespace headwater
