#include "headwater/panel/arrow_cells.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/key_columns.hpp"

namespace headwater {
namespace {

using arrow_c::ArrowArray;
using arrow_c::ArrowSchema;

constexpr std::int64_t kSecondsPerDay = 86400;

template <class T>
T value_at(const ArrowArray& array, int buffer, std::int64_t at) {
  T value;
  std::memcpy(&value, static_cast<const char*>(array.buffers[buffer]) + at * static_cast<std::int64_t>(sizeof(T)),
              sizeof(T));
  return value;
}

bool bit_at(const void* bits, std::int64_t at) {
  return static_cast<const unsigned char*>(bits)[at / 8] >> (at % 8) & 1;
}

bool is_null(std::string_view format, const ArrowArray& array, std::int64_t at) {
  if (format == "n") return true;
  return array.n_buffers > 0 && array.buffers[0] && array.null_count != 0 && !bit_at(array.buffers[0], at);
}

std::int64_t integer_at(char format, const ArrowArray& array, std::int64_t at) {
  switch (format) {
    case 'c': return value_at<std::int8_t>(array, 1, at);
    case 'C': return value_at<std::uint8_t>(array, 1, at);
    case 's': return value_at<std::int16_t>(array, 1, at);
    case 'S': return value_at<std::uint16_t>(array, 1, at);
    case 'i': return value_at<std::int32_t>(array, 1, at);
    case 'I': return value_at<std::uint32_t>(array, 1, at);
    default: return value_at<std::int64_t>(array, 1, at);
  }
}

template <class Offset>
std::string text_between(const ArrowArray& array, std::int64_t at) {
  const auto begin = value_at<Offset>(array, 1, at), end = value_at<Offset>(array, 1, at + 1);
  return begin == end
             ? std::string()
             : std::string(static_cast<const char*>(array.buffers[2]) + begin, static_cast<std::size_t>(end - begin));
}

// A view is 16 bytes: length, then up to 12 bytes of text, or 4 of them, the buffer and the offset.
std::string text_view(const ArrowArray& array, std::int64_t at) {
  const char* view = static_cast<const char*>(array.buffers[1]) + at * 16;
  std::int32_t parts[4];
  std::memcpy(parts, view, sizeof parts);
  const auto length = static_cast<std::size_t>(parts[0]);
  if (length <= 12) return {view + 4, length};
  return {static_cast<const char*>(array.buffers[2 + parts[2]]) + parts[3], length};
}

std::string date_text(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::int64_t floor_divided(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t steps_per_second(char unit) {
  return unit == 's' ? 1 : unit == 'm' ? 1000 : unit == 'u' ? 1'000'000 : 1'000'000'000;
}

std::string timestamp_text(std::int64_t value, std::int64_t per_second) {
  const std::int64_t days = floor_divided(value, per_second * kSecondsPerDay);
  const std::int64_t seconds = floor_divided(value - days * per_second * kSecondsPerDay, per_second);
  if (value == days * per_second * kSecondsPerDay) return date_text(days);
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return date_text(days) + text;
}

// Of "d:precision,scale" or "d:precision,scale,bits".
long scale_of(std::string_view format) {
  return std::strtol(std::string(format.substr(format.find(',') + 1)).c_str(), nullptr, 10);
}

// The digits of a decimal as an integer; nullopt when they need more than 64 bits.
std::optional<std::int64_t> decimal_digits(const ArrowArray& array, std::int64_t at) {
  const auto low = value_at<std::int64_t>(array, 1, 2 * at), high = value_at<std::int64_t>(array, 1, 2 * at + 1);
  return high == (low < 0 ? -1 : 0) ? std::optional(low) : std::nullopt;
}

bool is_utc(std::string_view zone) {
  return zone.empty() || zone == "UTC" || zone == "Z" || zone == "+00:00" || zone == "Etc/UTC";
}

// What the metadata of a column say under a key; "" when they do not speak of it.
std::string_view metadata_of(const ArrowSchema& schema, std::string_view key) {
  if (!schema.metadata) return {};
  const char* at = schema.metadata;
  const auto next_number = [&] {
    std::int32_t number;
    std::memcpy(&number, at, sizeof number);
    at += sizeof number;
    return number;
  };
  for (std::int32_t pairs = next_number(); pairs > 0; --pairs) {
    std::string_view item[2];
    for (std::string_view& part : item) {
      const auto length = static_cast<std::size_t>(next_number());
      part = {at, length};
      at += length;
    }
    if (item[0] == key) return item[1];
  }
  return {};
}

// IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction.
double half_float(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double size = exponent == 0    ? std::ldexp(fraction, -24)
                      : exponent == 31 ? (fraction == 0 ? std::numeric_limits<double>::infinity()
                                                        : std::numeric_limits<double>::quiet_NaN())
                                       : std::ldexp(1024 + fraction, exponent - 25);
  return bits >> 15 ? -size : size;
}

// Puts the levels of a text column in the order that the file declares.
void put_in_order(Column& column, const std::vector<std::string>& order) {
  std::unordered_map<std::string_view, std::size_t> place;
  for (const std::string& level : order) place.emplace(level, place.size());
  std::vector<std::size_t> by_place(column.levels.size()), rank(column.levels.size());
  std::iota(by_place.begin(), by_place.end(), std::size_t{0});
  std::sort(by_place.begin(), by_place.end(),
            [&](std::size_t a, std::size_t b) { return place.at(column.levels[a]) < place.at(column.levels[b]); });
  Names levels;
  for (const std::size_t level : by_place) {
    rank[level] = levels.size();
    levels.push_back(column.levels[level]);
  }
  column.levels = std::move(levels);
  for (std::int32_t& code : column.codes)
    if (code >= 0) code = static_cast<std::int32_t>(rank[static_cast<std::size_t>(code)]);
}

// Why a panel column cannot hold the type; "" when it can.
std::string type_obstacle(std::string_view format, const ArrowSchema& schema) {
  // Why our own package could not hand the cells over.
  if (const std::string_view why = metadata_of(schema, "headwater.obstacle"); !why.empty()) return std::string(why);
  if (metadata_of(schema, "ARROW:extension:name") == "pandas.period")
    return "holds pandas periods, whose calendar the file does not give in a way that others read; turn them into text "
           "with astype(str)";
  if (format.size() == 1 && std::strchr("nbcCsSiIlLefguU", format[0])) return "";
  if (format == "vu" || format == "tdD" || format == "tdm") return "";
  if (format.substr(0, 2) == "ts")
    return is_utc(format.substr(4)) ? ""
                                    : "holds times in the zone '" + std::string(format.substr(4)) +
                                          "', where the day depends on the zone; turn them into dates";
  if (format.substr(0, 2) == "d:") {
    const bool wide = std::count(format.begin(), format.end(), ',') == 2 && !format.ends_with(",128");
    return wide ? "holds decimals of an unusual width; turn them into floats" : "";
  }
  return "is of a type (Arrow format '" + std::string(format) +
         "') that is neither number, text, category nor date; turn it into one or leave it out";
}

}  // namespace

ArrowCells::ArrowCells(const ArrowSchema& schema, std::string file)
    : file_(std::move(file)), name_(schema.name ? schema.name : ""), format_(schema.format) {
  value_format_ = schema.dictionary ? schema.dictionary->format : schema.format;
  ordered_ = schema.dictionary && (schema.flags & 1) != 0;
  const std::string why = type_obstacle(value_format_, schema);
  if (!why.empty()) refuse(why);
  const bool number = value_format_.size() == 1 ? std::strchr("nbcCsSiIlLefg", value_format_[0]) != nullptr
                                                : value_format_.substr(0, 2) == "d:";
  kind_ = number ? Kind::number : schema.dictionary || value_format_[0] == 't' ? Kind::category : Kind::text;
}

void ArrowCells::refuse(const std::string& why) {
  if (obstacle_.empty()) obstacle_ = file_ + ": column '" + name_ + "' " + why;
}

// Levels in the order of the dictionary; those of later batches after those that are known.
void ArrowCells::note_order(const ArrowArray& values) {
  for (std::int64_t i = 0; i < values.length; ++i) {
    if (is_null(value_format_, values, values.offset + i)) continue;
    add(value_format_, values, values.offset + i);
    missing_.pop_back();
    order_.push_back(texts_.back());
    texts_.pop_back();
  }
}

void ArrowCells::append(const ArrowArray& array, std::int64_t first, std::int64_t count) {
  if (!obstacle_.empty()) return;
  if (ordered_ && kind_ == Kind::category) note_order(*array.dictionary);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = array.offset + first + i;
    if (is_null(format_, array, at)) {
      add_missing(Missing::empty);
    } else if (array.dictionary) {
      const ArrowArray& values = *array.dictionary;
      const std::int64_t index = integer_at(format_[0], array, at);
      if (index < 0 || index >= values.length)
        throw Error(ErrorKind::data, "arrow.damaged",
                    file_ + ": column '" + name_ + "' refers to category " + std::to_string(index) + " of " +
                        std::to_string(values.length) + "; the file is damaged, write it again",
                    {.file = file_, .column = name_});
      if (is_null(value_format_, values, values.offset + index))
        add_missing(Missing::empty);
      else
        add(value_format_, values, values.offset + index);
    } else {
      add(format_, array, at);
    }
  }
}

void ArrowCells::add(std::string_view format, const ArrowArray& array, std::int64_t at) {
  if (format == "vu") return add_text(text_view(array, at));
  if (format == "tdD") return add_text(date_text(value_at<std::int32_t>(array, 1, at)));
  if (format == "tdm") return add_text(timestamp_text(value_at<std::int64_t>(array, 1, at), 1000));
  if (format.substr(0, 2) == "ts")
    return add_text(timestamp_text(value_at<std::int64_t>(array, 1, at), steps_per_second(format[2])));
  if (format.substr(0, 2) == "d:") {
    const auto digits = decimal_digits(array, at);
    if (!digits)
      return refuse("has a decimal in row " + std::to_string(missing_.size() + 1) +
                    " with more digits than a 64-bit number holds; turn the column into floats");
    if (scale_of(format) == 0) return add_integer(format, static_cast<std::uint64_t>(*digits));
    return add_number(*parse_number(std::to_string(*digits) + "e" + std::to_string(-scale_of(format))));
  }
  switch (format[0]) {
    case 'u': return add_text(text_between<std::int32_t>(array, at));
    case 'U': return add_text(text_between<std::int64_t>(array, at));
    case 'f': return add_number(static_cast<double>(value_at<float>(array, 1, at)));
    case 'g': return add_number(value_at<double>(array, 1, at));
    case 'b': return add_number(bit_at(array.buffers[1], at) ? 1 : 0);
    case 'e': return add_number(half_float(value_at<std::uint16_t>(array, 1, at)));
    case 'l':
    case 'L': return add_integer(format, value_at<std::uint64_t>(array, 1, at));
    default: return add_number(static_cast<double>(integer_at(format[0], array, at)));
  }
}

void ArrowCells::add_missing(Missing reason) {
  missing_.push_back(reason);
  if (kind_ == Kind::number)
    numbers_.push_back(std::numeric_limits<double>::quiet_NaN());
  else
    texts_.emplace_back();
}

void ArrowCells::add_number(double value) {
  if (std::isnan(value)) return add_missing(Missing::not_available);
  if (std::isinf(value))
    return refuse("is infinite in row " + std::to_string(missing_.size() + 1) +
                  ", which no estimate survives; make it null or correct it");
  numbers_.push_back(value);
  missing_.push_back(Missing::present);
}

void ArrowCells::add_integer(std::string_view format, std::uint64_t bits) {
  const double value = format == "L" ? static_cast<double>(bits) : static_cast<double>(static_cast<std::int64_t>(bits));
  large_ += std::abs(value) >= kExactInteger;
  integers_.resize(numbers_.size());  // cells without a value before the first integer
  integers_.push_back(bits);
  add_number(value);
}

// The integers as the file has them; "" where there is none.
std::vector<std::string> ArrowCells::exact_texts() const {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < integers_.size(); ++i)
    texts.push_back(missing_[i] != Missing::present ? ""
                    : value_format_ == "L"          ? std::to_string(integers_[i])
                                                    : std::to_string(static_cast<std::int64_t>(integers_[i])));
  texts.resize(missing_.size());
  return texts;
}

void ArrowCells::add_text(std::string text) {
  texts_.push_back(std::move(text));
  missing_.push_back(Missing::present);
}

Column ArrowCells::finish(const std::vector<std::int64_t>& rows, bool key, Notes& notes) {
  if (kind_ != Kind::number) {
    Column column = type_column(name_, {texts_.begin(), texts_.end()}, rows, key || kind_ == Kind::category, notes);
    if (ordered_ && !key) put_in_order(column, order_);
    return column;
  }
  Column column;
  column.name = name_;
  column.numbers = Eigen::Map<const Vector>(numbers_.data(), static_cast<Index>(numbers_.size()));
  if (std::any_of(missing_.begin(), missing_.end(), [](Missing m) { return m != Missing::present; }))
    column.missing = missing_;
  if (large_ > 0) {
    const std::vector<std::string> texts = exact_texts();
    if (key) return type_column(name_, {texts.begin(), texts.end()}, rows, true, notes);
    notes.push_back(
        {"data.large_integers", "column '" + name_ + "' holds " + std::to_string(large_) +
                                    " whole numbers of 2^53 or more, which a double cannot tell apart; make it text in "
                                    "the file if it is an identifier"});
    Spelling spelling;
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (!column.is_missing(static_cast<Index>(i))) spelling.see(texts[i], column.numbers(static_cast<Index>(i)));
    keep_spellings(column, {texts.begin(), texts.end()}, rows, spelling, notes);
  }
  return key ? as_text(std::move(column), rows, notes) : column;
}

}  // namespace headwater
