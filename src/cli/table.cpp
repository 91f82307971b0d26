#include <filesystem>
#include <map>

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/file_roles.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/report/book_options.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/grid_book.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/files.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

constexpr std::size_t kMostResults = 64;  // beside each other in a table

BookOptions options_of(const Flags& flags) {
  std::map<std::string, std::string> given;
  for (const BookOptionCard& card : book_option_cards())
    if (flags.has(card.name)) given[card.name] = flags.get(card.name);
  return book_options(given);
}

// FILE.csv holds the first table, FILE-tests.csv and so on the others.
void write_csv(const std::vector<CsvTable>& tables, const FileRoles& results, const std::string& path) {
  const std::filesystem::path file(path);
  FileRoles written;
  for (const CsvTable& table : tables) {
    std::filesystem::path own = file;
    if (!written.empty()) own.replace_filename(file.stem().string() + "-" + table.name + file.extension().string());
    written.push_back({"table file", own.string()});
  }
  check_files(results, written);
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

FileRoles result_files(const Words& paths) {
  FileRoles files;
  for (const std::string& path : paths) files.push_back({"result file", path});
  return files;
}

Tree read_together(const Words& paths) {
  std::vector<LabelledResult> results;
  for (const std::string& path : paths)
    results.push_back({std::filesystem::path(path).stem().string(), read_result(path)});
  return together(std::move(results));
}

}  // namespace

std::vector<Flag> table_flags() {
  std::vector<Flag> flags = {
      {"format", true, false, "text, markdown, latex, csv, html or xlsx [text]"},
      {"output", true, false,
       "file to write (also -o); xlsx needs one, csv writes further tables to FILE-tests.csv and so on"}};
  for (const BookOptionCard& card : book_option_cards()) flags.push_back({card.name, card.has_value, false, card.help});
  return flags;
}

int table_command(const Words& words) {
  const Command& command = *find_command("table");
  const Flags flags(command, words, 0, kMostResults);
  if (flags.arguments().empty())
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater table takes a result file, or several: headwater table RESULT");
  const std::string format = flags.get("format", "text");
  check_format(format, flags.has("output"));
  BookOptions options = options_of(flags);
  options.side_by_side = flags.arguments().size() > 1;
  const FileRoles from = result_files(flags.arguments());
  const std::string to = flags.get("output");
  check_files(from, {{"table file", to}});
  check_ending(to, format);
  if (!flags.has("output")) check_printing(from);
  const Tree result = read_together(flags.arguments());
  check_names_used(result, options.names);
  if (format == "csv") {
    const std::vector<CsvTable> all =
        csv_tables(with_fits(result, options.fits), options.what, words_of(result, options));
    if (flags.has("output"))
      write_csv(all, from, to);
    else
      print_csv(all);
    return 0;
  }
  const std::string text = tables_as(grid_book(result, options), format);
  if (!flags.has("output")) {
    print_data(text);
    return 0;
  }
  write_whole_file(to, text);
  print("wrote " + to + "\n");
  return 0;
}

}  // namespace headwater::cli
