#include "headwater/core/threads.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace headwater {
namespace {

struct ThreadsByDefault : testing::Test {
  void TearDown() override {
    unsetenv("HEADWATER_THREADS");
    set_threads(0);
  }
};

TEST_F(ThreadsByDefault, AreThoseOfTheEnvironmentWhereItNamesSome) {
  setenv("HEADWATER_THREADS", "3", 1);
  set_threads(0);
  EXPECT_EQ(threads(), 3);
  set_threads(2);
  EXPECT_EQ(threads(), 2);
}

TEST_F(ThreadsByDefault, AreAllProcessorsWhereItNamesNone) {
  set_threads(0);
  const int all = threads();
  EXPECT_GE(all, 1);
  for (const char* nonsense : {"", "-2", "many", "1000000"}) {
    setenv("HEADWATER_THREADS", nonsense, 1);
    set_threads(0);
    EXPECT_EQ(threads(), all) << nonsense;
  }
}

TEST(ParallelRun, RunsEveryTaskAndThrowsWhatTheFirstThatFailedThrew) {
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    int a = 0, b = 0, c = 0;
    parallel_run({[&] { a = 1; }, [&] { b = 2; }, [&] { c = 3; }});
    EXPECT_EQ(a * 100 + b * 10 + c, 123);
    try {
      parallel_run({[] {}, [] { throw std::runtime_error("second"); }, [] { throw std::runtime_error("third"); }});
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(std::string(error.what()), "second");
    }
  }
  set_threads(0);
}

}  // namespace
}  // namespace headwater
