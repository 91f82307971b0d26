#include "headwater/panel/arrow_cells.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>

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

// "d:precision,scale": the digits as an integer; nullopt when they need more than 64 bits.
std::optional<double> decimal_at(std::string_view format, const ArrowArray& array, std::int64_t at) {
  const auto low = value_at<std::int64_t>(array, 1, 2 * at), high = value_at<std::int64_t>(array, 1, 2 * at + 1);
  if (high != (low < 0 ? -1 : 0)) return std::nullopt;
  const long scale = std::strtol(std::string(format.substr(format.find(',') + 1)).c_str(), nullptr, 10);
  return parse_number(std::to_string(low) + "e" + std::to_string(-scale));
}

bool is_utc(std::string_view zone) {
  return zone.empty() || zone == "UTC" || zone == "Z" || zone == "+00:00" || zone == "Etc/UTC";
}

bool is_pandas_period(const ArrowSchema& schema) {
  if (!schema.metadata) return false;
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
    if (item[0] == "ARROW:extension:name" && item[1] == "pandas.period") return true;
  }
  return false;
}

// Why a panel column cannot hold the type; "" when it can.
std::string obstacle(std::string_view format, const ArrowSchema& schema) {
  if (is_pandas_period(schema))
    return "holds pandas periods, whose calendar the file does not give in a way that others read; turn them into text "
           "with astype(str)";
  if (format.size() == 1 && std::strchr("nbcCsSiIlLfguU", format[0])) return "";
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
  const std::string why = obstacle(value_format_, schema);
  if (!why.empty())
    throw Error(ErrorKind::data, "arrow.type", file_ + ": column '" + name_ + "' " + why,
                {.file = file_, .column = name_});
  const bool number = value_format_.size() == 1 ? std::strchr("nbcCsSiIlLfg", value_format_[0]) != nullptr
                                                : value_format_.substr(0, 2) == "d:";
  kind_ = number ? Kind::number : schema.dictionary || value_format_[0] == 't' ? Kind::category : Kind::text;
}

void ArrowCells::append(const ArrowArray& array, std::int64_t first, std::int64_t count) {
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
    const auto value = decimal_at(format, array, at);
    if (!value)
      throw Error(ErrorKind::data, "arrow.decimal",
                  file_ + ": column '" + name_ + "', row " + std::to_string(missing_.size() + 1) +
                      ": a decimal has more digits than a 64-bit number holds; turn the column into floats",
                  {.file = file_, .row = static_cast<std::int64_t>(missing_.size() + 1), .column = name_});
    return add_number(*value);
  }
  switch (format[0]) {
    case 'u': return add_text(text_between<std::int32_t>(array, at));
    case 'U': return add_text(text_between<std::int64_t>(array, at));
    case 'f': return add_number(static_cast<double>(value_at<float>(array, 1, at)));
    case 'g': return add_number(value_at<double>(array, 1, at));
    case 'b': return add_number(bit_at(array.buffers[1], at) ? 1 : 0);
    case 'L': return add_number(static_cast<double>(value_at<std::uint64_t>(array, 1, at)));
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
    throw Error(ErrorKind::data, "arrow.infinite",
                file_ + ": column '" + name_ + "', row " + std::to_string(missing_.size() + 1) +
                    " is infinite, which no estimate survives; make it null or correct it",
                {.file = file_, .row = static_cast<std::int64_t>(missing_.size() + 1), .column = name_});
  large_ += std::abs(value) > kExactInteger && std::strchr("lL", value_format_[0]);
  numbers_.push_back(value);
  missing_.push_back(Missing::present);
}

void ArrowCells::add_text(std::string text) {
  texts_.push_back(std::move(text));
  missing_.push_back(Missing::present);
}

Column ArrowCells::finish(const std::vector<std::int64_t>& rows, bool key, Notes& notes) {
  if (kind_ != Kind::number) {
    const bool as_it_is = key || kind_ == Kind::category;
    Column column = type_column(name_, {texts_.begin(), texts_.end()}, rows, as_it_is, notes);
    if (column.type == Column::Type::text && column.why_text.empty()) column.why_text = file_ + " declares it as text";
    return column;
  }
  if (large_ > 0)
    notes.push_back(
        {"data.large_integers", "column '" + name_ + "' holds " + std::to_string(large_) +
                                    " whole numbers above 2^53, which a double cannot tell apart; make it text in the "
                                    "file if it is an identifier"});
  Column column;
  column.name = name_;
  column.numbers = Eigen::Map<const Vector>(numbers_.data(), static_cast<Index>(numbers_.size()));
  for (const Missing reason : missing_)
    if (reason != Missing::present) {
      column.missing = missing_;
      break;
    }
  return key ? as_text(std::move(column), rows, notes) : column;
}

}  // namespace headwater
