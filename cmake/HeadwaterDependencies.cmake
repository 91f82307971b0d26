find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_library(HEADWATER_BOOST_PROGRAM_OPTIONS NAMES libboost_program_options.a boost_program_options REQUIRED)

# HDF5 is linked statically with hidden symbols: it starts faster and keeps apart from h5py's copy.
find_path(HEADWATER_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(HEADWATER_HDF5 NAMES libhdf5.a PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(HEADWATER_HDF5_HL NAMES libhdf5_hl.a PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(HEADWATER_SZ NAMES libsz.a sz REQUIRED)
find_library(HEADWATER_AEC NAMES libaec.a aec REQUIRED)
find_library(HEADWATER_Z NAMES libz.a z REQUIRED)
add_library(headwater_hdf5_library INTERFACE)
target_include_directories(headwater_hdf5_library SYSTEM INTERFACE ${HEADWATER_HDF5_INCLUDE})
target_link_libraries(headwater_hdf5_library INTERFACE ${HEADWATER_HDF5_HL} ${HEADWATER_HDF5} ${HEADWATER_SZ} ${HEADWATER_AEC} ${HEADWATER_Z}
                                                       ${CMAKE_DL_LIBS} m Threads::Threads)

if(HEADWATER_TESTS)
  find_package(GTest REQUIRED)
endif()
