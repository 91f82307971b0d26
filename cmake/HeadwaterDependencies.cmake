find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
# Linked statically: it starts faster, and HDF5 with hidden symbols keeps apart from h5py's copy. Not into a shared object
# (the Python extension), because Debian's archives are not position independent.
if(HEADWATER_SHARED_DEPENDENCIES)
  set(library .so)
else()
  set(library .a)
endif()
find_library(HEADWATER_BOOST_PROGRAM_OPTIONS NAMES libboost_program_options${library} boost_program_options REQUIRED)
find_path(HEADWATER_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(HEADWATER_HDF5 NAMES libhdf5${library} PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(HEADWATER_HDF5_HL NAMES libhdf5_hl${library} PATH_SUFFIXES hdf5/serial REQUIRED)
set(hdf5_needs)
if(NOT HEADWATER_SHARED_DEPENDENCIES)
  find_library(HEADWATER_SZ NAMES libsz.a sz REQUIRED)
  find_library(HEADWATER_AEC NAMES libaec.a aec REQUIRED)
  find_library(HEADWATER_Z NAMES libz.a z REQUIRED)
  set(hdf5_needs ${HEADWATER_SZ} ${HEADWATER_AEC} ${HEADWATER_Z})
endif()
add_library(headwater_hdf5_library INTERFACE)
target_include_directories(headwater_hdf5_library SYSTEM INTERFACE ${HEADWATER_HDF5_INCLUDE})
target_link_libraries(headwater_hdf5_library INTERFACE ${HEADWATER_HDF5_HL} ${HEADWATER_HDF5} ${hdf5_needs} ${CMAKE_DL_LIBS} m
                                                       Threads::Threads)

# Spreadsheets are zip archives of XML.
find_path(HEADWATER_MINIZIP_INCLUDE minizip/unzip.h REQUIRED)
find_path(HEADWATER_EXPAT_INCLUDE expat.h REQUIRED)
find_library(HEADWATER_MINIZIP NAMES libminizip${library} minizip REQUIRED)
find_library(HEADWATER_EXPAT NAMES libexpat${library} expat REQUIRED)
find_library(HEADWATER_INFLATE NAMES libz${library} z REQUIRED)
add_library(headwater_sheet_libraries INTERFACE)
target_include_directories(headwater_sheet_libraries SYSTEM INTERFACE ${HEADWATER_MINIZIP_INCLUDE} ${HEADWATER_EXPAT_INCLUDE})
target_link_libraries(headwater_sheet_libraries INTERFACE ${HEADWATER_MINIZIP} ${HEADWATER_EXPAT} ${HEADWATER_INFLATE})

if(HEADWATER_TESTS)
  find_package(GTest REQUIRED)
endif()

# Debian has no Arrow for C++: the pyarrow package brings headers and libraries. HEADWATER_ARROW_INCLUDE stays empty when
# the module cannot be built, and HEADWATER_ARROW_WHY_NOT says why.
set(HEADWATER_ARROW_INCLUDE "")
set(HEADWATER_ARROW_WHY_NOT "HEADWATER_PYARROW names no Python interpreter")
if(HEADWATER_PYARROW)
  execute_process(
    COMMAND ${HEADWATER_PYARROW} -c
            "import pyarrow; print(pyarrow.get_include(), pyarrow.get_library_dirs()[0], pyarrow.cpp_version_info.major, sep=';', end='')"
    RESULT_VARIABLE failure OUTPUT_VARIABLE found ERROR_VARIABLE ignored)
  if(failure)
    set(HEADWATER_ARROW_WHY_NOT "${HEADWATER_PYARROW} has no pyarrow")
  else()
    list(GET found 0 HEADWATER_ARROW_INCLUDE)
    list(GET found 1 HEADWATER_ARROW_LIBRARY_DIR)
    list(GET found 2 version)
    # The wheel has libarrow.so.2600 and no libarrow.so: linked by the full name, nothing is written into the package.
    set(HEADWATER_ARROW_LIBRARIES ${HEADWATER_ARROW_LIBRARY_DIR}/libparquet.so.${version}00
                                  ${HEADWATER_ARROW_LIBRARY_DIR}/libarrow.so.${version}00)
  endif()
endif()
