// A tree against the schema, node by node: what it holds first, then what it lacks.
#include <algorithm>
#include <set>

#include "headwater/core/text.hpp"
#include "headwater/result/schema.hpp"

namespace headwater {
namespace {

using Rows = std::map<std::string, SchemaRow>;

std::string kind_of(const Attribute& attribute) {
  static const char* const kinds[] = {"text", "number", "integer", "texts", "numbers", "integers"};
  return kinds[attribute.index()];
}

template <class Values>
std::string kind_of_values(const Values& values) {
  if (std::holds_alternative<std::vector<double>>(values)) return "numbers";
  return std::holds_alternative<std::vector<std::int64_t>>(values) ? "integers" : "texts";
}

std::string axes_in_words(const std::vector<std::string>& axes) {
  if (axes.empty()) return "no axis";
  return (axes.size() == 1 ? "axis " : "axes ") + joined(axes, ", ");
}

// "2_das_gupta" -> "das_gupta"; "" when it does not begin with a number.
std::string method_in(const std::string& name) {
  const std::size_t end = name.find_first_not_of("0123456789");
  return end == std::string::npos || end == 0 || name[end] != '_' ? "" : name.substr(end + 1);
}

// What holds for the items of a node and those in it.
struct Situation {
  std::int64_t version = kResultVersion;
  bool stored = true, estimated = true, failed = false;
};

bool wanted(const SchemaRow& row, const Situation& now) {
  if (row.since > now.version) return false;
  if (row.when == "always" || row.when == "together") return true;
  if (row.when == "stored") return now.stored;
  if (row.when == "fitted") return !now.failed;
  if (row.when == "estimated") return !now.failed && now.estimated;
  return row.when == "failed" && now.failed;
}

std::string why_not_here(const SchemaRow& row, const Situation& now) {
  if (row.when == "failed" && !now.failed) return "is there although the fit did not fail";
  if ((row.when == "fitted" || row.when == "estimated") && now.failed) return "is there although the fit failed";
  if (row.when == "estimated" && !now.estimated) return "is there although nothing was estimated";
  return "";
}

class Walk {
 public:
  explicit Walk(const Schema& schema) : schema_(schema) {}

  Departure found;

  // `groups` are the schema's names of the node: what every decomposition has, and what its method adds.
  bool node(const Tree& tree, const std::vector<std::string>& groups, const std::string& path, const Situation& now) {
    around_.push_back(&tree);
    const bool sound = items(tree, groups, path, now) && children(tree, groups, path, now);
    around_.pop_back();
    return sound;
  }

 private:
  bool departs(const std::string& path, const std::string& why) {
    found = {path, why};
    return false;
  }

  const SchemaRow* row(const std::vector<std::string>& groups, const std::string& name) const {
    for (const std::string& group : groups)
      if (const Rows* rows = schema_.group(group))
        if (const auto entry = rows->find(name); entry != rows->end()) return &entry->second;
    const std::size_t point = name.find('.');
    return point == std::string::npos || name[point + 1] == '*' ? nullptr : row(groups, name.substr(0, point) + ".*");
  }

  bool items(const Tree& tree, const std::vector<std::string>& groups, const std::string& path, const Situation& now) {
    std::set<std::string> names;
    for (const auto& [key, value] : tree.attributes) {
      if (!attribute(row(groups, "@" + key), path + "@" + key, value, now)) return false;
      names.insert("@" + key);
    }
    for (const Axis& each : tree.axes) {
      if (!names.insert(each.name).second) return departs(path + "/" + each.name, "is there twice");
      if (!axis(row(groups, each.name), path + "/" + each.name, each, now)) return false;
    }
    for (const LabelledArray& each : tree.arrays) {
      if (!names.insert(each.name).second) return departs(path + "/" + each.name, "is there twice");
      if (!array(row(groups, each.name), path + "/" + each.name, each, now)) return false;
    }
    return nothing_missing(groups, path, names, now);
  }

  bool nothing_missing(const std::vector<std::string>& groups, const std::string& path,
                       const std::set<std::string>& names, const Situation& now, bool absent = false) {
    for (const std::string& group : groups)
      if (const Rows* rows = schema_.group(group))
        for (const auto& [name, row] : *rows)
          if (wanted(row, now) && !(absent && row.when == "together") && names.count(name) == 0)
            return departs(path + (row.attribute() ? "" : "/") + name, "is missing");
    return true;
  }

  bool known(const SchemaRow* row, const std::string& path, const std::string& kind, const Situation& now) {
    if (!row) return departs(path, "is not in the schema of result files");
    if (row->kind != kind) return departs(path, "holds " + kind + ", not " + row->kind);
    const std::string why = why_not_here(*row, now);
    return why.empty() || departs(path, why);
  }

  bool attribute(const SchemaRow* row, const std::string& path, const Attribute& value, const Situation& now) {
    if (!known(row, path, kind_of(value), now)) return false;
    const std::string why = wrong_attribute(*row, value, around_);
    return why.empty() || departs(path, why);
  }

  bool axis(const SchemaRow* row, const std::string& path, const Axis& axis, const Situation& now) {
    if (!known(row, path, "axis of " + kind_of_values(axis.labels), now)) return false;
    const std::string why = wrong_labels(*row, axis, around_);
    return why.empty() || departs(path, why);
  }

  bool array(const SchemaRow* row, const std::string& path, const LabelledArray& array, const Situation& now) {
    if (!known(row, path, kind_of_values(array.values), now)) return false;
    if (row->axes != array.dims)
      return departs(
          path, "lies on " + axes_in_words(array.dims) + ", not " +
                    (array.dims.size() == 1 && row->axes.size() == 1 ? row->axes.front() : axes_in_words(row->axes)));
    std::int64_t count = 1;
    for (std::size_t d = 0; d < array.dims.size(); ++d) {
      const Axis* const along = axis_around(around_, array.dims[d]);
      if (!along || d >= array.shape.size() || along->size() != array.shape[d])
        return departs(path, "is not as long as axis " + array.dims[d]);
      count *= array.shape[d];
    }
    const auto size =
        std::visit([](const auto& values) { return static_cast<std::int64_t>(values.size()); }, array.values);
    if (size != count || array.shape.size() != array.dims.size()) return departs(path, "is not as long as its axes");
    const std::string why = wrong_values(*row, array, around_);
    return why.empty() || departs(path, why);
  }

  // What the schema calls a child of a node.
  std::vector<std::string> names_of(const std::vector<std::string>& groups, const std::string& child) const {
    for (const std::string& group : groups) {
      if (child.find('*') == std::string::npos && schema_.group(group + "/" + child)) return {group + "/" + child};
      if (!schema_.group(group + "/*")) continue;
      if (group != "/decompositions/*") return {group + "/*"};
      return {group + "/*", group + "/*_" + method_in(child)};
    }
    return {};
  }

  bool children(const Tree& tree, const std::vector<std::string>& groups, const std::string& path,
                const Situation& now) {
    std::set<std::string> names;
    for (const Tree& child : tree.children) {
      const std::string at = path + "/" + child.name;
      const std::vector<std::string> called = names_of(groups, child.name);
      if (called.empty()) return departs(at, "is not in the schema of result files");
      if (!names.insert(child.name).second || tree.find_axis(child.name) || tree.find_array(child.name))
        return departs(at, "is there twice");
      if (called.size() == 2 &&
          (text_attribute(child, "method") != method_in(child.name) || method_in(child.name).empty()))
        return departs(at, "is not called by its number and its method");
      Situation there = now;
      if (groups.front() == "/fits") there.failed = text_attribute(child, "status") == "failed";
      if (!node(child, called, at, there)) return false;
    }
    return no_child_missing(groups, path, names, now);
  }

  // Groups of the schema that are not here may hold nothing that must be there.
  bool no_child_missing(const std::vector<std::string>& groups, const std::string& path,
                        const std::set<std::string>& names, const Situation& now) {
    for (const std::string& group : groups)
      for (const auto& [name, rows] : schema_.groups()) {
        if (name.size() <= group.size() + 1 || name.compare(0, group.size() + 1, group + "/") != 0) continue;
        const std::string child = name.substr(group.size() + 1);
        if (child.find_first_of("/*") != std::string::npos || names.count(child) > 0) continue;
        if (!nothing_missing({name}, path + "/" + child, {}, now, true)) return false;
      }
    return true;
  }

  const Schema& schema_;
  Around around_;
};

std::int64_t integer_or(const Tree& tree, const char* key, std::int64_t fallback) {
  const Attribute* const value = tree.find_attribute(key);
  const auto* const integer = value ? std::get_if<std::int64_t>(value) : nullptr;
  return integer ? *integer : fallback;
}

}  // namespace

Departure departure(const Tree& result, const Schema& schema, bool stored) {
  Walk walk(schema);
  walk.node(result, {""}, "",
            {.version = stored ? integer_or(result, "format_version", kResultVersion) : kResultVersion,
             .stored = stored,
             .estimated = integer_or(result, "estimated", 1) == 1});
  return walk.found;
}

}  // namespace headwater
