// What must be read beside a number, wherever the number stands: a mark in words, and its place in tables.
#pragma once

#include <cstddef>
#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Fewer units or clusters in effect than this carry no p value.
constexpr double kFewInEffect = 5;

// "rests on 1 of 124 units in effect: ...", or "" when enough units carry what decides the test.
std::string test_mark(const Tree& tests, const Tree& fit, std::size_t test);

}  // namespace headwater
