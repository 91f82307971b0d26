// What the library is at, for a program that wants to show it. The library itself prints nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

namespace headwater {

// A piece of work from its construction to its end, of `total` equal parts (0: nobody knows how many).
class Stage {
 public:
  explicit Stage(std::string what, std::size_t total = 0);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void advance() { done_.fetch_add(1, std::memory_order_relaxed); }  // from any thread

  const std::string& what() const { return what_; }
  std::size_t total() const { return total_; }
  std::size_t done() const { return done_.load(std::memory_order_relaxed); }
  double seconds() const;

 private:
  std::string what_;
  std::size_t total_;
  std::atomic<std::size_t> done_{0};
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// Told of stages as they begin and end, one call at a time, from the threads that do the work. A stage lives from
// began() to ended().
class StageListener {
 public:
  virtual ~StageListener() = default;
  virtual void began(const Stage& stage) noexcept = 0;
  virtual void ended(const Stage& stage) noexcept = 0;
};

// One listener for the process; nullptr: nobody listens.
void listen_to_stages(StageListener* listener);

}  // namespace headwater
