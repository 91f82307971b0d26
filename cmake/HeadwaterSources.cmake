# The publications of sources/*.source, compiled in as they are; configured again when one changes.
file(GLOB HEADWATER_READY_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sources/*.source)
set(HEADWATER_READY_SOURCES_SOURCE ${CMAKE_BINARY_DIR}/generated/ready_source_texts.cpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${HEADWATER_READY_SOURCES})
set(entries)
foreach(path IN LISTS HEADWATER_READY_SOURCES)
  cmake_path(GET path STEM stem)
  file(READ ${path} text)
  string(APPEND entries "    {\"${stem}\", R\"~~(${text})~~\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${HEADWATER_READY_SOURCES_SOURCE} CONTENT [[
#include "headwater/run/ready_sources.hpp"

const std::vector<headwater::ReadySourceText>& headwater::ready_source_texts() {
  static const std::vector<ReadySourceText> texts = {
@entries@  };
  return texts;
}
]] @ONLY)
