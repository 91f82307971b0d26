// The unit-period cells of contributions: their means in each period for every audience, the cells for the internal
// one.
#pragma once

#include "headwater/report/audience.hpp"
#include "headwater/report/payload_writer.hpp"

namespace headwater {

bool has_cells(const Tree& decomposition);

// "over_time": the mean of every part over the units of each period, with the standard error that the coefficients'
// covariance gives a driver's mean: sqrt(a'Va), a the mean deviation of its regressors. A published report has no
// period of fewer than five units. What is no driver has no standard error.
void over_time_part(PayloadWriter& out, const Tree& decomposition, const Tree& fit, Audience audience);

// "cells": codes into units, periods and parts, values in millionths.
void cells_part(PayloadWriter& out, const Tree& decomposition);

}  // namespace headwater
