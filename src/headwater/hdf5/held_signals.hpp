// Signals that wait while a file has a temporary name, or that would end the process where an error code says as much.
#pragma once

#include <csignal>

namespace headwater {

// SIGXFSZ is blocked in this thread and thrown away: write() says EFBIG.
class NoSizeSignal {
 public:
  NoSizeSignal();
  ~NoSizeSignal();
  NoSizeSignal(const NoSizeSignal&) = delete;
  NoSizeSignal& operator=(const NoSizeSignal&) = delete;

 private:
  sigset_t before_;
};

// SIGINT, SIGTERM, SIGHUP and SIGQUIT wait in this thread, so that a temporary file can be removed first; those that
// the process ignores are left alone. They are delivered when this ends.
class StopSignalsWait {
 public:
  StopSignalsWait();
  ~StopSignalsWait();
  StopSignalsWait(const StopSignalsWait&) = delete;
  StopSignalsWait& operator=(const StopSignalsWait&) = delete;

  bool arrived() const;

 private:
  sigset_t held_, before_;
};

}  // namespace headwater
