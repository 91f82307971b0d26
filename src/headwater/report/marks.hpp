// What must be read beside a number, wherever the number stands.
#pragma once

#include <cstddef>
#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Fewer units or clusters in effect than this, and than half of all, carry no p value.
constexpr double kFewInEffect = 5;

// "rests on 1 of 124 units in effect: ...", or "" when enough of them carry what decides the test.
std::string test_mark(const Tree& tests, const Tree& fit, std::size_t test);

// Why a coefficient has no standard error, "rests on 1 of 12 clusters in effect: ...", or "".
std::string term_mark(const Tree& fit, std::size_t term);
bool has_std_error(const Tree& fit, std::size_t term);

// Degrees of freedom of the coefficient's t, and whether they are its own. Files of the first version have one number.
double term_df(const Tree& fit, std::size_t term);
bool own_df(const Tree& fit);

}  // namespace headwater
