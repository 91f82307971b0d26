#include "headwater/report/payload_writer.hpp"

namespace headwater {

template <class T>
void PayloadWriter::values(const std::vector<T>& values, const Positions* keep) {
  json.begin_array();
  if (keep)
    for (const std::size_t at : *keep) json.value(values.at(at));
  else
    for (const T& value : values) json.value(value);
  json.end_array();
}

void PayloadWriter::attributes(const Tree& node, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const Attribute* found = node.find_attribute(key);
    if (!found) continue;
    json.key(key);
    if (const auto* text = std::get_if<std::string>(found)) json.value(*text);
    if (const auto* number = std::get_if<double>(found)) json.value(*number);
    if (const auto* whole = std::get_if<std::int64_t>(found)) json.value(*whole);
    if (const auto* many = std::get_if<std::vector<std::string>>(found)) values(*many, nullptr);
    if (const auto* many = std::get_if<std::vector<double>>(found)) values(*many, nullptr);
    if (const auto* many = std::get_if<std::vector<std::int64_t>>(found)) values(*many, nullptr);
  }
}

void PayloadWriter::columns(const Tree& node, std::initializer_list<const char*> names, const Positions* keep) {
  for (const char* key : names) {
    if (const Axis* axis = node.find_axis(key)) {
      json.key(key);
      std::visit([&](const auto& labels) { values(labels, keep); }, axis->labels);
    } else if (const LabelledArray* array = node.find_array(key)) {
      json.key(key);
      std::visit(
          [&](const auto& all) {
            if (array->dims.empty() && !all.empty())
              json.value(all.front());
            else
              values(all, keep);
          },
          array->values);
    }
  }
}

void PayloadWriter::list(const char* key, const std::vector<std::string>& texts) {
  json.key(key);
  values(texts, nullptr);
}

void PayloadWriter::array(const Tree& node, const LabelledArray& array) {
  json.begin_object();
  json.member("name", array.name);
  json.member("description", array.description);
  json.member("unit", array.unit);
  json.key("dims");
  values(array.dims, nullptr);
  json.key("labels");
  json.begin_array();
  for (const std::string& dim : array.dims) {
    const Axis* axis = node.find_axis(dim);
    if (!axis) {
      json.null();
      continue;
    }
    std::visit([&](const auto& labels) { values(labels, nullptr); }, axis->labels);
  }
  json.end_array();
  json.key("values");
  std::visit([&](const auto& all) { values(all, nullptr); }, array.values);
  json.end_object();
}

}  // namespace headwater
