# SPDX-License-Identifier: Apache-2.0
# Finds oneDNN by header and library: the CMake package of Debian's libdnnl-dev asks for OpenCL's development files, which
# nothing here needs. Set oneDNN_ROOT for another place, such as oneDNN 3.x.
# Gives oneDNN_FOUND, oneDNN_VERSION and the target oneDNN::oneDNN.
find_path(oneDNN_INCLUDE_DIR NAMES dnnl.h PATH_SUFFIXES include)
find_library(oneDNN_LIBRARY NAMES dnnl PATH_SUFFIXES lib)

if(oneDNN_INCLUDE_DIR)
    # Both 2.x and 3.x hold the numbers in oneapi/dnnl/dnnl_version.h.
    file(STRINGS ${oneDNN_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h _lines REGEX "#define DNNL_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3" oneDNN_VERSION "${_lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(oneDNN REQUIRED_VARS oneDNN_LIBRARY oneDNN_INCLUDE_DIR VERSION_VAR oneDNN_VERSION)

if(oneDNN_FOUND AND NOT TARGET oneDNN::oneDNN)
    add_library(oneDNN::oneDNN UNKNOWN IMPORTED)
    set_target_properties(oneDNN::oneDNN PROPERTIES
        IMPORTED_LOCATION ${oneDNN_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${oneDNN_INCLUDE_DIR})
endif()
mark_as_advanced(oneDNN_INCLUDE_DIR oneDNN_LIBRARY)
