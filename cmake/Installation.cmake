# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and how others find it: a CMake package and a pkg-config file. No file names the place it
# was installed to, so the tree can be moved as a whole. The program's own files are installed in bindings/cli.
include(CMakePackageConfigHelpers)

install(TARGETS moodleml EXPORT moodleml LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT library NAMELINK_COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/moodleml DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" PATTERN schema EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/moodleml/schema DESTINATION ${CMAKE_INSTALL_DATADIR}/moodleml COMPONENT development
    FILES_MATCHING PATTERN "*.json")

# Before 1.0 the header may still change with each minor version.
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(compatible SameMinorVersion)
else()
    set(compatible SameMajorVersion)
endif()
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/moodleml)
set(made ${PROJECT_BINARY_DIR}/package)
write_basic_package_version_file(${made}/moodleml-config-version.cmake COMPATIBILITY ${compatible})
install(EXPORT moodleml NAMESPACE moodleml:: FILE moodleml-targets.cmake DESTINATION ${package} COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/moodleml-config.cmake ${made}/moodleml-config-version.cmake DESTINATION ${package}
    COMPONENT development)

# Its paths go from where the file itself lies.
file(RELATIVE_PATH include_from_package ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${PROJECT_SOURCE_DIR}/cmake/moodleml.pc.in ${made}/moodleml.pc @ONLY)
install(FILES ${made}/moodleml.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
