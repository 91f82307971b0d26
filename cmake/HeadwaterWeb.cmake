# The page of the report: src/web -> one HTML file, compiled into the library as it is. Without Node.js and the packages of
# src/web/package-lock.json the library is built without it, HEADWATER_WEB_WHY_NOT says why, and `headwater report` says so.
set(HEADWATER_WEB ${PROJECT_SOURCE_DIR}/src/web)
set(HEADWATER_PAGE_SOURCE ${CMAKE_BINARY_DIR}/generated/report_page.cpp)
set(HEADWATER_WEB_WHY_NOT "")
find_program(HEADWATER_NODE NAMES node nodejs)
if(NOT HEADWATER_NODE)
  set(HEADWATER_WEB_WHY_NOT "Node.js was not found")
elseif(NOT EXISTS ${HEADWATER_WEB}/node_modules/esbuild)
  set(HEADWATER_WEB_WHY_NOT "the packages of src/web are not installed; run 'npm ci --ignore-scripts' there and configure again")
endif()

if(HEADWATER_WEB_WHY_NOT)
  message(STATUS "Report page: left out (${HEADWATER_WEB_WHY_NOT})")
  file(CONFIGURE OUTPUT ${HEADWATER_PAGE_SOURCE} CONTENT [[
#include "headwater/report/html.hpp"

std::string_view headwater::report_page() { return {}; }
]])
  return()
endif()

set(HEADWATER_PAGE ${CMAKE_BINARY_DIR}/web/report.html)
file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS ${HEADWATER_WEB}/source/*)
add_custom_command(
  OUTPUT ${HEADWATER_PAGE}
  COMMAND ${HEADWATER_NODE} ${HEADWATER_WEB}/build.mjs ${HEADWATER_PAGE}
  DEPENDS ${page_sources} ${HEADWATER_WEB}/build.mjs ${HEADWATER_WEB}/package-lock.json
  COMMENT "Bundling the report page"
  VERBATIM)
file(CONFIGURE OUTPUT ${HEADWATER_PAGE_SOURCE} CONTENT [[
#include "headwater/report/html.hpp"

__asm__(
    ".section .rodata\n"
    ".global headwater_page_begin\n"
    ".global headwater_page_end\n"
    ".hidden headwater_page_begin\n"
    ".hidden headwater_page_end\n"
    "headwater_page_begin:\n"
    ".incbin \"@HEADWATER_PAGE@\"\n"
    "headwater_page_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char headwater_page_begin[];
extern const char headwater_page_end[];
}

std::string_view headwater::report_page() {
  return {headwater_page_begin, static_cast<std::size_t>(headwater_page_end - headwater_page_begin)};
}
]] @ONLY)
# A file of its own: compiled together with others it would not be compiled again when the page changes.
set_source_files_properties(${HEADWATER_PAGE_SOURCE} PROPERTIES OBJECT_DEPENDS ${HEADWATER_PAGE} SKIP_UNITY_BUILD_INCLUSION ON)
