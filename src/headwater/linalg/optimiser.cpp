#include "headwater/linalg/optimiser.hpp"

#include <cmath>
#include <exception>

#include "headwater/core/module.hpp"
#include "headwater/linalg/optimiser_module.hpp"

namespace headwater {
namespace {

struct Context {
  const Objective* objective;
  Index size;
  std::exception_ptr problem;  // an exception must not cross the module's C interface
};

int evaluate(void* pointer, const double* x, double* value, double* gradient) {
  Context& context = *static_cast<Context*>(pointer);
  try {
    Vector slope = Vector::Zero(context.size);
    *value = (*context.objective)(Eigen::Map<const Vector>(x, context.size), slope);
    if (gradient) Eigen::Map<Vector>(gradient, context.size) = slope;
    return std::isfinite(*value) && slope.allFinite() ? 1 : 0;
  } catch (...) {
    context.problem = std::current_exception();
    return 0;
  }
}

}  // namespace

Minimum minimise(const Objective& objective, const Vector& start, const std::string& need,
                 const MinimiseOptions& options) {
  static const auto run = reinterpret_cast<headwater_minimise_function>(
      module_function("headwater_ceres.so", "headwater_minimise", need, "install it with headwater"));
  Context context{&objective, start.size(), nullptr};
  const headwater_minimise_request request{
      static_cast<int>(start.size()), evaluate, &context, options.most_iterations, options.gradient_tolerance,
      options.value_tolerance};
  headwater_minimise_report report{};
  Minimum minimum;
  minimum.parameters = start;
  run(&request, minimum.parameters.data(), &report);
  if (context.problem) std::rethrow_exception(context.problem);
  minimum.value = report.value;
  minimum.iterations = report.iterations;
  minimum.converged = report.converged != 0;
  minimum.message = report.message;
  return minimum;
}

}  // namespace headwater
