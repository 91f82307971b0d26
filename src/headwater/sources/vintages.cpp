// Which vintage of a cell is taken.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sources/joined_sources.hpp"
#include "headwater/sources/published_period.hpp"
#include "headwater/sources/vintage_order.hpp"

namespace headwater {
namespace {

std::string listed(const std::vector<Vintage>& vintages) {
  Names texts;
  for (const Vintage& vintage : vintages) texts.push_back("'" + vintage.text + "'");
  return joined(texts, ", ");
}

[[noreturn]] void bad_vintage(const SourceSpec& spec, const std::string& why) {
  throw Error(ErrorKind::usage, "source.vintage", "[source " + spec.name + "] " + why, {.key = "data.vintage"});
}

// How many of the vintages, from the first on, may be looked at.
std::size_t known_by(const std::vector<Vintage>& vintages, const std::string& date, const SourceSpec& spec) {
  const auto day = date_among(date);
  if (!day) bad_vintage(spec, "vintage = as of " + date + " has no date; write as of 2026-01-31");
  std::size_t count = 0;
  for (const Vintage& vintage : vintages) {
    if (!vintage.day)
      bad_vintage(spec, "vintage '" + vintage.text + "' has no date, so that nothing can be taken as of " + date +
                            "; let its vintage hold the date of publication");
    count += *vintage.day <= *day;
  }
  if (count == 0) bad_vintage(spec, "has no vintage as of " + date + "; they are " + listed(vintages));
  return count;
}

}  // namespace

std::vector<Vintage> vintages_in_order(const TypedSource& source) {
  Names texts(source.vintage.begin(), source.vintage.end());
  std::sort(texts.begin(), texts.end(), natural_less);
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  std::vector<Vintage> vintages;
  for (const std::string& text : texts) vintages.push_back({text, date_among(text)});
  if (std::all_of(vintages.begin(), vintages.end(), [](const Vintage& v) { return v.day.has_value(); }))
    std::stable_sort(vintages.begin(), vintages.end(),
                     [](const Vintage& a, const Vintage& b) { return *a.day < *b.day; });
  return vintages;
}

void choose_vintage(TypedSource& source, const std::string& wanted) {
  if (source.spec.vintage.empty()) return;
  std::vector<Vintage> vintages = vintages_in_order(source);
  const bool first = wanted == "first", latest = wanted.empty() || wanted == "latest";
  if (wanted.starts_with("as of ")) vintages.resize(known_by(vintages, wanted.substr(6), source.spec));
  std::map<std::string, std::size_t> rank;
  for (std::size_t v = 0; v < vintages.size(); ++v)
    if (first || latest || wanted.starts_with("as of ") || fits(wanted + "*", vintages[v].text))
      rank[vintages[v].text] = v;
  if (rank.empty()) bad_vintage(source.spec, "has no vintage '" + wanted + "'; they are " + listed(vintages));
  std::map<std::pair<std::string, std::int64_t>, Index> chosen;
  for (Index i = 0; i < source.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto own = rank.find(source.vintage[at]);
    if (own == rank.end()) continue;
    const auto [place, fresh] = chosen.try_emplace({source.unit[at], source.period[at].ordinal}, i);
    const std::size_t other = rank[source.vintage[static_cast<std::size_t>(place->second)]];
    if (!fresh && (first ? own->second < other : own->second > other)) place->second = i;
  }
  std::vector<Index> rows;
  for (const auto& [key, row] : chosen) rows.push_back(row);
  std::sort(rows.begin(), rows.end());
  std::map<std::string, long long> counts;
  for (const Index row : rows) ++counts[source.vintage[static_cast<std::size_t>(row)]];
  const auto lost = source.rows() - static_cast<Index>(rows.size());
  if (lost > 0)
    source.ledger.rows_lost.emplace_back("[source " + source.spec.name + "] another vintage of the cell is taken",
                                         lost);
  for (const auto& [text, count] : counts)
    source.ledger.notes.push_back({"source.vintage", "[source " + source.spec.name + "] vintage '" + text +
                                                         "': " + counted(count, "row") + " of the panel"});
  source = taken(source, rows);
}

}  // namespace headwater
