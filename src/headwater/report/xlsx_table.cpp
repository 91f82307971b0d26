// A workbook as the government's guidance on accessible spreadsheets asks: a cover, notes, one table a sheet with its
// headings marked as a table, no merged cell, no empty row or cell in a table, numbers as numbers.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <set>

#include "headwater/core/child_process.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/module.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/grid_book.hpp"
#include "headwater/report/xlsx_module.hpp"

namespace headwater {
namespace {

// The format has room for 32,767 characters in a cell and 255 in a heading.
constexpr std::size_t kMostBytes = 32000, kMostHeadingBytes = 240;
constexpr double kLeastWidth = 10, kMostWidth = 60;
constexpr const char* kNotApplicable = "[z]";

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::io, "table.workbook",
              "the workbook cannot be made: " + why + "; close other programs and try again, or ask for --format csv");
}

std::string sheet_name(std::size_t i) { return "Table " + std::to_string(i + 1); }

// The number format that shows a number as its printed text does: "(0.100)", "0.250***", "75.0 %", "1,000", "<0.001".
std::string number_format(const std::string& text) {
  if (text == "<0.001") return "[<0.001]\"<0.001\";0.000";
  const std::size_t point = text.find('.');
  const bool bracket = text.front() == '(';
  std::size_t decimals = 0;
  if (point != std::string::npos)
    while (point + decimals + 1 < text.size() && text[point + decimals + 1] >= '0' && text[point + decimals + 1] <= '9')
      ++decimals;
  std::string format = text.find(',') != std::string::npos ? "#,##0" : "0";
  if (decimals > 0) format += "." + std::string(decimals, '0');
  if (text.find('e') != std::string::npos) format += "E+00";
  if (text.back() == '%') format += " %";
  if (bracket) return "\"(\"" + format + "\")\"";
  const std::size_t stars = text.size() - std::min(text.size(), text.find_last_not_of('*') + 1);
  return stars > 0 ? format + "\"" + std::string(stars, '*') + "\"" : format;
}

// One sheet, and the texts that its C view points at.
class Sheet {
 public:
  Sheet(std::string name, std::string table) : name_(std::move(name)), table_(std::move(table)) {}

  void line(const std::string& text) { lines_.push_back(keep(text, kMostBytes)); }

  // Headings must differ, whatever their case, and none may be empty.
  void column(const std::string& heading) {
    const std::string base = heading.empty() ? "value" : shortened(one_line(heading), kMostHeadingBytes);
    std::string unique = base;
    for (int i = 2; !seen_.insert(lower(unique)).second; ++i) unique = base + " (" + std::to_string(i) + ")";
    headings_.push_back(keep(unique, kMostBytes));
    widths_.push_back(std::clamp(display_width(headings_.back()) + 4.0, kLeastWidth, kMostWidth));
  }

  void text(const std::string& words, const std::string& link = {}) {
    const std::string shown = words.empty() ? kNotApplicable : words;
    add({keep(shown, kMostBytes), nullptr, 0, link.empty() ? nullptr : keep(link, kMostBytes)});
  }

  void cell(const GridCell& cell) {
    if (cell.number && !cell.text.empty())
      add({nullptr, keep(number_format(cell.text), kMostBytes), *cell.number, nullptr});
    else
      text(cell.text);
  }

  headwater_workbook_sheet view() const {
    const int columns = static_cast<int>(headings_.size());
    return {name_.c_str(),
            table_.c_str(),
            static_cast<int>(lines_.size()),
            lines_.data(),
            columns,
            headings_.data(),
            widths_.data(),
            static_cast<int>(cells_.size()) / std::max(1, columns),
            cells_.data()};
  }

 private:
  const char* keep(const std::string& text, std::size_t most) {
    return kept_.emplace_back(shortened(one_line(text), most)).c_str();
  }
  void add(const headwater_workbook_cell& cell) {
    double& width = widths_[cells_.size() % headings_.size()];
    if (cell.text) width = std::clamp(display_width(cell.text) + 2.0, width, kMostWidth);
    cells_.push_back(cell);
  }

  std::string name_, table_;
  std::deque<std::string> kept_;
  std::vector<const char*> lines_, headings_;
  std::vector<double> widths_;
  std::vector<headwater_workbook_cell> cells_;
  std::set<std::string> seen_;
};

void fill_cover(Sheet& sheet, const GridBook& book) {
  sheet.line(book.title);
  for (const std::string& text : book.lead) sheet.line(text);
  sheet.line("Each worksheet has one table; notes on them are on the worksheet Notes. Missing cells are marked " +
             std::string(kNotApplicable) + ", not applicable.");
  sheet.column("worksheet");
  sheet.column("contents");
  sheet.text("Notes", "internal:'Notes'!A1");
  sheet.text("Notes on the tables");
  for (std::size_t i = 0; i < book.grids.size(); ++i) {
    sheet.text(sheet_name(i), "internal:'" + sheet_name(i) + "'!A1");
    sheet.text(book.grids[i].title);
  }
}

void fill_notes(Sheet& sheet, const GridBook& book) {
  sheet.line("Notes");
  sheet.line("This worksheet contains one table.");
  sheet.column("worksheet");
  sheet.column("note");
  sheet.text("all");
  sheet.text(kNotApplicable + std::string(" marks a cell to which the quantity does not apply."));
  for (std::size_t i = 0; i < book.grids.size(); ++i)
    for (const std::string& note : book.grids[i].notes) {
      sheet.text(sheet_name(i));
      sheet.text(note);
    }
}

void fill_table(Sheet& sheet, const GridBook& book, std::size_t i) {
  const Grid grid = with_mark_column(book.grids[i]);
  sheet.line(sheet_name(i) + ": " + grid.title);
  if (book.lead.size() > 1 && book.lead.front().rfind("SIMULATED", 0) == 0) sheet.line(book.lead.front());
  for (const std::string& text : grid.lead) sheet.line(text);
  sheet.line("This worksheet contains one table. Notes on it are on the worksheet Notes.");
  for (const GridColumn& column : grid.columns) sheet.column(column.heading);
  for (const GridRow& row : grid.rows) {
    sheet.text(row_name(row));
    for (std::size_t c = 1; c < grid.columns.size(); ++c) sheet.cell(cell_at(row, c));
  }
}

// A zip archive ends with its directory and a record of where that lies.
bool is_whole_archive(const std::string& bytes) {
  constexpr std::size_t kRecord = 22;
  if (bytes.size() < kRecord || bytes.compare(bytes.size() - kRecord, 4, "PK\5\6") != 0) return false;
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return static_cast<std::uint64_t>(value);
  };
  const std::size_t record = bytes.size() - kRecord;
  return number(record + 12) + number(record + 16) == record;
}

// A file in memory that has a path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("workbook", MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail(std::strerror(errno));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  std::string bytes() const {
    std::string out(static_cast<std::size_t>(std::max<off_t>(0, ::lseek(descriptor_, 0, SEEK_END))), '\0');
    for (std::size_t at = 0; at < out.size();) {
      const ssize_t got = ::pread(descriptor_, out.data() + at, out.size() - at, static_cast<off_t>(at));
      if (got <= 0) fail("what was written cannot be read back");
      at += static_cast<std::size_t>(got);
    }
    return out;
  }

 private:
  int descriptor_;
};

constexpr rlim_t kMostSeconds = 600;

// Memory that parent and child both see, for the child's complaint.
class SharedMessage {
 public:
  SharedMessage() : page_(::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (page_ == MAP_FAILED) fail(std::strerror(errno));
  }
  SharedMessage(const SharedMessage&) = delete;
  SharedMessage& operator=(const SharedMessage&) = delete;
  ~SharedMessage() { ::munmap(page_, kBytes); }
  char* text() const { return static_cast<char*>(page_); }

  static constexpr int kBytes = 256;

 private:
  void* page_;
};

// The library goes on with null pointers when memory runs out, so it writes in a process apart.
void write_apart(headwater_workbook_function write, const std::string& path, const headwater_workbook& workbook) {
  const SharedMessage message;
  const pid_t process = ::fork();
  if (process < 0) fail(std::strerror(errno));
  if (process == 0) {
    become_child(kMostSeconds);
    ::_exit(write(path.c_str(), &workbook, message.text(), SharedMessage::kBytes) == 0 ? 0 : 1);
  }
  const std::optional<int> status = ChildProcess(process).wait();
  if (status && WIFSIGNALED(*status)) fail("there is not enough memory for it");
  if (status && WEXITSTATUS(*status) != 0) fail(message.text());
}

}  // namespace

std::string xlsx_tables(const GridBook& book) {
  static const auto write = reinterpret_cast<headwater_workbook_function>(
      module_function("headwater_xlsx.so", "headwater_write_workbook", "an Excel workbook",
                      "install libxlsxwriter-dev and build again, or ask for --format csv"));
  std::deque<Sheet> sheets;
  fill_cover(sheets.emplace_back("Cover", "cover"), book);
  fill_notes(sheets.emplace_back("Notes", "notes"), book);
  for (std::size_t i = 0; i < book.grids.size(); ++i)
    fill_table(sheets.emplace_back(sheet_name(i), "table_" + std::to_string(i + 1)), book, i);
  std::vector<headwater_workbook_sheet> views;
  for (const Sheet& sheet : sheets) views.push_back(sheet.view());
  const headwater_workbook workbook{book.title.c_str(), static_cast<int>(views.size()), views.data()};
  const MemoryFile file;
  write_apart(write, file.path(), workbook);
  std::string bytes = file.bytes();
  if (!is_whole_archive(bytes)) fail("there is not enough memory for it");
  return bytes;
}

}  // namespace headwater
