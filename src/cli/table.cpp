#include <algorithm>
#include <filesystem>
#include <map>

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/hdf5/file_roles.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/grid_book.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/files.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

TableWhat parse_what(const std::string& what) {
  if (what == "coefficients") return TableWhat::coefficients;
  if (what == "decompositions") return TableWhat::decompositions;
  if (what == "all") return TableWhat::all;
  throw Error(ErrorKind::usage, "usage.what", "--what is '" + what + "'; it is coefficients, decompositions or all",
              {.key = "what"});
}

std::vector<std::string> parse_statistics(const std::string& text) {
  std::vector<std::string> wanted = split(text, ',');
  const auto& known = statistic_names();
  for (const std::string& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorKind::usage, "usage.statistics",
                  "--statistics has '" + name + "'; they are " + joined(known, ", "), {.key = "statistics"});
  return wanted;
}

bool parse_notes(const std::string& notes) {
  if (notes == "short" || notes == "full") return notes == "full";
  throw Error(ErrorKind::usage, "usage.notes", "--notes is '" + notes + "'; it is short or full", {.key = "notes"});
}

BookOptions book_options(const Flags& flags) {
  BookOptions options;
  options.stars = flags.has("stars");
  options.what = parse_what(flags.get("what", "all"));
  if (flags.has("fits")) options.fits = split(flags.get("fits"), ',');
  if (flags.has("statistics")) options.statistics = parse_statistics(flags.get("statistics"));
  options.full_notes = parse_notes(flags.get("notes", "short"));
  options.names = flags.get("names", "");
  check_names(options.names, "--names");
  return options;
}

std::string tables(const GridBook& book, const std::string& format) {
  if (format == "markdown") return markdown_tables(book);
  if (format == "latex") return latex_tables(book);
  if (format == "html") return html_tables(book);
  return format == "text" ? visible(text_tables(book)) : xlsx_tables(book);
}

// FILE.csv holds the first table, FILE-tests.csv and so on the others.
void write_csv(const std::vector<CsvTable>& tables, const std::string& result, const std::string& path) {
  const std::filesystem::path file(path);
  FileRoles written;
  for (const CsvTable& table : tables) {
    std::filesystem::path own = file;
    if (!written.empty()) own.replace_filename(file.stem().string() + "-" + table.name + file.extension().string());
    written.push_back({"table file", own.string()});
  }
  check_files({{"result file", result}}, written);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    write_whole_file(written[i].path, tables[i].text);
    print("wrote " + written[i].path + "\n");
  }
}

void print_csv(const std::vector<CsvTable>& tables) {
  print_data(tables.front().text);
  std::vector<std::string> others;
  for (std::size_t i = 1; i < tables.size(); ++i) others.push_back(tables[i].name);
  if (!others.empty())
    print_error("These are the " + tables.front().name + "; -o FILE.csv writes " + joined(others, ", ") +
                " as well, a file each.\n");
}

void check_format(const std::string& format, bool to_file) {
  static const std::vector<std::string> known = {"text", "markdown", "latex", "csv", "html", "xlsx"};
  for (const std::string& name : known)
    if (format == name && (to_file || name != "xlsx")) return;
  if (format == "xlsx")
    throw Error(ErrorKind::usage, "usage.arguments", "a workbook is no text; say where it goes with -o FILE.xlsx",
                {.key = "output"});
  throw Error(ErrorKind::usage, "usage.format",
              "--format is '" + format + "'; it is text, markdown, latex, csv, html or xlsx", {.key = "format"});
}

void check_ending(const std::string& path, const std::string& format) {
  static const std::map<std::string, std::vector<std::string_view>> own = {
      {"text", {".txt"}}, {"markdown", {".md"}},       {"latex", {".tex"}},
      {"csv", {".csv"}},  {"html", {".html", ".htm"}}, {"xlsx", {".xlsx"}}};
  const std::vector<std::string_view>& endings = own.at(format);
  require_ending(path, "table file", endings,
                 "--format " + format + " is written: name it " + std::string(endings.front()) +
                     ", or give the --format that goes with its name");
}

}  // namespace

std::vector<Flag> table_flags() {
  return {
      {"format", true, false, "text, markdown, latex, csv, html or xlsx [text]"},
      {"output", true, false,
       "file to write (also -o); xlsx needs one, csv writes further tables to FILE-tests.csv and so on"},
      {"stars", false, false, "stars beside the estimates"},
      {"statistics", true, false,
       "what stands with an estimate, as a,b: std_error, t, p, interval, mde [all of one model, std_error of several]"},
      {"names", true, false, "what columns are called, as column = words; they win over those of [report] names"},
      {"notes", true, false, "short or full: formulas, arithmetic, how the effects were taken out [short]"},
      {"fits", true, false, "fits to show side by side, in this order, as a,b [all]"},
      {"what", true, false, "coefficients, decompositions or all [all]"}};
}

int table_command(const Words& words) {
  const Command& command = *find_command("table");
  const Flags flags(command, words, 0, 1);
  if (flags.arguments().empty())
    throw Error(ErrorKind::usage, "usage.arguments", "headwater table takes a result file: headwater table RESULT");
  const std::string format = flags.get("format", "text");
  check_format(format, flags.has("output"));
  const BookOptions options = book_options(flags);
  const std::string from = flags.arguments().front(), to = flags.get("output");
  check_files({{"result file", from}}, {{"table file", to}});
  check_ending(to, format);
  if (!flags.has("output")) check_printing({{"result file", from}});
  const Tree result = read_result(from);
  if (format == "csv") {
    const std::vector<CsvTable> all =
        csv_tables(with_fits(result, options.fits), options.what, words_of(result, options));
    if (flags.has("output"))
      write_csv(all, from, to);
    else
      print_csv(all);
    return 0;
  }
  const std::string text = tables(grid_book(result, options), format);
  if (!flags.has("output")) {
    print_data(text);
    return 0;
  }
  write_whole_file(to, text);
  print("wrote " + to + "\n");
  return 0;
}

}  // namespace headwater::cli
