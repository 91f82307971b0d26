// The keys of [report]: what captions and the front of a report need. A missing one is an error, never invented text.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace headwater {

struct CaptionKey {
  std::string name;
  bool required;
  std::string help;
};

const std::vector<CaptionKey>& caption_keys();

// "column = words; ..." with both sides in every entry; `where` says where they stand. Throws Error{usage,
// "report.names"}.
void check_names(const std::string& names, const std::string& where = "report.names");

using Captions = std::map<std::string, std::string>;

// Throws Error{usage, "report.missing_key"} naming every required key without a value, and what check_claims() throws.
void check_captions(const Captions& captions);

}  // namespace headwater
