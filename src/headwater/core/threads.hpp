// Parallel loops whose numbers do not depend on the number of threads: work is cut into blocks of fixed size, each
// block is computed in order by one thread, and results are combined in a fixed pairwise tree.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>

namespace headwater {

// Number of worker threads, process wide: 0, and the initial value, is HEADWATER_THREADS, or all processors without it.
void set_threads(int count);
int threads();

// Calls body(i) for i in 0..count-1. The first exception (lowest i) is rethrown after all workers stopped.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

// Runs tasks that do not need one another; the first exception (in their order) is rethrown after all stopped.
void parallel_run(std::initializer_list<std::function<void()>> tasks);

// Sum of values[0..count) by a pairwise tree over blocks of 128.
double pairwise_sum(const double* values, std::size_t count);
// Sum of a[i]*b[i], same tree.
double pairwise_dot(const double* a, const double* b, std::size_t count);

}  // namespace headwater
