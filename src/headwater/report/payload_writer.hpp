// Writes named parts of tree nodes as JSON, an array as a list, so that the page sees the result file's own words.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "headwater/core/json.hpp"
#include "headwater/core/labelled.hpp"

namespace headwater {

using Positions = std::vector<std::size_t>;

class PayloadWriter {
 public:
  JsonWriter json;

  void attributes(const Tree& node, std::initializer_list<const char*> keys);
  // Axes and arrays of one dimension as lists, scalars as values; what the node lacks is left out. With `keep`, only
  // these positions of each list.
  void columns(const Tree& node, std::initializer_list<const char*> names, const Positions* keep = nullptr);
  void list(const char* key, const std::vector<std::string>& values);
  // Name, description, unit, the labels of every dimension and all values.
  void array(const Tree& node, const LabelledArray& array);

 private:
  template <class T>
  void values(const std::vector<T>& values, const Positions* keep);
};

}  // namespace headwater
