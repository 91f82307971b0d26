// Tails and quantiles of the reference distributions. Infinite degrees of freedom give the normal or chi-squared limit.
#pragma once

namespace headwater {

double normal_quantile(double p);
double normal_cdf(double z);
// ln Φ(z), precise far in the lower tail.
double log_normal_cdf(double z);
// P(|T| > |t|), precise far in the tails.
double student_two_sided(double t, double df);
double student_quantile(double p, double df);
// P(F > f) with df1 and df2; df2 infinite: chi-squared(df1) / df1.
double f_upper(double f, double df1, double df2);
double chi_squared_upper(double x, double df);
double f_quantile(double p, double df1, double df2);
double noncentral_chi_squared_quantile(double p, double df, double noncentrality);

}  // namespace headwater
