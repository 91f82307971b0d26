#include "headwater/core/progress.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

class Heard final : public StageListener {
 public:
  Heard() { listen_to_stages(this); }
  ~Heard() override { listen_to_stages(nullptr); }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;
  void began(const Stage& stage) noexcept override { events.push_back("began " + stage.what()); }
  void ended(const Stage& stage) noexcept override {
    events.push_back("ended " + stage.what() + " " + std::to_string(stage.done()) + "/" +
                     std::to_string(stage.total()));
  }
  std::vector<std::string> events;
};

TEST(Stage, IsHeardFromItsBeginningToItsEnd) {
  const Heard heard;
  {
    const Stage outer("outer");
    Stage inner("inner", 100);
    parallel_for(100, [&](std::size_t) { inner.advance(); });
    EXPECT_GE(inner.seconds(), 0);
  }
  EXPECT_EQ(heard.events,
            (std::vector<std::string>{"began outer", "began inner", "ended inner 100/100", "ended outer 0/0"}));
}

TEST(Stage, NeedsNoListener) {
  Stage stage("alone", 2);
  stage.advance();
  EXPECT_EQ(stage.done(), 1u);
}

TEST(Stage, EndsWhenItsWorkFails) {
  const Heard heard;
  try {
    const Stage stage("failing", 3);
    throw 1;
  } catch (int) {
  }
  EXPECT_EQ(heard.events.back(), "ended failing 0/3");
}

}  // namespace
}  // namespace headwater
