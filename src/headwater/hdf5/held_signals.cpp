#include "headwater/hdf5/held_signals.hpp"

namespace headwater {
namespace {

constexpr int kStopSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

NoSizeSignal::NoSizeSignal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

NoSizeSignal::~NoSizeSignal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGXFSZ);
  const timespec at_once{};
  if (sigismember(&before_, SIGXFSZ) == 0) sigtimedwait(&set, nullptr, &at_once);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

StopSignalsWait::StopSignalsWait() {
  sigemptyset(&held_);
  for (const int signal : kStopSignals)
    if (!ignored(signal)) sigaddset(&held_, signal);
  pthread_sigmask(SIG_BLOCK, &held_, &before_);
}

StopSignalsWait::~StopSignalsWait() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool StopSignalsWait::arrived() const {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  for (const int signal : kStopSignals)
    if (sigismember(&held_, signal) == 1 && sigismember(&pending, signal) == 1) return true;
  return false;
}

}  // namespace headwater
