#include "headwater/core/gamma_function.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace headwater {
namespace {

namespace policies = boost::math::policies;
// Infinite or undefined instead of an exception.
using Silent =
    policies::policy<policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
                     policies::overflow_error<policies::ignore_error>,
                     policies::evaluation_error<policies::ignore_error>>;

}  // namespace

double digamma(double x) { return boost::math::digamma(x, Silent()); }
double trigamma(double x) { return boost::math::trigamma(x, Silent()); }

}  // namespace headwater
