/* The C interface of the workbook module. Texts are UTF-8 and stay the caller's. */
#pragma once

extern "C" {

struct headwater_workbook_cell {
  const char* text;   /* where format is null */
  const char* format; /* the number's format; null for a text */
  double number;
  const char* link; /* "internal:'Table 1'!A1" with text shown; null for none */
};

struct headwater_workbook_sheet {
  const char* name;
  const char* table; /* name of the table */
  int lines;         /* texts in the first column above the table; the first is the sheet's heading */
  const char* const* line;
  int columns;
  const char* const* heading;
  const double* width;
  int rows;
  const headwater_workbook_cell* cell; /* row by row */
};

struct headwater_workbook {
  const char* title;
  int sheets;
  const headwater_workbook_sheet* sheet;
};

/* Writes the file; returns 0, or not with a message. */
typedef int (*headwater_workbook_function)(const char* path, const headwater_workbook* workbook, char* message,
                                           int message_size);
}
