// Publications that are known without a word: the files of sources/, compiled in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/sources/source_file.hpp"
#include "headwater/sources/source_spec.hpp"

namespace headwater {

struct ReadySourceText {
  std::string_view name, text;
};
const std::vector<ReadySourceText>& ready_source_texts();  // generated

const std::vector<SourceSpec>& ready_sources();

// The publication that the file is: the one with the most names in its header of those that a sheet of the file holds.
// nullopt when there is none.
std::optional<SourceSpec> recognised(const SourceFile& file);

// What the source leaves open is taken from the publication that it names under `like`, else from the one that its
// first file is, where it declares no header of its own. Throws Error{usage, "source.unknown"} for a name that is none,
// Error{data, "source.not_recognised"}.
SourceSpec resolved_source(const SourceSpec& own);

}  // namespace headwater
