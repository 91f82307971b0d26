/* The C interface of the optimiser module. Raw pointers only: an Eigen object passed between files built with different
   flags corrupts the heap. */
#pragma once

extern "C" {

/* Fills *value and gradient[size] at x; returns 0 when the value is undefined there. Must not throw. */
typedef int (*headwater_objective)(void* context, const double* x, double* value, double* gradient);

struct headwater_minimise_request {
  int size;
  headwater_objective objective;
  void* context;
  int most_iterations;
  double gradient_tolerance; /* on the largest absolute element */
  double value_tolerance;    /* relative */
};

struct headwater_minimise_report {
  double value;
  int iterations;
  int converged;
  char message[256];
};

/* x holds the start and receives the minimum. Returns 0. */
typedef int (*headwater_minimise_function)(const struct headwater_minimise_request* request, double* x,
                                           struct headwater_minimise_report* report);
}
