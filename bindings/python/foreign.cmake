# SPDX-License-Identifier: Apache-2.0
# The extension modules for Pythons that are not run here, maybe cannot be: of each folder of CPython's headers in
# MOODLEML_PYTHON_HEADERS, as <build>/python-modules/cp<version>/<package>/_native.so. MOODLEML_PYBIND11 is the folder of pybind11's
# headers. cmake/wheels.sh makes wheels of them.
#
# The headers need not be the target's: what they tell of the system is the same on every 64-bit Linux. The short name is one that
# every Python looks for. The long one differs between Pythons for musl.
foreach(headers ${MOODLEML_PYTHON_HEADERS})
    file(STRINGS ${headers}/patchlevel.h minor REGEX "^#define PY_MINOR_VERSION")
    string(REGEX REPLACE "[^0-9]" "" minor "${minor}")
    foreach(name moodleml moodlemlbackend)
        set(module ${name}_native_cp3${minor})
        add_library(${module} MODULE ${${name}_sources})
        # pybind11 shares a table of exceptions between modules of one compiler. These modules each have a C++ runtime of their
        # own, which does not know the other's exceptions.
        target_compile_definitions(${module} PRIVATE "PYBIND11_COMPILER_TYPE=\"_${name}\"")
        target_include_directories(${module} SYSTEM PRIVATE ${headers} ${MOODLEML_PYBIND11})
        target_link_libraries(${module} PRIVATE moodleml::moodleml)
        target_link_options(${module} PRIVATE -Wl,-z,undefs)
        set_target_properties(${module} PROPERTIES
            PREFIX ""
            OUTPUT_NAME _native
            UNITY_BUILD ON
            UNITY_BUILD_BATCH_SIZE 0
            LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/python-modules/cp3${minor}/${name}
            BUILD_WITH_INSTALL_RPATH ON
            INSTALL_RPATH "$ORIGIN/../moodleml/lib")
        moodleml_compile(${module})
    endforeach()
endforeach()
