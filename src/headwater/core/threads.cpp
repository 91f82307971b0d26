#include "headwater/core/threads.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace headwater {
namespace {

constexpr std::size_t kSumBlock = 128;

int processors() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

int threads_by_default() {
  const char* text = std::getenv("HEADWATER_THREADS");
  const long asked = text ? std::strtol(text, nullptr, 10) : 0;
  return asked > 0 && asked <= 4096 ? static_cast<int>(asked) : processors();
}

std::atomic<int>& thread_count() {
  static std::atomic<int> count{threads_by_default()};
  return count;
}

// The exception of the lowest index wins, whatever the order in which workers met theirs.
class FirstFailure {
 public:
  void keep(std::size_t index, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (index < index_) {
      index_ = index;
      failure_ = std::move(failure);
    }
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::size_t index_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure_;
};

template <class Block>
double pairwise(std::size_t begin, std::size_t end, const Block& block) {
  if (end - begin <= kSumBlock) return block(begin, end);
  const std::size_t blocks = (end - begin + kSumBlock - 1) / kSumBlock;
  const std::size_t middle = begin + (blocks / 2) * kSumBlock;
  return pairwise(begin, middle, block) + pairwise(middle, end, block);
}

}  // namespace

void set_threads(int count) { thread_count() = count > 0 ? count : threads_by_default(); }
int threads() { return thread_count(); }

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  const std::size_t workers = std::min<std::size_t>(static_cast<std::size_t>(threads()), count);
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  FirstFailure failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        failure.keep(i, std::current_exception());
      }
    }
  };
  std::vector<std::thread> pool;
  pool.reserve(workers);  // no memory may run out while threads are running
  try {
    for (std::size_t t = 1; t < workers; ++t) pool.emplace_back(work);
  } catch (const std::system_error&) {
    // Fewer threads than asked for: the same blocks, the same numbers, only later.
  }
  work();
  for (std::thread& thread : pool) thread.join();
  failure.rethrow();
}

void parallel_run(std::initializer_list<std::function<void()>> tasks) {
  parallel_for(tasks.size(), [&](std::size_t i) { tasks.begin()[i](); });
}

double pairwise_sum(const double* values, std::size_t count) {
  return pairwise(0, count, [values](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += values[i];
    return sum;
  });
}

double pairwise_dot(const double* a, const double* b, std::size_t count) {
  return pairwise(0, count, [a, b](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += a[i] * b[i];
    return sum;
  });
}

}  // namespace headwater
