// What a command says on standard error while it works: a line with rate and time left where that is a terminal and the
// work takes over two seconds; with --verbose a line for every stage.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "headwater/core/progress.hpp"

namespace headwater::cli {

class Progress final : public StageListener {
 public:
  Progress(bool on_terminal, bool verbose);
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void began(const Stage& stage) noexcept override;
  void ended(const Stage& stage) noexcept override;

 private:
  void paint();  // the thread's work
  void clear();
  const Stage* shown() const;

  bool verbose_;
  bool painted_ = false, stopped_ = false;
  std::vector<const Stage*> active_;
  std::mutex mutex_;
  std::condition_variable stop_;
  std::thread painter_;
};

// "fitting: 3 of 12 (25 %), 1.5 a second, 6 s left"; without parts the seconds that have passed.
std::string progress_line(const std::string& what, std::size_t done, std::size_t total, double seconds);

}  // namespace headwater::cli
