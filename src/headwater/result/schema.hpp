// What a result file may hold. schema.tsv has one row for every attribute, axis and array; SCHEMA.md is printed from
// it, and the readers in Python and R take the same file. A tree that passes can be indexed without further checks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

struct SchemaRow {
  std::string path;                        // as written: /fits/*/estimate, /fits/*@status, /decompositions/*/*_bma/x
  std::string kind;                        // text, integer, number; texts, integers, numbers; axis of texts, ...
  std::vector<std::string> axes;           // of an array; none: a single value
  std::string when;                        // always, together, stored, fitted, estimated, failed, sometimes
  std::int64_t since = 1;                  // first format version that has it
  std::vector<std::string> value_choices;  // what values may be, one of these; none: anything of the kind

  bool attribute() const { return path.find('@') != std::string::npos; }
};

constexpr std::int64_t kResultVersion = 2;

class Schema {
 public:
  // Reads the text of schema.tsv. Throws Error{internal, "schema.table"} naming the line that is no row.
  explicit Schema(std::string_view table);

  // The rows of a group ("" for the root, "/fits/*", "/decompositions/*/*_bma") by name, attributes with "@" before
  // it. nullptr: there is no such group.
  const std::map<std::string, SchemaRow>* group(const std::string& path) const;
  const std::map<std::string, std::map<std::string, SchemaRow>>& groups() const { return groups_; }

 private:
  std::map<std::string, std::map<std::string, SchemaRow>> groups_;
};

// The schema of this version.
const Schema& result_schema();

// How an item departs from the schema, for messages: "'/fits/model/estimate' lies on axis cluster, not term".
struct Departure {
  std::string path, why;
};

// The first departure of a tree as it comes from a file (`stored`) or as it goes into one. Empty path: there is none.
Departure departure(const Tree& result, const Schema& schema, bool stored);

// The nodes from the root to where an item stands.
using Around = std::vector<const Tree*>;

// The axis of this name in the innermost node that has it; nullptr when none has.
const Axis* axis_around(const Around& around, const std::string& name);

// Why a value is none of the row's choices: "holds 7, which is not 0..1". "" when all are.
std::string wrong_values(const SchemaRow& row, const LabelledArray& array, const Around& around);
std::string wrong_labels(const SchemaRow& row, const Axis& axis, const Around& around);
std::string wrong_attribute(const SchemaRow& row, const Attribute& attribute, const Around& around);

}  // namespace headwater
