// The parts of a workbook, kept in memory while libxlsxwriter writes them: it asks for temporary files and does not
// look whether they took what it wrote, so that a full disk would leave parts out.
#pragma once

namespace headwater {

// Lives while one workbook is written by this thread.
class WorkbookParts {
 public:
  WorkbookParts();
  ~WorkbookParts();
  WorkbookParts(const WorkbookParts&) = delete;
  WorkbookParts& operator=(const WorkbookParts&) = delete;

  // Whether the library asked for parts here and every one took all that was written to it.
  bool whole() const;
};

}  // namespace headwater
