// Cells of one Arrow column as numbers or texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/panel/arrow_c.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// Collects the cells of one column over all batches.
class ArrowCells {
 public:
  ArrowCells(const arrow_c::ArrowSchema& schema, std::string file);

  // Rows first .. first + count of `array` (its own offset is added).
  void append(const arrow_c::ArrowArray& array, std::int64_t first, std::int64_t count);

  // `key`: text whatever it looks like.
  Column finish(const std::vector<std::int64_t>& rows, bool key, Notes& notes);
  // The column is not to be had; the first reason stays.
  void refuse(const std::string& why);
  const std::string& name() const { return name_; }
  // Why a panel column cannot hold the cells, a whole message; "" when it can.
  const std::string& obstacle() const { return obstacle_; }

 private:
  enum class Kind { number, text, category };

  void add(std::string_view format, const arrow_c::ArrowArray& array, std::int64_t at);
  void add_missing(Missing reason);
  void add_number(double value);
  void add_integer(std::string_view format, std::uint64_t bits);
  void note_order(const arrow_c::ArrowArray& values);
  std::vector<std::string> exact_texts() const;
  void add_text(std::string text);

  std::string file_;
  std::string name_;
  std::string format_;
  std::string value_format_;  // of the dictionary when there is one
  Kind kind_ = Kind::number;
  bool ordered_ = false;
  std::string obstacle_;
  std::vector<std::string> order_;  // of an ordered category
  std::vector<double> numbers_;
  std::vector<std::uint64_t> integers_;  // of 64 bits, one for each number, or empty
  std::vector<std::string> texts_;
  std::vector<Missing> missing_;
  std::size_t large_ = 0;  // whole numbers that a double cannot tell apart
};

}  // namespace headwater
