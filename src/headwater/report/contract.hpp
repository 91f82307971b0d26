// JSON in which a number that is not finite is null and says why.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headwater/core/json.hpp"
#include "headwater/core/labelled.hpp"

namespace headwater {

// Writes objects whose undefined numbers are null, with the reasons as the member "undefined" of the same object.
class Contract {
 public:
  JsonWriter json;

  void begin_object() {
    json.begin_object();
    reasons_.emplace_back();
  }
  void end_object() {
    if (!reasons_.back().empty()) {
      json.key("undefined");
      json.begin_object();
      for (const auto& [name, reason] : reasons_.back()) json.member(name, reason);
      json.end_object();
    }
    reasons_.pop_back();
    json.end_object();
  }
  void number(std::string_view name, double value, const std::string& reason = kNotFinite) {
    json.member(name, value);
    if (!std::isfinite(value)) reasons_.back().emplace_back(name, reason);
  }
  // Rows of a square matrix; one reason for all of its nulls.
  void matrix(std::string_view name, const std::vector<double>& values, std::size_t k, const std::string& reason) {
    json.key(name);
    json.begin_array();
    for (std::size_t i = 0; i < k; ++i) {
      json.begin_array();
      for (std::size_t j = 0; j < k; ++j) json.value(values[i * k + j]);
      json.end_array();
    }
    json.end_array();
    if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
      reasons_.back().emplace_back(name, reason);
  }

  static constexpr const char* kNotFinite = "not a finite number";

 private:
  std::vector<std::vector<std::pair<std::string, std::string>>> reasons_;
};

// The notes of a tree as the member "warnings" of the open object.
inline void write_warnings(Contract& out, const Tree& tree) {
  out.json.key("warnings");
  out.json.begin_array();
  for (std::size_t i = 0; i < texts(tree, "note_code").size(); ++i) {
    out.begin_object();
    out.json.member("code", texts(tree, "note_code")[i]);
    out.json.member("message", texts(tree, "note_message")[i]);
    out.end_object();
  }
  out.json.end_array();
}

}  // namespace headwater
