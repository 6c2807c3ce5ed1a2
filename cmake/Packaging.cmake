# SPDX-License-Identifier: Apache-2.0
# What cpack makes: a source tarball, a tarball of the installed tree, and with MOODLEML_DEBIAN_FILES Debian packages, one a
# component: library, development, program. package.sh calls it for each.
set(CPACK_PACKAGE_NAME moodleml)
set(CPACK_PACKAGE_VENDOR "libmoodleml developers")
set(CPACK_PACKAGE_CONTACT "libmoodleml developers <moodleml@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_THREADS 0)

set(CPACK_SOURCE_GENERATOR TXZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME moodleml-${PROJECT_VERSION})
set(CPACK_SOURCE_IGNORE_FILES "/\\.git/" "/\\.git$" "/build/" "/build-[^/]*/" "/\\.cache/" "/__pycache__/" "\\.pyc$")

string(TOLOWER "${CMAKE_SYSTEM_NAME}" system)
set(CPACK_PACKAGE_FILE_NAME moodleml-${PROJECT_VERSION}-${system}-${CMAKE_SYSTEM_PROCESSOR})

set(CPACK_COMPONENTS_ALL library development program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE https://moodle.org)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(about "It trains, evaluates, stores and applies ensembles of linear models,
boosted trees and small neural networks on tables, and answers the calls that
Moodle's analytics makes to a machine-learning backend, without Python and
without TensorFlow.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libmoodleml1)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/debian/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION ${about})
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmoodleml-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libmoodleml1 (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${about}

This package has the headers for C and C++, a CMake package and a file for
pkg-config.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME moodleml)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "libmoodleml1 (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "${about}

Moodle's setting pathtopython may name this program.")

# What Debian wants to find in each package.
if(MOODLEML_DEBIAN_FILES)
    set(changelog ${PROJECT_BINARY_DIR}/debian/changelog.gz)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/debian/changelog.in ${PROJECT_BINARY_DIR}/debian/changelog @ONLY)
    execute_process(COMMAND gzip --best --no-name --stdout ${PROJECT_BINARY_DIR}/debian/changelog
        OUTPUT_FILE ${changelog} COMMAND_ERROR_IS_FATAL ANY)
    foreach(part library:libmoodleml1 development:libmoodleml-dev program:moodleml)
        string(REPLACE ":" ";" part ${part})
        list(GET part 0 component)
        list(GET part 1 name)
        install(FILES ${CMAKE_CURRENT_LIST_DIR}/debian/copyright ${changelog} DESTINATION share/doc/${name} COMPONENT ${component})
    endforeach()
endif()

include(CPack)
