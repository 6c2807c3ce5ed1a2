# SPDX-License-Identifier: Apache-2.0
# Toolchain file for the targets of cross.sh, which makes the folder MOODLEML_CROSS: compilers that call Zig for the target, and
# in system/ the headers and libraries to build with.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOODLEML_CROSS)
get_filename_component(target ${MOODLEML_CROSS} NAME)
string(REGEX REPLACE "-.*" "" processor ${target})

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${processor})
set(CMAKE_C_COMPILER ${MOODLEML_CROSS}/tools/cc)
set(CMAKE_CXX_COMPILER ${MOODLEML_CROSS}/tools/c++)
set(CMAKE_AR ${MOODLEML_CROSS}/tools/ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${MOODLEML_CROSS}/tools/ranlib CACHE FILEPATH "")
# CMake keeps their names in other variables for what it compiles.
foreach(language C CXX)
    set(CMAKE_${language}_COMPILER_AR ${CMAKE_AR} CACHE FILEPATH "")
    set(CMAKE_${language}_COMPILER_RANLIB ${CMAKE_RANLIB} CACHE FILEPATH "")
endforeach()

set(MOODLEML_X86_64_LEVEL x86_64_v)

# Zig writes debugging information unless it is told not to; its own runtime's is stripped by the linker, as this machine's strip
# knows its own processor only.
set(CMAKE_C_FLAGS_INIT -g0)
set(CMAKE_CXX_FLAGS_INIT -g0)
set(CMAKE_EXE_LINKER_FLAGS_INIT -s)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -s)
set(CMAKE_MODULE_LINKER_FLAGS_INIT -s)

set(CMAKE_FIND_ROOT_PATH ${MOODLEML_CROSS}/system)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
