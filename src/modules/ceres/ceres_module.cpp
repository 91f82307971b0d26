// Minimises a smooth function by Ceres' BFGS. No exception and no C++ type crosses the boundary.
#include <ceres/gradient_problem.h>
#include <ceres/gradient_problem_solver.h>
#include <glog/logging.h>

#include <cstdio>
#include <exception>

#include "headwater/linalg/optimiser_module.hpp"

namespace {

class Function final : public ceres::FirstOrderFunction {
 public:
  explicit Function(const headwater_minimise_request& request) : request_(request) {}
  int NumParameters() const override { return request_.size; }
  bool Evaluate(const double* x, double* value, double* gradient) const override {
    return request_.objective(request_.context, x, value, gradient) != 0;
  }

 private:
  headwater_minimise_request request_;
};

void say(headwater_minimise_report& report, const char* text) {
  std::snprintf(report.message, sizeof report.message, "%s", text);
}

void minimise(const headwater_minimise_request& request, double* x, headwater_minimise_report& report) {
  ceres::GradientProblem problem(new Function(request));
  ceres::GradientProblemSolver::Options options;
  options.line_search_direction_type = ceres::BFGS;
  options.max_num_iterations = request.most_iterations;
  options.gradient_tolerance = request.gradient_tolerance;
  options.function_tolerance = request.value_tolerance;
  options.logging_type = ceres::SILENT;
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(options, problem, x, &summary);
  report.value = summary.final_cost;
  report.iterations = static_cast<int>(summary.iterations.size());
  report.converged = summary.termination_type == ceres::CONVERGENCE ? 1 : 0;
  say(report, summary.message.c_str());
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int headwater_minimise(const headwater_minimise_request* request,
                                                                         double* x, headwater_minimise_report* report) {
  FLAGS_minloglevel = google::GLOG_FATAL;  // a step that fails is the report's to tell, not the terminal's
  try {
    minimise(*request, x, *report);
  } catch (const std::exception& error) {
    report->converged = 0;
    say(*report, error.what());
  }
  return 0;
}
