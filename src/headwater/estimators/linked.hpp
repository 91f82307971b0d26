// Maximum likelihood of a mean with a link, any number of effects absorbed: what the estimators of counts and shares
// share.
#pragma once

#include "headwater/estimators/fit.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/separation.hpp"

namespace headwater {

// The log likelihood of a row as a function of its linear predictor.
struct RowLikelihood {
  double value = 0;
  double score = 0;        // first derivative
  double information = 0;  // minus the second derivative, positive
};

struct LinkedModel {
  std::string link;
  double (*inverse)(double predictor);
  double (*slope)(double predictor);      // first derivative of the inverse
  double (*curvature)(double predictor);  // second
  RowLikelihood (*row)(double outcome, double predictor);
  double (*saturated)(double outcome);           // the log likelihood where the mean is the outcome
  double (*start)(double outcome, double mean);  // predictor to start from, `mean` being that of the outcome
  End (*end)(double outcome);
};

// Rows that have no finite estimate are set aside first. Throws Error{identification, "fit.separated"} when none is
// left, and what least squares throws.
Fit fit_linked(const EstimatorInput& input, const LinkedModel& model);

// The parts of it that other likelihoods of such outcomes use.
const LinkedModel& logit_model();
const LinkedModel& poisson_model();
// Whole numbers that likelihoods of counts take.
bool is_count(double outcome);
// The design without the rows that have no finite estimate. Throws Error{identification, "fit.separated"}.
Design without_separated(const Design& design, const LinkedModel& model, Separation& separation);
void tell_separation(Fit& fit, const Separation& separation);
// The columns that the effects and one another leave, by least squares under the model's own weights; names, origins
// and scales of the fit are theirs.
std::vector<Index> identified(Fit& fit, const Transformed& data, const AbsorbedRows& rows);
// Throws Error{numerical, "fit.no_maximum"}.
[[noreturn]] void refuse_climb(const Design& design, const std::string& failure);

// Throws Error{data, "estimator.outcome"} naming the first row whose outcome `accepts` refuses.
void require_outcome(const EstimatorInput& input, bool (*accepts)(double), const std::string& wanted);

}  // namespace headwater
