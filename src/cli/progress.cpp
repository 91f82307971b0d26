#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <system_error>

#include "headwater/core/text.hpp"
#include "headwater/core/utf8.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

constexpr std::chrono::milliseconds kBefore{2000}, kBetween{200};
constexpr std::size_t kMostActive = 64, kWidth = 79;
constexpr const char* kToLineStart = "\r\x1b[K";

void to_terminal(const std::string& text) {
  const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
  static_cast<void>(ignored);
}

// "62 s", "12 min", "4 h".
std::string lasting(double seconds) {
  const double minutes = seconds / 60;
  const double value = seconds < 100 ? seconds : minutes < 100 ? minutes : minutes / 60;
  return thousands(static_cast<long long>(std::ceil(value))) + (seconds < 100 ? " s" : minutes < 100 ? " min" : " h");
}

}  // namespace

std::string progress_line(const std::string& what, std::size_t done, std::size_t total, double seconds) {
  if (total < 2) return what + ": " + lasting(seconds);
  std::string line = what + ": " + thousands(static_cast<long long>(done)) + " of " +
                     thousands(static_cast<long long>(total)) + " (" + std::to_string(100 * done / total) + " %)";
  if (done == 0 || seconds <= 0) return line;
  const double rate = static_cast<double>(done) / seconds;
  return line + ", " + significant(rate, 3) + " a second, " + lasting(static_cast<double>(total - done) / rate) +
         " left";
}

Progress::Progress(bool on_terminal, bool verbose) : verbose_(verbose) {
  active_.reserve(kMostActive);
  listen_to_stages(this);
  if (!on_terminal) return;
  try {
    painter_ = std::thread([this] { paint(); });
  } catch (const std::system_error&) {
    // No thread to be had: the work goes on unseen.
  }
}

Progress::~Progress() {
  listen_to_stages(nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_all();
  if (painter_.joinable()) painter_.join();
  clear();
}

void Progress::began(const Stage& stage) noexcept {
  const std::lock_guard lock(mutex_);
  if (active_.size() < kMostActive) active_.push_back(&stage);
}

void Progress::ended(const Stage& stage) noexcept {
  const std::lock_guard lock(mutex_);
  active_.erase(std::remove(active_.begin(), active_.end(), &stage), active_.end());
  if (!verbose_) return;
  clear();
  print_error("headwater: " + stage.what() + ": " +
              (stage.total() > 1 ? thousands(static_cast<long long>(stage.done())) + " of " +
                                       thousands(static_cast<long long>(stage.total())) + ", "
                                 : "") +
              significant(stage.seconds(), 3) + " s\n");
}

// The innermost stage that has parts to count, else the innermost.
const Stage* Progress::shown() const {
  const auto counted = std::find_if(active_.rbegin(), active_.rend(), [](const Stage* s) { return s->total() > 1; });
  if (counted != active_.rend()) return *counted;
  return active_.empty() ? nullptr : active_.back();
}

void Progress::paint() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // they are the worker's, which may have a temporary file to remove
  std::unique_lock lock(mutex_);
  if (stop_.wait_for(lock, kBefore, [this] { return stopped_; })) return;
  while (!stopped_) {
    if (const Stage* stage = shown()) {
      const std::string line = visible(progress_line(stage->what(), stage->done(), stage->total(), stage->seconds()));
      to_terminal(kToLineStart + shortened(line, kWidth));
      painted_ = true;
    }
    stop_.wait_for(lock, kBetween, [this] { return stopped_; });
  }
}

void Progress::clear() {
  if (painted_) to_terminal(kToLineStart);
  painted_ = false;
}

}  // namespace headwater::cli
