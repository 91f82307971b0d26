#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/hash_blocks.hpp"
#include "headwater/core/json.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

// Known answers of FIPS 180-4.
TEST(Sha256, IsTheSameInPlainCppAndByInstructions) {
  std::string bytes;
  for (int i = 0; i < 64 * 9; ++i) bytes += static_cast<char>((i * i + 7 * i) % 251);
  for (const std::size_t blocks : {std::size_t{1}, std::size_t{9}}) {
    std::uint32_t fast[8] = {1, 2, 3, 4, 0x9b05688c, 6, 7, 0xFFFFFFFF}, plain[8];
    std::copy(std::begin(fast), std::end(fast), plain);
    sha256_blocks(fast, reinterpret_cast<const unsigned char*>(bytes.data()), blocks);
    sha256_blocks_portable(plain, reinterpret_cast<const unsigned char*>(bytes.data()), blocks);
    EXPECT_TRUE(std::equal(std::begin(fast), std::end(fast), plain));
  }
}

TEST(Sha256, MatchesThePublishedAnswers) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Known answers of Random123's kat_vectors for philox4x32-10.
TEST(Philox, MatchesThePublishedAnswers) {
  using Block = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(RandomStream, HasTheMomentsItPromises) {
  RandomStream stream(1, 2, 3);
  double normal = 0, square = 0, gamma = 0, beta = 0;
  constexpr int kDraws = 200000;
  for (int i = 0; i < kDraws; ++i) {
    const double z = stream.normal();
    normal += z;
    square += z * z;
    gamma += stream.gamma(2.5);
    beta += stream.beta(2, 6);
  }
  EXPECT_NEAR(normal / kDraws, 0, 0.01);
  EXPECT_NEAR(square / kDraws, 1, 0.015);
  EXPECT_NEAR(gamma / kDraws, 2.5, 0.02);
  EXPECT_NEAR(beta / kDraws, 0.25, 0.002);
}

TEST(RandomStream, DependsOnItsKeysAlone) {
  RandomStream a(5, 1, 9), b(5, 1, 9), other(5, 1, 10);
  EXPECT_EQ(a.bits(), b.bits());
  EXPECT_NE(a.bits(), other.bits());
}

TEST(ParallelFor, GivesTheSameBitsForAnyNumberOfThreads) {
  std::vector<double> values(100003);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i)) * 1e8;
  const double expected = pairwise_sum(values.data(), values.size());
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    std::vector<double> parts(64);
    parallel_for(parts.size(), [&](std::size_t b) { parts[b] = pairwise_sum(values.data() + b * 1000, 1000); });
    const double total = std::accumulate(parts.begin(), parts.end(), 0.0);
    static const double first = total;
    EXPECT_EQ(total, first);
    EXPECT_EQ(pairwise_sum(values.data(), values.size()), expected);
  }
  set_threads(0);
}

TEST(ParallelFor, RethrowsTheFailureOfTheLowestIndex) {
  set_threads(4);
  try {
    parallel_for(100, [](std::size_t i) {
      if (i >= 40) throw Error(ErrorKind::numerical, "test", std::to_string(i));
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "40");
  }
  set_threads(0);
}

TEST(PairwiseSum, KeepsDigitsThatANaiveSumLoses) {
  std::vector<double> values(1000000, 0.1);
  EXPECT_NEAR(pairwise_sum(values.data(), values.size()), 100000.0, 1e-9);
}

TEST(JsonWriter, WritesSeventeenDigitsAndCountsWhatIsUndefined) {
  JsonWriter json;
  json.begin_object();
  json.member("x", 0.1);
  json.member("n", std::int64_t{3});
  json.member("bad", std::nan(""));
  json.key("list");
  json.begin_array();
  json.value("a\"\n");
  json.value(true);
  json.end_array();
  json.end_object();
  EXPECT_EQ(json.text(), "{\"x\": 0.10000000000000001, \"n\": 3, \"bad\": null, \"list\": [\"a\\\"\\n\", true]}");
  EXPECT_EQ(json.undefined_numbers(), 1);
}

}  // namespace
}  // namespace headwater
