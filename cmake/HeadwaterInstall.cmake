include(CMakePackageConfigHelpers)

install(TARGETS headwater headwater_hdf5_library headwater_sheet_libraries EXPORT headwater ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY src/headwater DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(FILES ${PROJECT_BINARY_DIR}/generated/headwater/version.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/headwater)
install(EXPORT headwater NAMESPACE headwater:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/headwater)

configure_package_config_file(cmake/headwaterConfig.cmake.in ${PROJECT_BINARY_DIR}/headwaterConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/headwater)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/headwaterConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/headwaterConfig.cmake ${PROJECT_BINARY_DIR}/headwaterConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/headwater)
