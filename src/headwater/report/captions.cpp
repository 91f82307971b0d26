#include "headwater/report/captions.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/claims.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {

const std::vector<CaptionKey>& caption_keys() {
  static const std::vector<CaptionKey> keys = {
      {"title", false, "heading of the report; by default the title of the first model"},
      {"measure", true, "what the outcome measures, in words"},
      {"status", true, "experimental, management information, official statistics in development, ..."},
      {"vintage", true, "which edition of the data, and when it was taken"},
      {"source", true, "where the data come from"},
      {"population", true, "which units and periods the data cover"},
      {"weights", true, "how units are weighted, in words"},
      {"estimand", true, "what the numbers are estimates of"},
      {"commissioner", true, "who asked for the report"},
      {"author", true, "who wrote it"},
      {"assurer", true, "who checked it, or that nobody did"},
      {"review_date", true, "when it is to be looked at again"},
      {"headline", false, "what was found, in one sentence of the author's, instead of the generated one"},
      {"summary", false, "main points in the author's words, instead of the generated ones; separated by semicolons"},
      {"limits", false, "what these data cannot speak about; several are separated by semicolons"},
      {"assumptions", false, "assumptions log; entries are separated by semicolons"},
      {"decisions", false, "decisions log; entries are separated by semicolons"},
      {"coverage", false, "columns to count units and rows by, separated by commas: trust type, contract"},
      {"names", false, "what columns are called, as column = words; several are separated by semicolons"},
      {"assignment", false,
       "DRIVER: why it is as good as randomly assigned; several are separated by semicolons; without it the report "
       "says "
       "'association'"},
      {"falsification", false,
       "DRIVER: lead | pre-trend | placebo outcome FIT: HYPOTHESIS; tests that must not reject, and could have, before "
       "the report says 'effect, if'"}};
  return keys;
}

namespace {

// An entry of names that is not "column = words".
std::string misread_name(const std::string& names) {
  for (const std::string& entry : split(names, ';'))
    for (const auto& [column, words] : called_names(entry))
      if (column.empty() || words.empty()) return entry;
  return {};
}

}  // namespace

void check_names(const std::string& names, const std::string& where) {
  if (const std::string entry = misread_name(names); !entry.empty())
    throw Error(ErrorKind::usage, "report.names",
                "'" + entry + "' under " + where + " does not call a column anything; write column = words",
                {.key = where});
}

void check_captions(const Captions& captions) {
  if (const auto names = captions.find("names"); names != captions.end()) check_names(names->second);
  check_claims(captions);

  std::vector<std::string> missing;
  for (const CaptionKey& key : caption_keys()) {
    const auto found = captions.find(key.name);
    if (key.required && (found == captions.end() || trimmed(found->second).empty())) missing.push_back(key.name);
  }
  if (missing.empty()) return;
  throw Error(ErrorKind::usage, "report.missing_key",
              "a report needs " + joined(missing, ", ") +
                  " under [report] of the configuration, and nothing is made up; " +
                  "write them there and run again, or give --report." + missing.front() + " TEXT",
              {.key = "report." + missing.front()});
}

}  // namespace headwater
