#include "headwater/panel/other_formats.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

struct Signature {
  std::string_view bytes;
  const char* what;
};
constexpr std::string_view kGzip("\x1F\x8B", 2), kZip("PK\x03\x04", 4), kOldOffice("\xD0\xCF\x11\xE0", 4);
constexpr Signature kSignatures[] = {
    {kGzip, "gzip-compressed; unpack it first (gunzip)"},
    {"BZh", "bzip2-compressed; unpack it first (bunzip2)"},
    {"\xFD"
     "7zXZ",
     "xz-compressed; unpack it first (unxz)"},
    {"\x28\xB5\x2F\xFD", "zstd-compressed; unpack it first (unzstd)"},
    {kZip, "a zip archive or a spreadsheet (xlsx, ods); unpack it, or save the sheet as UTF-8 CSV"},
    {kOldOffice, "an old Excel workbook (xls); save the sheet as UTF-8 CSV"},
    {"%PDF", "a PDF; save the table as UTF-8 CSV"},
    {"PAR1", "a Parquet file; name it .parquet"},
    {"ARROW1", "a Feather file; name it .feather"},
    {"\x89HDF", "an HDF5 file; name it .h5"},
    {"<stata_dta>", "a data set of Stata; write it as CSV (export delimited)"},
    {"$FL2", "a data set of SPSS; write it as CSV (SAVE TRANSLATE)"},
    {"$FL3", "a compressed data set of SPSS; write it as CSV (SAVE TRANSLATE)"},
    {"SQLite format 3", "a data base of SQLite; write the table as CSV (.mode csv, .output FILE)"},
};

// What programs call their own files, and how each writes its table as a CSV; <file> and <csv> are the two names.
struct Ending {
  std::string_view ending;
  const char *what, *way;
};
constexpr const char* kStata = "in Stata, export delimited using \"<csv>\"";
constexpr const char* kSpss = "in SPSS, SAVE TRANSLATE OUTFILE='<csv>' /TYPE=CSV /FIELDNAMES";
constexpr const char* kSas = "in SAS, proc export outfile=\"<csv>\" dbms=csv";
constexpr const char* kRImage = "in R, load(\"<file>\") and write.csv() of the data frame";
constexpr const char* kLines = "in Python, pandas.read_json(\"<file>\", lines=True).to_csv(\"<csv>\", index=False)";
constexpr const char* kPickle = "in Python, pandas.read_pickle(\"<file>\").to_csv(\"<csv>\", index=False)";
constexpr Ending kEndings[] = {
    {".dta", "a data set of Stata", kStata},
    {".sav", "a data set of SPSS", kSpss},
    {".zsav", "a data set of SPSS", kSpss},
    {".por", "a data set of SPSS", kSpss},
    {".sas7bdat", "a data set of SAS", kSas},
    {".xpt", "a data set of SAS", kSas},
    {".rds", "an object of R", "in R, write.csv(readRDS(\"<file>\"), \"<csv>\", row.names = FALSE)"},
    {".rdata", "an image of R", kRImage},
    {".rda", "an image of R", kRImage},
    {".json", "JSON", "in Python, pandas.read_json(\"<file>\").to_csv(\"<csv>\", index=False)"},
    {".jsonl", "JSON in lines", kLines},
    {".ndjson", "JSON in lines", kLines},
    {".pkl", "a pickle of Python", kPickle},
    {".pickle", "a pickle of Python", kPickle},
    {".mat", "a file of Matlab", "in Matlab, writetable(TABLE, \"<csv>\")"},
};

std::string with_names(std::string way, const std::string& path) {
  const std::filesystem::path file(path);
  const auto put = [&way](const std::string& mark, const std::string& name) {
    if (const std::size_t at = way.find(mark); at != std::string::npos) way.replace(at, mark.size(), name);
  };
  put("<file>", file.filename().string());
  put("<csv>", file.stem().string() + ".csv");
  return way;
}

bool is_json(std::string_view opening) {
  if (opening.empty() || (opening[0] != '{' && opening[0] != '[')) return false;
  const std::string_view next = trimmed(opening.substr(1));
  return !next.empty() && (next[0] == '"' || (opening[0] == '[' && (next[0] == '{' || next[0] == '[')));
}

// The name of the kind that the bytes begin as, "" when none is known.
std::string kind_of(std::string_view bytes) {
  for (const Signature& format : kSignatures)
    if (bytes.substr(0, format.bytes.size()) == format.bytes) return format.what;
  const std::string opening = lower(trimmed(bytes.substr(0, 64)));
  if (opening.rfind("<!doctype html", 0) == 0 || opening.rfind("<html", 0) == 0)
    return "a web page, perhaps the error page of a download; fetch the CSV itself";
  return is_json(opening) ? "JSON; write its table as CSV" : "";
}

std::string opening_of(const std::string& path) {
  std::string bytes(64, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace

void refuse_endings_of_other_programs(const std::string& path) {
  const std::string name = lower(path);
  for (const Ending& other : kEndings)
    if (name.size() > other.ending.size() &&
        name.compare(name.size() - other.ending.size(), std::string::npos, other.ending) == 0)
      throw Error(ErrorKind::data, "data.other_format",
                  path + " is " + other.what +
                      " by its name, which is not read; write it as CSV: " + with_names(other.way, path),
                  {.file = path});
}

void refuse_other_formats(std::string_view bytes, const std::string& file) {
  if (const std::string kind = kind_of(bytes); !kind.empty())
    throw Error(ErrorKind::data, "csv.other_format", file + " is " + kind, {.file = file});
}

// Four bytes of ones begin a stream of Arrow.
void require_arrow_signature(const std::string& path) {
  const std::string bytes = opening_of(path);
  for (const std::string_view known : {"PAR1", "ARROW1", "FEA1", "\xFF\xFF\xFF\xFF"})
    if (bytes.rfind(known, 0) == 0) return;
  const std::string kind = kind_of(bytes);
  throw Error(
      ErrorKind::data, "arrow.other_format",
      path + " is " +
          (bytes.empty()   ? "empty; write it again"
           : !kind.empty() ? kind
                           : "no Parquet, Feather or Arrow file, whatever its name: its first bytes are none of "
                             "theirs; a table of text is named .csv, and a file that was damaged is written "
                             "again"),
      {.file = path});
}

}  // namespace headwater
