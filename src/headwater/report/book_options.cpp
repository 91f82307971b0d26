#include "headwater/report/book_options.hpp"

#include <algorithm>
#include <cctype>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/grids.hpp"

namespace headwater {
namespace {

TableWhat parse_what(const std::string& what) {
  if (what == "coefficients") return TableWhat::coefficients;
  if (what == "decompositions") return TableWhat::decompositions;
  if (what == "all") return TableWhat::all;
  throw Error(ErrorKind::usage, "usage.what", "--what is '" + what + "'; it is coefficients, decompositions or all",
              {.key = "what"});
}

std::vector<std::string> listed(const std::string& text) {
  return text.empty() ? std::vector<std::string>() : split(text, ',');
}

std::vector<std::string> parse_statistics(const std::string& text) {
  std::vector<std::string> wanted = listed(text);
  const auto& known = statistic_names();
  for (const std::string& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorKind::usage, "usage.statistics",
                  "--statistics has '" + name + "'; they are " + joined(known, ", "), {.key = "statistics"});
  return wanted;
}

std::vector<std::string> parse_below(const std::string& text) {
  std::vector<std::string> wanted = listed(text);
  const auto& known = below_names();
  for (const std::string& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorKind::usage, "usage.below", "--below has '" + name + "'; they are " + joined(known, ", "),
                  {.key = "below"});
  return wanted;
}

std::vector<std::pair<std::string, Patterns>> parse_groups(const std::string& text) {
  std::vector<std::pair<std::string, Patterns>> groups;
  for (const auto& [name, patterns] : called_names(text)) {
    groups.emplace_back(name, patterns_of(patterns));
    if (name.empty() || groups.back().second.empty())
      throw Error(ErrorKind::usage, "usage.group", "--group has '" + text + "'; write NAME = term | term",
                  {.key = "group"});
  }
  return groups;
}

// What LaTeX takes between the braces of \label.
std::string parse_label(const std::string& label) {
  const bool plain = std::all_of(label.begin(), label.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view(":-_.").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return label;
  throw Error(ErrorKind::usage, "usage.label", "--label is '" + label + "'; it has letters, digits and : - _ . alone",
              {.key = "label"});
}

bool parse_notes(const std::string& notes) {
  if (notes == "short" || notes == "full") return notes == "full";
  throw Error(ErrorKind::usage, "usage.notes", "--notes is '" + notes + "'; it is short or full", {.key = "notes"});
}

void check_known(const std::map<std::string, std::string>& given) {
  std::vector<std::string> known;
  for (const BookOptionCard& card : book_option_cards()) known.push_back(card.name);
  for (const auto& [name, value] : given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest(name, known);
    throw Error(ErrorKind::usage, "usage.unknown_option",
                "a table has no option '" + name + "'" +
                    (near.empty() ? "; they are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
                {.key = name});
  }
}

}  // namespace

const std::vector<BookOptionCard>& book_option_cards() {
  static const std::vector<BookOptionCard> cards = {
      {"stars", false, "stars beside the estimates"},
      {"statistics", true,
       "what stands with an estimate, as a,b: std_error, t, p, interval, mde [all of one model, std_error of several]"},
      {"names", true, "what columns are called, as column = words; they win over those of [report] names"},
      {"keep", true, "terms to show, as a | b; * is any text, and terms go by their code or their words [all]"},
      {"drop", true, "terms not to show, the same way"},
      {"order", true, "terms that come first, in this order, the same way"},
      {"group", true, "terms told of in one row of yes, as NAME = a | b; several are separated by semicolons"},
      {"below", true, "figures below: rows, units, clusters, effects, outcome_mean, r2_within, r2 [all]"},
      {"caption", true, "what stands over the coefficients"},
      {"label", true, "what LaTeX calls that table, as tab:main"},
      {"note", true, "your own note under it"},
      {"notes", true, "short or full: formulas, arithmetic, how the effects were taken out [short]"},
      {"fits", true, "fits to show side by side, in this order, as a,b [all]"},
      {"what", true, "coefficients, decompositions or all [all]"}};
  return cards;
}

BookOptions book_options(const std::map<std::string, std::string>& given) {
  const auto text = [&](const char* name, const char* otherwise) {
    const auto found = given.find(name);
    return found == given.end() ? std::string(otherwise) : found->second;
  };
  check_known(given);
  BookOptions options;
  options.stars = given.count("stars") > 0;
  options.what = parse_what(text("what", "all"));
  options.fits = listed(text("fits", ""));
  options.statistics = parse_statistics(text("statistics", ""));
  options.full_notes = parse_notes(text("notes", "short"));
  options.rows = {.keep = patterns_of(text("keep", "")),
                  .drop = patterns_of(text("drop", "")),
                  .order = patterns_of(text("order", "")),
                  .groups = parse_groups(text("group", "")),
                  .below = parse_below(text("below", ""))};
  options.caption = text("caption", "");
  options.label = parse_label(text("label", ""));
  options.note = text("note", "");
  options.names = text("names", "");
  check_names(options.names, "--names");
  return options;
}

std::string tables_as(const GridBook& book, std::string_view format) {
  if (format == "markdown") return markdown_tables(book);
  if (format == "latex") return latex_tables(book);
  if (format == "html") return html_tables(book);
  return format == "text" ? visible(text_tables(book)) : xlsx_tables(book);
}

}  // namespace headwater
