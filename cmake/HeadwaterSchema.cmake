# The table of what a result file may hold, compiled into the library as it is; configured again when a row changes.
set(HEADWATER_SCHEMA ${PROJECT_SOURCE_DIR}/src/headwater/result/schema.tsv)
set(HEADWATER_SCHEMA_SOURCE ${CMAKE_BINARY_DIR}/generated/schema_text.cpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${HEADWATER_SCHEMA})
file(READ ${HEADWATER_SCHEMA} HEADWATER_SCHEMA_TEXT)
file(CONFIGURE OUTPUT ${HEADWATER_SCHEMA_SOURCE} CONTENT [[
#include "headwater/result/schema_text.hpp"

std::string_view headwater::schema_text() {
  return R"~~(@HEADWATER_SCHEMA_TEXT@)~~";
}
]] @ONLY)
