#include "headwater/panel/succession_table.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/key_values.hpp"

namespace headwater {
namespace {

[[noreturn]] void table_error(const std::string& file, std::int64_t row, const std::string& message) {
  throw Error(ErrorKind::data, "succession.table", file + ", row " + std::to_string(row) + ": " + message,
              {.file = file, .row = row});
}

// Every column as text: codes and dates keep their form.
RawTable read_as_text(const std::string& path) {
  const std::string bytes = read_file(path);
  ReadOptions options;
  for (const Column& column : parse_csv(bytes, path, ',', options).columns) options.text.push_back(column.name);
  return parse_csv(bytes, path, ',', options);
}

const Column* named(const RawTable& table, std::initializer_list<const char*> names) {
  for (const char* wanted : names)
    for (const Column& column : table.columns)
      if (lower(column.name) == wanted) return &column;
  return nullptr;
}

std::string text_at(const Column* column, std::size_t row) {
  if (!column || column->codes[row] < 0) return "";
  return std::string(trimmed(column->levels[static_cast<std::size_t>(column->codes[row])]));
}

using EntriesOf = std::unordered_map<std::string, std::vector<const Succession*>>;

// Whether rows of the data can come to carry the code: it is a unit, or became one.
class Reach {
 public:
  Reach(const std::vector<Succession>& entries, const std::map<std::string, std::string>& codes) {
    EntriesOf by_from;
    for (const Succession& entry : entries) by_from[entry.from].push_back(&entry);
    std::vector<std::string> next;
    for (const auto& [fold, code] : codes) next.push_back(code);
    while (!next.empty()) {
      const std::string code = std::move(next.back());
      next.pop_back();
      if (!reached_.insert(code).second) continue;
      for (const Succession* entry : by_from[code]) next.push_back(entry->to);
    }
  }
  bool operator()(const std::string& code) const { return reached_.count(code) > 0; }

 private:
  std::set<std::string> reached_;
};

void refuse_other_spelling(const Succession& entry, const std::string& code, bool known,
                           const std::map<std::string, std::string>& codes, const std::string& path) {
  const auto found = codes.find(folded(code));
  if (known || found == codes.end() || found->second == code) return;
  table_error(
      path, entry.row,
      "'" + code + "' is in no row of the data, which have '" + found->second + "'; write the code as the data do");
}

void refuse_second_successor(const Succession& first, const Succession& second, const std::string& path) {
  const bool by_policy = first.to == second.to;
  const auto shown = [&](const Succession& entry) {
    return "'" + entry.to + "'" + (by_policy ? " with policy " + entry.policy : "");
  };
  table_error(path, second.row,
              "'" + second.from + "' became " + shown(second) + " here and " + shown(first) + " in row " +
                  std::to_string(first.row) + "; a code has one successor, so keep one of the lines");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool same_line(const Succession& a, const Succession& b) { return a.to == b.to && a.policy == b.policy; }

// The lines that rows of the data reach, each code with one successor.
std::vector<Succession> reached_lines(const std::vector<Succession>& entries,
                                      const std::map<std::string, std::string>& codes, const std::string& path) {
  const Reach reached(entries, codes);
  std::unordered_map<std::string, const Succession*> known;
  std::vector<Succession> lines;
  for (const Succession& entry : entries) {
    refuse_other_spelling(entry, entry.from, reached(entry.from), codes, path);
    if (!reached(entry.from) || entry.from == entry.to) continue;
    const auto at = codes.find(folded(entry.to));
    refuse_other_spelling(entry, entry.to, at != codes.end() && at->second == entry.to, codes, path);
    const auto [first, fresh] = known.emplace(entry.from, &entry);
    if (fresh)
      lines.push_back(entry);
    else if (!same_line(*first->second, entry))
      refuse_second_successor(*first->second, entry, path);
  }
  return lines;
}

[[noreturn]] void refuse_circle(const std::vector<Succession>& lines, const std::vector<std::size_t>& left,
                                const std::string& path) {
  constexpr std::size_t kMostShown = 6;
  std::unordered_map<std::string, const Succession*> into;  // every code that is left has a line that leads to it
  for (const std::size_t line : left) into.emplace(lines[line].to, &lines[line]);
  std::set<std::string> seen;
  const Succession* at = &lines[left.front()];
  while (seen.insert(at->from).second) at = into.at(at->from);
  const Succession* end = at;
  std::vector<const Succession*> circle;
  do {
    circle.insert(circle.begin(), at);
    at = into.at(at->from);
  } while (at != end);
  const auto by_row = [](const Succession* a, const Succession* b) { return a->row < b->row; };
  std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end(), by_row), circle.end());
  std::vector<std::string> codes, rows;
  for (const Succession* line : circle) {
    codes.push_back(line->from);
    rows.push_back(std::to_string(line->row));
  }
  const bool shown_whole = codes.size() <= kMostShown;
  if (!shown_whole) {
    codes.resize(kMostShown);
    rows.resize(kMostShown);
  }
  table_error(path, circle.front()->row,
              "the successions go round in a circle: " + joined(codes, " became ") + " became " +
                  (shown_whole ? codes.front() : "...") + " (rows " + joined(rows, ", ") +
                  (shown_whole ? "" : ", ...") + "); delete one of them");
}

}  // namespace

std::vector<Succession> read_successions(const std::string& path) {
  const RawTable table = read_as_text(path);
  const Column* from = named(table, {"old_code", "from"});
  const Column* to = named(table, {"new_code", "final_code", "to"});
  const Column* policy = named(table, {"policy"});
  const Column* date = named(table, {"date", "period"});
  if (!from || !to)
    table_error(path, 1,
                "a succession table needs the columns old_code and new_code, and may have date and policy (link, break "
                "or drop)");
  std::vector<Succession> successions;
  for (std::size_t i = 0; i < table.source_rows.size(); ++i) {
    Succession entry{text_at(from, i), text_at(to, i), text_at(policy, i), text_at(date, i), table.source_rows[i]};
    if (entry.from.empty() || entry.to.empty())
      table_error(path, entry.row, "old_code and new_code must both be given");
    if (!entry.date.empty() && std::none_of(entry.date.begin(), entry.date.end(), is_digit))
      table_error(path, entry.row, "'" + entry.date + "' is no date; write one such as 2013-04-01, or leave it empty");
    if (entry.policy.empty()) entry.policy = "link";
    if (entry.policy != "link" && entry.policy != "break" && entry.policy != "drop")
      table_error(path, entry.row, "policy '" + entry.policy + "' is not known; write link, break or drop");
    successions.push_back(std::move(entry));
  }
  return successions;
}

std::vector<Succession> in_order(const std::vector<Succession>& entries,
                                 const std::map<std::string, std::string>& codes, const std::string& path) {
  const std::vector<Succession> lines = reached_lines(entries, codes, path);
  std::unordered_map<std::string, std::size_t> awaited,
      line_of;  // lines that end in a code; the line that begins there
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ++awaited[lines[i].to];
    line_of.emplace(lines[i].from, i);
  }
  std::vector<std::size_t> round, next, left;
  for (std::size_t i = 0; i < lines.size(); ++i) (awaited.count(lines[i].from) > 0 ? left : round).push_back(i);
  std::vector<Succession> ordered;
  while (!round.empty()) {
    next.clear();
    for (const std::size_t i : round) {
      ordered.push_back(lines[i]);
      const auto follows = line_of.find(lines[i].to);
      if (--awaited[lines[i].to] == 0 && follows != line_of.end()) next.push_back(follows->second);
    }
    std::sort(next.begin(), next.end());
    std::swap(round, next);
  }
  if (ordered.size() < lines.size()) {
    left.erase(std::remove_if(left.begin(), left.end(), [&](std::size_t i) { return awaited[lines[i].from] == 0; }),
               left.end());
    refuse_circle(lines, left, path);
  }
  return ordered;
}

}  // namespace headwater
