#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "headwater/core/text.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/grid_book.hpp"
#include "headwater/report/instruments.hpp"
#include "headwater/report/layout.hpp"
#include "headwater/report/source_section.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostSuspicions = 12;

bool usable(const Tree& fit) { return fit.find_attribute("error_message") == nullptr; }

// Whether the fit splits the variance of its outcome.
bool explains_variance(const Tree& fit) {
  return usable(fit) && fit.find_array("r_squared_within") && !fit.find_child("instruments") &&
         std::isfinite(scalar(fit, "r_squared_within"));
}

std::string banner(const Tree& result) {
  const std::string notice = simulated_notice(result);
  return notice.empty() ? "" : notice + "\n";
}

const std::string* caption(const Tree& result, const std::string& key) {
  const Tree* run = result.find_child("run");
  const Attribute* value = run ? run->find_attribute("report." + key) : nullptr;
  return value ? std::get_if<std::string>(value) : nullptr;
}

// What the author says the data do not hold.
std::string limits(const Tree& result) {
  const std::string* text = caption(result, "limits");
  return text ? wrapped("These data do not speak about: " + *text + ".", 2) : "";
}

// The [report] keys of the configuration: what is measured, on whom, by whom.
std::string about(const Tree& result) {
  std::string out;
  for (const CaptionKey& key : caption_keys())
    if (const std::string* text = caption(result, key.name); text && key.name != "limits")
      out += wrapped(key.name + ": " + *text, 2);
  return out.empty() ? "" : heading("About this run") + out;
}

// What cannot be told, and how little is explained, before anything else.
std::string honest_first(const Tree& result) {
  const Tree* fits = result.find_child("fits");
  if (!fits) return "";
  std::string out;
  for (const Tree& fit : fits->children)
    if (const std::string weak = weak_instruments(fit); !weak.empty()) out += wrapped(fit.name + ": " + weak + ".", 2);
  std::map<std::string, std::string> fits_without;  // what is not identified -> in which fits
  for (const Tree& fit : fits->children) {
    if (!usable(fit) || labels(fit, "unidentified").empty()) continue;
    std::string& names = fits_without[joined(labels(fit, "unidentified"), ", ")];
    names += (names.empty() ? "" : ", ") + fit.name;
  }
  for (const auto& [terms, names] : fits_without)
    out += wrapped(std::string("Not identified in ").append(names).append(": ").append(terms).append("."), 2);
  out += limits(result);
  for (const Tree& fit : fits->children) {
    if (!explains_variance(fit)) continue;
    const double within = scalar(fit, "r_squared_within"), rss = scalar(fit, "rss"), tss = scalar(fit, "tss"),
                 tss_within = scalar(fit, "tss_within");
    const bool effects = !labels(fit, "effect").empty();
    if (fit.find_child("random")) {
      out += wrapped(fit.name + ": the regressors explain " + shown_percent(within) +
                         " of the variance of the outcome less theta times its means.",
                     2);
      continue;
    }
    out += wrapped(fit.name + ": the regressors explain " + shown_percent(within) +
                       (effects ? " of the variance within the effects, which is " +
                                      shown_percent((tss_within - rss) / tss) + " of the total variance"
                                : " of the variance") +
                       " of the outcome.",
                   2);
  }
  return out.empty() ? "" : heading("What can and cannot be told") + out;
}

std::string lost_rows(const Tree& result) {
  const Tree* fits = result.find_child("fits");
  std::map<std::string, std::string> seen;
  std::string out;
  if (!fits) return out;
  for (const Tree& fit : fits->children) {
    if (!usable(fit)) continue;
    const auto& reasons = labels(fit, "sample_reason");
    const auto& rows = integers(fit, "sample_rows");
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < reasons.size(); ++i) parts.push_back(counted(rows[i], "row") + ": " + reasons[i]);
    const std::string text = thousands(static_cast<long long>(number_attribute(fit, "rows_used"))) + " of " +
                             counted(static_cast<long long>(number_attribute(fit, "rows_read")), "row") + " used" +
                             (parts.empty() ? "" : "; dropped: " + joined(parts, "; ")) + ".";
    seen[text] += (seen[text].empty() ? "" : ", ") + fit.name;
  }
  for (const auto& [text, names] : seen) out += wrapped(std::string(names).append(": ").append(text), 2);
  return out;
}

std::string missing_cells(const Tree& data) {
  const auto &columns = texts(data, "missing_column"), &reasons = texts(data, "missing_reason");
  const auto& cells = integers(data, "missing_cells");
  if (columns.empty()) return "";
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < columns.size() && i < 12; ++i)
    parts.push_back(columns[i] + " " + thousands(cells[i]) + " " + reasons[i]);
  if (columns.size() > 12)
    parts.push_back("and " + std::to_string(columns.size() - 12) + " more (see the result file)");
  return wrapped("Cells without a value: " + joined(parts, "; ") + ".", 2);
}

// The surest come first; how many of which kind are not shown, and where they are.
std::string suspicions(const Tree& data, std::size_t most) {
  const auto &messages = texts(data, "suspicion_message"), &kinds = texts(data, "suspicion_kind");
  std::string out;
  for (std::size_t i = 0; i < messages.size() && i < most; ++i) out += wrapped("  - " + messages[i], 4);
  std::vector<std::pair<std::string, long long>> more;
  for (std::size_t i = most; i < kinds.size(); ++i) {
    if (more.empty() || more.back().first != kinds[i]) more.emplace_back(kinds[i], 0);
    ++more.back().second;
  }
  std::vector<std::string> parts;
  for (const auto& [kind, count] : more) parts.push_back(kind + " " + thousands(count));
  if (!parts.empty())
    out += wrapped("  - and " + thousands(static_cast<long long>(messages.size() - most)) + " more (" +
                       joined(parts, ", ") + "): `headwater check` prints them all",
                   4);
  return out.empty() ? "" : "Values that look odd (nothing was changed):\n" + out;
}

std::string variation_table(const Tree& fit) {
  const auto& names = labels(fit, "regressor");
  const auto &mean = numbers(fit, "mean"), &total = numbers(fit, "sd_total"), &between = numbers(fit, "sd_between"),
             &within = numbers(fit, "sd_within"), &absorbed = numbers(fit, "sd_absorbed");
  TextTable table;
  table.column("regressor", Align::left);
  for (const char* name : {"mean", "sd", "between", "within", "after effects"}) table.column(name, Align::decimal);
  const auto& dropped = labels(fit, "unidentified");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool gone = std::find(dropped.begin(), dropped.end(), names[i]) != dropped.end();
    table.row({names[i], shown(mean[i]), shown(total[i]), shown(between[i]), shown(within[i]),
               gone ? "not identified" : shown(absorbed[i])});
  }
  return table.text();
}

}  // namespace

std::string data_section(const Tree& result, Suspicions shown) {
  const Tree* data = result.find_child("data");
  if (!data) return "";
  std::string out = heading("Data");
  const std::string hash = text_attribute(*data, "sha256");
  out += wrapped(text_attribute(*data, "file") + (hash.empty() ? "" : ", SHA-256 " + hash.substr(0, 16) + "...") +
                     ", " + counted(static_cast<long long>(number_attribute(*data, "rows_read")), "row") + " read.",
                 2);
  const auto& reasons = labels(*data, "lost_reason");
  const auto& lost = integers(*data, "lost_rows");
  for (std::size_t i = 0; i < reasons.size(); ++i)
    out += wrapped("Left out: " + counted(lost[i], "row") + ", " + reasons[i] + ".", 2);
  out += lost_rows(result) + missing_cells(*data);
  for (const std::string& message : texts(*data, "succession_message"))
    out += wrapped("Succession: " + message + ".", 2);
  if (shown == Suspicions::all) out += source_section(*data);
  return out + suspicions(*data, shown == Suspicions::all ? SIZE_MAX : kMostSuspicions);
}

std::string sentence(const std::string& text) { return text + (text.ends_with('?') ? "" : "."); }

// What is true of every fit once, what is true of some with their names.
std::string warning_section(const Tree& result) {
  std::vector<std::pair<std::string, Names>> messages;  // a message and the fits that carry it
  const auto add = [&](const std::string& message, const std::string& fit) {
    const auto same = [&](const auto& entry) { return entry.first == message; };
    auto found = std::find_if(messages.begin(), messages.end(), same);
    if (found == messages.end()) found = messages.insert(found, {message, {}});
    if (!fit.empty()) found->second.push_back(fit);
  };
  const Tree *data = result.find_child("data"), *fits = result.find_child("fits");
  if (data && data->find_array("data_note_message"))
    for (const std::string& message : texts(*data, "data_note_message")) add(message, "");
  if (fits)
    for (const Tree& fit : fits->children)
      if (fit.find_array("note_message"))
        for (const std::string& message : texts(fit, "note_message")) add(message, fit.name);
  std::string out;
  for (const auto& [message, names] : messages) {
    const bool every = names.empty() || names.size() == fits->children.size();
    out += wrapped("  - " + (every ? "" : joined(names, ", ") + ": ") + sentence(message), 4);
  }
  return out.empty() ? "" : heading("Warnings") + out;
}

std::string text_report(const Tree& result, const TableOptions& options) {
  std::string out = banner(result) + honest_first(result) + coefficient_tables(result, options);
  if (const Tree* comparison = result.find_child("comparison")) {
    const auto& rows = integers(*comparison, "model_nobs");
    const bool differ = std::any_of(rows.begin(), rows.end(), [&](std::int64_t n) { return n != rows.front(); });
    if (differ)
      out += "\n" + wrapped(
                        "The models use different rows, so differences between them mix models and samples; sample = "
                        "common uses the same rows.");
  }
  return out + decomposition_tables(result) + data_section(result, Suspicions::surest) + warning_section(result) +
         about(result);
}

// Activity and resource have the regressors of their ratio, so what varies is told once.
bool told_by_ratio(const Tree& fits, const Tree& fit) {
  const std::string role = text_attribute(fit, "role");
  if (role != "activity" && role != "resource") return false;
  const Tree* ratio = fits.find_child(fit.name.substr(0, fit.name.size() - role.size()) + "ratio");
  return ratio && usable(*ratio) && usable(fit);
}

std::string check_report(const Tree& result) {
  std::string out = banner(result) + limits(result);
  if (const Tree* panel = result.find_child("panel")) out += panel_section(*panel);
  if (const Tree* fits = result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (told_by_ratio(*fits, fit)) continue;
      out += heading(fit.name + ": " + text_attribute(fit, "formula"));
      if (!usable(fit)) {
        out += wrapped("cannot be fitted: " + text_attribute(fit, "error_message"), 2);
        continue;
      }
      const auto& dropped = labels(fit, "unidentified");
      const auto& because = texts(fit, "unidentified_because");
      for (std::size_t i = 0; i < dropped.size(); ++i)
        out += wrapped("Not identified: " + dropped[i] + " (a combination of: " + because[i] + ").", 2);
      out += variation_table(fit);
    }
  return out + data_section(result, Suspicions::all) + warning_section(result) + about(result);
}

}  // namespace headwater
