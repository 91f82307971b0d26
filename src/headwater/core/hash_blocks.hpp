// Blocks of 64 bytes into the state of SHA-256 (FIPS 180-4, 6.2.2), with the processor's own instructions where it has
// them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace headwater {

void sha256_blocks(std::uint32_t (&state)[8], const unsigned char* bytes, std::size_t blocks);
// The same in plain C++.
void sha256_blocks_portable(std::uint32_t (&state)[8], const unsigned char* bytes, std::size_t blocks);

}  // namespace headwater
