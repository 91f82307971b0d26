#include "headwater/core/progress.hpp"

#include <mutex>
#include <utility>

namespace headwater {
namespace {

struct Listening {
  std::mutex mutex;
  StageListener* listener = nullptr;
};

Listening& listening() {
  static Listening here;
  return here;
}

}  // namespace

Stage::Stage(std::string what, std::size_t total) : what_(std::move(what)), total_(total) {
  const std::lock_guard lock(listening().mutex);
  if (listening().listener) listening().listener->began(*this);
}

Stage::~Stage() {
  const std::lock_guard lock(listening().mutex);
  if (listening().listener) listening().listener->ended(*this);
}

double Stage::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
}

void listen_to_stages(StageListener* listener) {
  const std::lock_guard lock(listening().mutex);
  listening().listener = listener;
}

}  // namespace headwater
