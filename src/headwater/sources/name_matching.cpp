#include "headwater/sources/name_matching.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::array<std::string_view, 4> kSharedWords = {"nhs", "foundation", "trust", "the"};

std::string bare_name(const std::string& name) {
  std::string letters;
  for (const char c : lower(name)) {
    if (c == '&')
      letters += " and ";
    else if (c == '\'' || c == '.')
      continue;
    else
      letters += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80 ? c : ' ';
  }
  std::string bare;
  for (const std::string& word : entries_of(letters, ' '))
    if (std::find(kSharedWords.begin(), kSharedWords.end(), word) == kSharedWords.end())
      bare += (bare.empty() ? "" : " ") + word;
  return bare;
}

std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> above(b.size() + 1), here(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    here[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j)
      here[j] = std::min({above[j] + 1, here[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
    std::swap(above, here);
  }
  return above[b.size()];
}

double likeness(const std::string& a, const std::string& b) {
  const std::size_t longer = std::max(a.size(), b.size());
  return longer == 0 ? 0 : 1 - static_cast<double>(edits(a, b)) / static_cast<double>(longer);
}

struct KnownName {
  std::string code, name, bare;
};

std::vector<KnownName> known_names(const std::vector<const TypedSource*>& sources) {
  std::map<std::pair<std::string, std::string>, KnownName> names;
  for (const TypedSource* source : sources)
    for (std::size_t i = 0; i < source->unit.size(); ++i)
      if (!source->unit_name[i].empty()) {
        const std::string bare = bare_name(source->unit_name[i]);
        names.try_emplace({source->unit[i], bare}, KnownName{source->unit[i], source->unit_name[i], bare});
      }
  std::vector<KnownName> list;
  for (auto& [key, name] : names) list.push_back(std::move(name));
  return list;
}

// The nearest unit, and whether no other is as near.
DataLedger::NameMatch nearest_unit(const std::string& written, const std::vector<KnownName>& known, double least) {
  DataLedger::NameMatch best;
  best.written = written;
  const std::string bare = bare_name(written);
  bool alone = true;
  for (const KnownName& name : known) {
    const double score = likeness(bare, name.bare);
    if (score == best.score && name.code != best.unit) alone = false;
    if (score <= best.score) continue;
    best.score = score;
    best.unit = name.code;
    best.matched = name.name;
    alone = true;
  }
  best.taken = alone && best.score >= least;
  return best;
}

}  // namespace

void match_names(TypedSource& source, const std::vector<const TypedSource*>& known) {
  const std::vector<KnownName> names = known_names(known);
  if (names.empty())
    throw Error(ErrorKind::usage, "source.no_names",
                "[source " + source.spec.name +
                    "] is matched by name and no other source has unit_name with codes; "
                    "name the column of names in one",
                {.key = "source.match"});
  std::map<std::string, DataLedger::NameMatch> matches;
  std::map<std::string, std::size_t> takers;
  for (const std::string& written : source.unit)
    if (matches.find(written) == matches.end()) {
      const auto match = nearest_unit(written, names, source.spec.match);
      if (match.taken) ++takers[match.unit];
      matches.emplace(written, match);
    }
  std::vector<Index> kept;
  for (auto& [written, match] : matches) {
    match.source = source.spec.name;
    match.taken = match.taken && takers[match.unit] == 1;  // two names of one unit are for the user to tell apart
    source.ledger.name_matches.push_back(match);
  }
  for (std::size_t i = 0; i < source.unit.size(); ++i)
    if (matches[source.unit[i]].taken) kept.push_back(static_cast<Index>(i));
  const std::size_t lost = source.unit.size() - kept.size();
  source = taken(source, kept);
  for (std::string& unit : source.unit) unit = matches[unit].unit;
  if (lost > 0)
    source.ledger.rows_lost.emplace_back("[source " + source.spec.name + "] no unit's name is like enough",
                                         static_cast<std::int64_t>(lost));
}

}  // namespace headwater
